import Campaigns
import Scenarios
import SimEvents
import TerminalText

/// What the exploration's campaign has found in the scenario of one point.
public struct PointCampaign: Equatable, Sendable {
  public var point: Int
  public var tally: CampaignTally
  /// Why it could not be run; empty if it was.
  public var problem: String

  public init(point: Int, tally: CampaignTally, problem: String = "") {
    (self.point, self.tally, self.problem) = (point, tally, problem)
  }

  /// As databases have the classes.
  var text: String {
    JSONText.object(
      FaultClass.allCases.compactMap { kind in tally.classes[kind].map { (kind.rawValue, .integer($0)) } }
    ).text
  }

  init?(point: Int, space: UInt64, text: String, problem: String) {
    guard let root = try? JSONParser.parse(Array(text.utf8)), case .object(let members) = root.value else { return nil }
    var classes: [FaultClass: UInt64] = [:]
    for member in members {
      guard let kind = FaultClass(rawValue: member.key), let count = unsignedInteger(member.value), count <= space
      else {
        return nil
      }
      classes[kind] = count
    }
    self.init(point: point, tally: CampaignTally(classes: classes, spaceSize: space), problem: problem)
  }

  var checksum: String {
    var digest = ContentDigest()
    for part in ["\(point) \(tally.spaceSize)", text, problem] { digest.update(withLengthOf: Array(part.utf8)) }
    return digest.hex
  }

  /// The results of its point.
  func results(confidence: Double) -> [(name: String, value: Double)] {
    guard problem.isEmpty, tally.samples > 0 else { return [] }
    let all = tally.extrapolated(confidence: confidence)
    return [
      ("campaign.failures", Double(tally.failures)), ("campaign.samples", Double(tally.samples)),
      ("campaign.space", Double(tally.spaceSize)), ("campaign.extrapolated", all.faults),
      ("campaign.lower", all.lower), ("campaign.upper", all.upper),
    ]
  }
}

extension [Int: PointCampaign] {
  /// The campaign was tried, and can be run nowhere.
  public var areAllImpossible: Bool { !isEmpty && values.allSatisfy { !$0.problem.isEmpty } }

  /// Where the campaign can't be run, and why at the first of these points; nil if it can at all that were tried.
  public func impossible(in plan: ExplorationPlan) -> String? {
    let impossible = values.filter { !$0.problem.isEmpty }.sorted { $0.point < $1.point }
    guard let first = impossible.first else { return nil }
    let words = plan.words(ofPoint: first.point).joined(separator: ", ")
    let place = words.isEmpty ? "" : " (\(words.terminalLine))"
    return "points where the campaign can't be run: \(impossible.count) of \(count); "
      + "point \(first.point)\(place): \(first.problem.terminalLine)"
  }
}
