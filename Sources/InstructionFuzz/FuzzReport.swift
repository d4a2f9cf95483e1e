import Hexadecimal

/// What came of a number of cases.
public struct FuzzReport: Sendable {
  /// Findings of one cause.
  public struct Cause: Sendable {
    public var count: UInt64 = 0
    /// The first: the number of the case, its mode and bytes, and all that is known.
    public var first: String
  }

  public var cases: UInt64 = 0
  public var instructions: UInt64 = 0
  /// How cases ended, by the word for it.
  public var ends: [String: UInt64] = [:]
  public var findings: UInt64 = 0
  public var causes: [String: Cause] = [:]
  /// Of the ends of all cases, in order: two runs of the same simulator agree in it.
  public var digest: UInt64 = 0

  public init() {}

  mutating func add(_ end: FuzzedProcessor.End) {
    cases += 1
    instructions += end.instructions
    ends["\(end.stop)", default: 0] += 1
    digest = (digest ^ end.digest) &* 0x100_0000_01b3
  }

  mutating func add(_ finding: FuzzedProcessor.Finding, _ source: String, _ number: UInt64, _ fuzzed: InstructionCase) {
    cases += 1
    findings += 1
    // The guest's place differs from case to case; what the library said does not.
    let cause = String(finding.problem.prefix { $0 != ";" })
    let bytes = fuzzed.bytes.hexadecimal()
    let text = "\(source), case \(number), \(fuzzed.mode): \(bytes): \(finding.problem)"
    causes[cause, default: Cause(first: text)].count += 1
  }
}
