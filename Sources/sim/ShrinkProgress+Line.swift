import Campaigns

extension ShrinkProgress {
  /// How far the search for a smaller scenario is after so many seconds.
  func line(after seconds: Double) -> String {
    "\(counts.runs) runs, \(Int(Double(counts.runs) / seconds)) a second; \(counts.taken) times smaller, now \(bytes) bytes"
  }
}
