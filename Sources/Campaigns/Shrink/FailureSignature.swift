import Scenarios
import SimEvents

/// What makes two runs fail in the same way: what happened, and which expectations that broke.
///
/// Times, instruction numbers, addresses and values are left out, as they change when a scenario gets shorter.
public struct FailureSignature: Hashable, Sendable {
  public var cause: Cause
  /// What the expectations are about that did not hold, sorted. Where the outcome is another one than expected only that counts:
  /// the others follow from it.
  public var unmet: [String]

  /// What happened, whatever was expected.
  public struct Cause: Hashable, Sendable {
    public var outcome: Outcome
    /// The rule that was broken first; nil if none was.
    public var rule: Rule?
    /// Who broke it, or was stopped; empty without evidence.
    public var actor: String
    /// The symbol or the program of the instruction, without the offset in it; nil where it has no name.
    public var place: String?
    /// Where a panic or a triple fault came from: the exception that was being handled, and the symbol or the program of the instruction
    /// that raised it. The evidence itself lies in the handler, where all panics look alike.
    public var exception: String?
    /// What happened there, or without evidence why the outcome is what it is; "…" for each number in it.
    public var what: String
  }

  /// - Parameter exception: the last one of the run.
  /// - Returns: nil if nothing failed: the run completed, and all expectations hold.
  init?(_ result: RunResult, exception: RaisedException? = nil) {
    guard !result.passed || result.outcome != .completed else { return nil }
    cause = Cause(result, exception)
    let subjects = Set(result.unmet.map(\.subject))
    unmet = subjects.contains(UnmetExpectation.outcome) ? [UnmetExpectation.outcome] : subjects.sorted()
  }
}

extension FailureSignature.Cause {
  init(_ result: RunResult, _ raised: RaisedException?) {
    outcome = result.outcome
    exception = nil
    guard let evidence = result.evidence else {
      (rule, actor, place) = (nil, "", nil)
      what = result.reason.withoutNumbers
      return
    }
    rule = evidence.rule
    actor = evidence.actor.description
    place = evidence.place?.withoutOffset
    guard evidence.rule == nil else {
      what = evidence.text.withoutNumbers
      if evidence.rule == .availability, evidence.actor == .handler {
        exception = raised.map { raised in
          "exception \(raised.vector)" + (raised.place.map { " in \($0.withoutOffset)" } ?? "")
        }
      }
      return
    }
    // The number of an exception says which one it was. How many were stopped besides, and what came after, depends on the script.
    let reason = String(result.reason.prefix { $0 != ";" }.split(separator: " (and ").first ?? "").withoutNumbers
    what = reason.hasPrefix(evidence.text) ? reason : "\(evidence.text): \(reason)"
  }

  /// One line for people.
  public var line: String {
    let broken = rule.map { "\($0.rawValue): " } ?? ""
    let who =
      actor.isEmpty
      ? ""
      : "; \(actor)" + (place.map { " in \($0)" } ?? "")
        + (exception.map { ", for \($0)" } ?? "")
    return "\(outcome.rawValue): \(broken)\(what)\(who)"
  }

  public var json: JSONText {
    let members: [(key: String, value: JSONText?)] = [
      ("outcome", .string(outcome.rawValue)), ("rule", rule.map { .string($0.rawValue) }),
      ("actor", actor.isEmpty ? nil : .string(actor)), ("symbol", place.map { .string($0) }),
      ("exception", exception.map { .string($0) }), ("what", .string(what)),
    ]
    return .object(members.compactMap { member in member.value.map { (member.key, $0) } })
  }
}

extension FailureSignature {
  public var json: JSONText { cause.json.adding([("unmet", .array(unmet.map { .string($0) }))]) }
}

extension String {
  /// The text with "…" for each number, with its unit. Digits within a name stay: they tell one name from another.
  var withoutNumbers: String {
    var text = ""
    var isInWord = false
    var isInNumber = false
    for character in self {
      let isOfWord = character.isLetter || character.isNumber || character == "_"
      isInNumber = isOfWord && (isInNumber || !isInWord && character.isNumber)
      if !isInNumber {
        text.append(character)
      } else if !isInWord {
        text.append("…")
      }
      isInWord = isOfWord
    }
    return text
  }

  /// A place without the bytes behind its symbol or the beginning of its program: "count.o+0x1b" is "count.o".
  fileprivate var withoutOffset: String { replacing(#/\+0x[0-9a-f]+$/#, with: "") }
}
