import SimEvents
import TerminalText

/// What came of a run.
public struct RunResult: Sendable {
  public var scenario: String
  public var outcome: Outcome
  /// Why this outcome, in one line.
  public var reason: String
  /// What the outcome rests on; nil where nothing happened, or nobody saw it.
  public var evidence: Evidence?
  public var seed: UInt64
  public var instructions: UInt64
  public var virtualTimeNs: UInt64
  /// XXH3-128 over the whole event stream, 32 hexadecimal digits.
  public var digest: String
  /// What the guest showed.
  public var console: ConsoleText
  /// The same with what the script typed, as a terminal would show it.
  public var transcript: ConsoleText
  /// How many events of each kind there were; kinds without any are absent.
  public var events: [(kind: String, count: UInt64)]
  /// Every expectation that did not hold.
  public var unmet: [UnmetExpectation]
  /// The same for people.
  public var failures: [String] { unmet.map(\.text) }
  /// `contained` or `detected` if the guest or the design noticed something, whatever else the outcome rests on; nil if nobody did.
  public var noticed: Outcome?
  /// What became of each of the scenario's faults, in their order.
  public var faults: [FaultFate] = []
  public var engine = EngineKind.unicorn
  /// What the engine could not show or promise.
  public var notes: [String] = []

  /// The exit code of `sim run`.
  public var exitCode: Int32 {
    if outcome == .simulatorDefect { return 70 }
    return passed ? 0 : 1
  }

  public var passed: Bool { unmet.isEmpty && outcome != .simulatorDefect }

  /// The object that `--format json` prints; keys come in this order always.
  public var json: JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("scenario", .string(scenario)),
      ("outcome", .string(outcome.rawValue)),
      ("reason", .string(reason)),
      ("passed", .boolean(passed)),
      ("seed", .integer(seed)),
      ("instructions", .integer(instructions)),
      ("virtualTimeNs", .integer(virtualTimeNs)),
      ("digest", .string(digest)),
      ("console", .string(console.map { $0.text + "\n" }.joined())),
      ("events", .object(events.map { ($0.kind, .integer($0.count)) })),
      ("failures", .array(failures.map { .string($0) })),
    ]
    if let evidence { members.append(("evidence", evidence.json)) }
    if console.isTruncated {
      let amounts: [(key: String, value: JSONText)] = [
        ("omittedLines", .integer(console.omittedLines)), ("omittedBytes", .integer(console.omittedBytes)),
        ("addedLineEnds", .integer(console.addedLineEnds)),
      ]
      members.append(("consoleTruncated", .object(amounts)))
    }
    if engine != .unicorn || !notes.isEmpty {
      members += [("engine", .string(engine.rawValue)), ("notes", .array(notes.map { .string($0) }))]
    }
    return .object(members)
  }

  /// The same for people; control characters of the guest are written out.
  ///
  /// - Parameters:
  ///   - showsConsoles: false if they have been shown already.
  ///   - paint: wraps a text in a colour where that is wanted.
  public func text(
    showsConsoles: Bool = true, paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }
  ) -> String {
    var lines: [String] = []
    if showsConsoles {
      lines = transcript.omission.map { ["  [\($0)]"] } ?? []
      lines += transcript.map { "  \($0.shown)" }
    }
    lines.append(
      "\(paint(passed ? "passed" : "FAILED", passed)) "
        + "\(scenario): \(outcome.rawValue): \(reason)".terminalLine)
    if let evidence { lines.append("  evidence: \(evidence.line.terminalLine)") }
    lines += failures.map { "  - \($0.terminalText)" }
    lines += notes.map { "  note: \($0.terminalLine)" }
    let measure = engine == .unicorn ? "\(instructions) instructions, " : "engine \(engine.rawValue), "
    lines.append("  \(measure)\(milliseconds) ms virtual time, seed \(seed), digest \(digest)")
    return lines.joined(separator: "\n")
  }

  /// What the consoles showed with what was typed, a line each.
  public var transcriptText: String {
    let omission = transcript.omission.map { ["[\($0)]"] } ?? []
    return (omission + transcript.map { "\($0.console) | \($0.text)" }).joined(separator: "\n")
  }

  private var milliseconds: String {
    let fraction = "\(virtualTimeNs / 1_000 % 1_000)"
    return "\(virtualTimeNs / 1_000_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}
