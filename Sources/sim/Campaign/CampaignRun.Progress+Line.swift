import Campaigns

extension CampaignRun.Progress {
  /// How far a campaign is after so many seconds.
  func line(after seconds: Double) -> String {
    let rate = Double(fresh) / seconds
    let left = rate > 0 ? "\(Int(Double(total - done) / rate)) s left" : "time left unknown"
    let counts = FaultClass.allCases.compactMap { faultClass in
      classes[faultClass].map { "\(faultClass.rawValue) \($0)" }
    }
    return "\(done) of \(total), \(Int(rate)) a second, \(left); \(counts.joined(separator: ", "))"
  }
}
