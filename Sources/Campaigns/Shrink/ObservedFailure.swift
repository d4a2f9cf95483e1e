import Scenarios
import SimEvents

/// A run that failed: in which way, and what is told of it.
public struct ObservedFailure: Sendable {
  public var signature: FailureSignature
  public var outcome: Outcome { signature.cause.outcome }
  /// Why this outcome, in one line.
  public var reason: String
  public var evidence: Evidence?
  /// Every expectation that did not hold, in words.
  public var failures: [String]
  public var instructions: UInt64
  public var digest: String
  /// Where each fault first happened, by its index: the address of the instruction that was next.
  var injections: [Int: UInt64]

  /// - Returns: nil if the run did not fail.
  init?(_ result: RunResult, injections: [Int: UInt64] = [:], exception: RaisedException? = nil) {
    guard let signature = FailureSignature(result, exception: exception) else { return nil }
    self.signature = signature
    reason = result.reason
    evidence = result.evidence
    failures = result.failures
    instructions = result.instructions
    digest = result.digest
    self.injections = injections
  }

  /// Lines for people: the outcome, then what it rests on, or which expectations did not hold.
  public var lines: [String] {
    let unmet = signature.unmet == [UnmetExpectation.outcome] ? [] : failures
    return ["\(outcome.rawValue): \(reason)"] + (evidence.map { ["  evidence: \($0.line)"] } ?? [])
      + unmet.map { "  - \($0)" }
  }

  public var json: JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("outcome", .string(outcome.rawValue)), ("reason", .string(reason)),
    ]
    if let evidence { members.append(("evidence", evidence.json)) }
    members += [
      ("failures", .array(failures.map { .string($0) })), ("instructions", .integer(instructions)),
      ("digest", .string(digest)),
    ]
    return .object(members)
  }
}
