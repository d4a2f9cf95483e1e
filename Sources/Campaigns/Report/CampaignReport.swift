import Foundation
import Hexadecimal

/// A campaign's database as one page for people: classes, maps of where the faults were, time lines, and the failures.
///
/// It is a fold over the experiments: its size does not grow with their number. The same database gives the same bytes.
public struct CampaignReport: Sendable {
  /// Failures that are listed.
  static let failuresMax = 200

  let summary: CampaignSummary
  /// By the instruction before which the fault happened, in the order of their addresses.
  private(set) var code = OutcomeMap<UInt64>()
  /// By what was changed.
  private(set) var places = OutcomeMap<ShortFirst>()
  /// Samples that have no instruction: their fault did not happen, or nothing had to be run to know what comes of it.
  private(set) var unplaced = OutcomeCounts()
  /// The first failures, the worst class first.
  let failures: [ExperimentRecord]
  /// The first experiment of each class of failures, the worst first; without failures that of the worst class there is.
  let examples: [ExperimentRecord]
  /// The file's name without its folder, so that the page does not depend on where it lies.
  let database: String

  public init(_ store: CampaignStore) throws {
    summary = try CampaignSummary(store)
    database = URL(fileURLWithPath: store.path).lastPathComponent
    var first: [FaultClass: [ExperimentRecord]] = [:]
    var (code, places, unplaced) = (code, places, unplaced)
    func take(_ record: ExperimentRecord) {
      let kept = record.faultClass.isFailure ? Self.failuresMax : 1
      if first[record.faultClass, default: []].count < kept { first[record.faultClass, default: []].append(record) }
      places.add(record, row: record.group, column: ShortFirst(record.location), label: record.location)
      guard record.instructionPointer != 0 else {
        unplaced.add(record.faultClass, record.weight)
        return
      }
      let pointer = record.instructionPointer
      code.add(
        record, row: Self.symbol(record.place), column: pointer,
        label: record.place.isEmpty ? pointer.hexadecimal : "\(record.place) (\(pointer.hexadecimal))")
    }
    try store.visit(take)
    (self.code, self.places, self.unplaced) = (code, places, unplaced)
    let failing = FaultClass.worstFirst.filter(\.isFailure)
    failures = Array(failing.flatMap { first[$0] ?? [] }.prefix(Self.failuresMax))
    let firsts = failing.compactMap { first[$0]?.first }
    let worst = FaultClass.worstFirst.compactMap { first[$0]?.first }.first
    examples = firsts.isEmpty ? worst.map { [$0] } ?? [] : firsts
  }

  /// The symbol or program of a place: "set-count.o" of "set-count.o+0x4".
  private static func symbol(_ place: String) -> String {
    guard !place.isEmpty else { return "code without a symbol" }
    guard let plus = place.range(of: "+0x", options: .backwards) else { return place }
    return String(place[..<plus.lowerBound])
  }

  /// What runs an experiment again, in the folder of the database.
  func command(_ experiment: Int) -> String {
    "sim campaign replay \(Self.word(database)) --experiment \(experiment)"
  }

  /// A file's name as a word of a shell.
  private static func word(_ name: String) -> String {
    let name = name.hasPrefix("-") ? "./\(name)" : name
    let isPlain = name.utf8.allSatisfy { byte in
      switch UInt8(byte) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "._-+/".utf8.contains(byte)
      }
    }
    return isPlain ? name : "'\(name.replacing("'", with: "'\\''"))'"
  }
}
