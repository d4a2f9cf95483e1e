import Hexadecimal
import SimEvents

/// What a verdict rests on: an event, and what it breaks.
public struct Evidence: Equatable, Sendable {
  /// The rule that is broken; nil where it is not what was broken that counts, but who stopped it.
  public var rule: Rule?
  /// Of the event, counted from 0 over the run.
  public var event: UInt64
  public var time: UInt64
  /// Instructions retired before it.
  public var instruction: UInt64
  public var instructionPointer: UInt64
  /// The symbol or the program that the instruction is in; nil where it has no name.
  public var place: String?
  /// The line of source that the instruction comes from, `file:line`; nil where nobody has looked, or where it is not known: nothing is judged
  /// by it.
  public var sourceLine: String?
  public var actor: Actor
  /// What happened, in one line.
  public var text: String

  /// The object that JSON reports have.
  public var json: JSONText {
    var members: [(key: String, value: JSONText)] = []
    if let rule { members.append(("rule", .string(rule.rawValue))) }
    members.append(("event", .integer(event)))
    members.append(("time", .integer(time)))
    members.append(("instruction", .integer(instruction)))
    members.append(("instructionPointer", .string(instructionPointer.hexadecimal)))
    if let place { members.append(("symbol", .string(place))) }
    if let sourceLine { members.append(("source", .string(sourceLine))) }
    members.append(("actor", .string(actor.description)))
    members.append(("text", .string(text)))
    return .object(members)
  }

  /// One line for people.
  public var line: String {
    let broken = rule.map { "\($0.rawValue), \($0.text): " } ?? ""
    let named = place.map { "\($0) (\(instructionPointer.hexadecimal))" } ?? instructionPointer.hexadecimal
    let line = sourceLine.map { ", \($0)" } ?? ""
    return "\(broken)\(text); \(actor) at \(named)\(line), event \(event), instruction \(instruction)"
  }
}
