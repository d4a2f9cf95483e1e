import CSilicon
import Scenarios

/// What came of running programs on the host's processor and on the simulator.
public struct NativeReport: Sendable {
  public var seed: UInt64
  /// Of the host's processor, as CPUID names it.
  public var vendor: String
  public var hasProtectionKeys: Bool
  public var programs: UInt64 = 0
  /// Each program is run from several states.
  public var runs: UInt64 = 0
  public var instructions: UInt64 = 0
  /// Runs by how they ended on the host: the vector.
  public var ends: [UInt32: UInt64] = [:]
  /// Runs that did not come to an end on the host, or that took its process with them.
  public var notCompared: UInt64 = 0
  /// Differences that were not there when the same program was run again: the host's.
  public var unrepeatable: UInt64 = 0
  public var known: [NativeDifference: UInt64] = [:]
  public var disagreements: [NativeCheck.Disagreement] = []
  public var disagreementCount: UInt64 = 0
  /// How often the host's process had to be started anew.
  public var restarts: UInt64 = 0
  /// Of the host's clock.
  public var seconds: Double = 0

  public init(seed: UInt64, vendor: String, hasProtectionKeys: Bool) {
    (self.seed, self.vendor, self.hasProtectionKeys) = (seed, vendor, hasProtectionKeys)
  }

  public var passed: Bool { disagreementCount == 0 }

  /// Runs that ended by an exception, INT3 behind the last instruction not counted.
  public var exceptions: UInt64 {
    ends.filter { $0.key != 3 && $0.key < UInt32(SILICON_HUNG) }.reduce(0) { $0 + $1.value }
  }

  private var endsByName: [(name: String, count: UInt64)] {
    ends.sorted { $0.key < $1.key }.map { vector, count in
      (NativeComparison.name(ofVector: vector), count)
    }
  }

  /// For people.
  ///
  /// - Parameter paint: wraps a text in a colour where that is wanted.
  public func text(paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    var lines = [
      "\(paint(passed ? "same" : "DIFFERENT", passed)) \(programs) programs on \(vendor), seed \(seed): "
        + "\(instructions) instructions in \(runs) runs, \(exceptions) of them ended by an exception: "
        + "\(disagreementCount) disagreements"
    ]
    if seconds > 0 {
      let rate = Double(instructions) / seconds / 1e6
      lines.append("  \(Int(seconds.rounded())) s, \((rate * 10).rounded() / 10) million instructions a second")
    }
    lines.append("  ends: " + endsByName.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
    if !hasProtectionKeys { lines.append("  left out: protection keys, which this host does not give to programs") }
    if notCompared > 0 { lines.append("  not compared: \(notCompared) runs without an end, or that ended the process") }
    if unrepeatable > 0 { lines.append("  not counted: \(unrepeatable) differences that did not come again") }
    for disagreement in disagreements {
      lines.append("  - program \(disagreement.index):")
      lines += disagreement.program.listing.map { "      \($0)" }
      lines += disagreement.items.map { "    \($0)" }
    }
    lines += NativeDifference.lines(known)
    return lines.joined(separator: "\n")
  }

  /// For programs.
  public var json: JSONText {
    .object([
      ("seed", .integer(seed)), ("vendor", .string(vendor)), ("protectionKeys", .boolean(hasProtectionKeys)),
      ("same", .boolean(passed)), ("programs", .integer(programs)), ("runs", .integer(runs)),
      ("instructions", .integer(instructions)), ("notCompared", .integer(notCompared)),
      ("unrepeatable", .integer(unrepeatable)),
      ("ends", .object(endsByName.map { ($0.name, .integer($0.count)) })),
      ("known", NativeDifference.json(known)),
      ("disagreements", .integer(disagreementCount)),
      (
        "first",
        .array(
          disagreements.map {
            .object([
              ("index", .integer($0.index)), ("code", .array($0.program.listing.map { .string($0) })),
              ("items", .array($0.items.map { .string($0) })),
            ])
          })
      ),
    ])
  }
}
