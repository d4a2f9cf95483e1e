import Foundation
import Scenarios
import TerminalText

/// What a campaign has found: shares of the samples with their intervals, and what these mean for the whole space.
public struct CampaignSummary: Equatable, Sendable {
  public struct Line: Equatable, Sendable {
    public var faultClass: FaultClass
    public var samples: UInt64
    public var interval: WilsonInterval
  }

  public var header: CampaignHeader
  /// A line for each class, in the order of the classes.
  public var lines: [Line] = []
  /// Samples whose class has been decided.
  public var decided: UInt64 = 0
  /// Experiments that were run, and classes that needed none.
  public var runs: UInt64 = 0
  public var overwritten: UInt64 = 0
  /// All experiments of the campaign, or of the part that the database has.
  public var isDone = false
  /// Why the first fault that did not happen did not.
  private var missed: String?

  public init(_ store: CampaignStore) throws {
    header = try store.requireHeader()
    var counts: [FaultClass: UInt64] = [:]
    try store.visit { record in
      counts[record.faultClass, default: 0] += record.weight
      if record.digest.isEmpty { overwritten += 1 } else { runs += 1 }
      if record.faultClass == .notTriggered { missed = missed ?? record.reason }
    }
    let part = header.part
    isDone = runs + overwritten == UInt64((0..<header.classCount).count { part.contains($0) })
    decided = counts.values.reduce(0, +)
    guard decided > 0 else { return }
    lines = FaultClass.allCases.map { faultClass in
      let count = counts[faultClass] ?? 0
      return Line(
        faultClass: faultClass, samples: count,
        interval: WilsonInterval(count, of: decided, confidence: header.confidence))
    }
  }

  /// All samples have a class.
  public var isWhole: Bool { decided == header.sampleCount }
  /// Each fault of the space is one of the samples: there is nothing to estimate.
  public var isExact: Bool { header.sampleCount == header.spaceSize && isWhole }
  public var failures: UInt64 { lines.filter { $0.faultClass.isFailure }.reduce(0) { $0 + $1.samples } }

  /// No fault happened, so the campaign shows nothing.
  public var isVoid: Bool { decided > 0 && !lines.contains { $0.faultClass != .notTriggered && $0.samples > 0 } }

  /// What has to be known to read the numbers rightly, a sentence each.
  public var warnings: [String] {
    var warnings: [String] = []
    if header.part != .whole {
      warnings.append("This is one part of a campaign; put all of them together with sim campaign merge.")
    }
    if !isDone {
      warnings.append(
        "The campaign is not done: \(decided) of \(header.sampleCount) samples have a class. They are the first ones of the window and "
          + "no random part of all, so they tell nothing of the whole yet; the same command goes on.")
    }
    if !header.goldenFailure.isEmpty {
      warnings.append(
        "The fault-free run is not what its scenario expects: \(header.goldenFailure). Experiments are compared with it all the same."
      )
    }
    if isVoid {
      warnings.append("No fault happened, so this campaign shows nothing: \(missed ?? "its moment never came").")
    }
    if header.isDry {
      let others = decided - (lines.first { $0.faultClass == .masked }?.samples ?? 0)
      warnings.append(
        others == 0
          ? "A dry run: its faults change nothing, and everything is masked, as it must be."
          : "A dry run: its faults change nothing, and yet \(others) samples are not masked: the rig is wrong.")
    }
    return warnings
  }

  /// The object that `--format json` prints; the same bytes whoever ran what in which order.
  public var json: JSONText {
    func number(_ value: Double) -> JSONText { .string(String(format: "%.6f", value)) }
    func absolute(_ share: Double) -> JSONText { .integer(UInt64((share * Double(header.spaceSize)).rounded())) }
    let classes: [JSONText] = lines.map { line in
      let share = Double(line.samples) / Double(decided)
      var members: [(key: String, value: JSONText)] = [
        ("class", .string(line.faultClass.rawValue)), ("samples", .integer(line.samples)), ("share", number(share)),
      ]
      if isExact {
        members.append(("faults", .integer(line.samples)))
      } else if isDone {
        members += [
          ("lower", number(line.interval.lower)), ("upper", number(line.interval.upper)),
          ("faults", absolute(share)), ("faultsLower", absolute(line.interval.lower)),
          ("faultsUpper", absolute(line.interval.upper)),
        ]
      }
      return .object(members)
    }
    return .object([
      ("campaign", .string(header.name)), ("identity", .string(header.identity)), ("dry", .boolean(header.isDry)),
      ("seed", .integer(header.seed)), ("instructions", .integer(header.instructionCount)),
      ("locations", .integer(header.locationCount)), ("operations", .integer(header.operationCount)),
      ("space", .integer(header.spaceSize)),
      ("samples", .integer(header.sampleCount)), ("decided", .integer(decided)),
      ("done", .boolean(isDone)),
      ("exhaustive", .boolean(header.sampleCount == header.spaceSize)),
      ("experiments", .integer(runs)), ("overwritten", .integer(overwritten)),
      ("confidence", number(header.confidence)), ("goldenOutcome", .string(header.goldenOutcome)),
      ("goldenDigest", .string(header.goldenDigest)), ("classes", .array(classes)),
      ("warnings", .array(warnings.map { .string($0) })),
    ])
  }

  /// The same for people.
  public var text: String {
    var lines = [header.name.terminalLine + (header.summary.isEmpty ? "" : ": \(header.summary.terminalLine)")]
    lines.append("  space: \(header.spaceText(times: "x") { "\($0)" })")
    lines.append(
      "  \(decided) of \(header.sampleCount) samples" + (header.sampleCount == header.spaceSize ? " (all faults)" : "")
        + ": \(runs) experiments, \(overwritten) classes overwritten before they are read; seed \(header.seed)")
    let percent = Int((header.confidence * 100).rounded())
    for line in self.lines where line.samples > 0 || line.faultClass.isFailure {
      let share = Double(line.samples) / Double(max(decided, 1))
      var text = "  " + line.faultClass.rawValue.padding(toLength: 17, withPad: " ", startingAt: 0)
      text += String(format: "%9llu  %8.4f %%", line.samples, share * 100)
      if !isExact, isDone {
        let size = Double(header.spaceSize)
        text += String(
          format: "  (%d %%: %.4f to %.4f)  of all faults %.0f (%.0f to %.0f)", percent, line.interval.lower * 100,
          line.interval.upper * 100, share * size, line.interval.lower * size, line.interval.upper * size)
      }
      lines.append(text)
    }
    lines += warnings.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }
}
