import Foundation
import Pages

/// What happened in one experiment, at which instructions.
struct ExperimentTimeline: Sendable {
  struct Moment: Sendable {
    var instruction: UInt64
    var text: String
  }

  let record: ExperimentRecord
  /// Where the fault-free run ends.
  let goldenEnd: UInt64
  /// In the order in which they are told; what did not happen is not there.
  let moments: [Moment]
  /// Of the run with the fault: from the fault to where it ended or came back.
  let extent: ClosedRange<UInt64>

  init(_ record: ExperimentRecord, goldenEnd: UInt64) {
    self.record = record
    self.goldenEnd = goldenEnd
    var moments: [Moment] = []
    if record.faultClass != .notTriggered {
      let place = record.place.isEmpty ? "" : " at \(record.place)"
      let change = record.before.isEmpty && record.after.isEmpty ? "" : ", \(record.before) becomes \(record.after)"
      moments.append(
        Moment(
          instruction: record.instruction,
          text: "the fault, before instruction \(record.instruction.grouped)\(place): \(record.location)\(change)"))
    }
    if let at = record.differenceAt {
      let number = record.firstDifference.map { " (number \($0.grouped))" } ?? ""
      moments.append(
        Moment(instruction: at, text: "the first event that differs\(number), at instruction \(at.grouped)"))
    }
    if let evidence = ReportedEvidence(record.evidence) {
      moments.append(
        Moment(
          instruction: evidence.instruction,
          text: "rule \(evidence.rule) is broken, at instruction \(evidence.instruction.grouped): \(evidence.text)"))
    }
    if let at = record.convergedAt {
      moments.append(
        Moment(instruction: at, text: "the state is the fault-free run's again, before instruction \(at.grouped)"))
    } else if !record.digest.isEmpty {
      moments.append(
        Moment(
          instruction: record.instructions, text: "the run ends, after \(record.instructions.grouped) instructions"))
    }
    self.moments = moments
    let end = moments.map(\.instruction).max() ?? record.instruction
    extent = min(record.instruction, moments.map(\.instruction).min() ?? end)...max(record.instruction, end)
  }
}

/// What a report reads of the evidence that a record keeps.
struct ReportedEvidence: Decodable {
  var rule: String
  var instruction: UInt64
  var text: String

  /// nil if there is none that can be read.
  init?(_ json: String) {
    guard !json.isEmpty, let found = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
    self = found
  }
}
