import Hexadecimal
import OutputFiles
import Scenarios
import SimEvents

/// One class of a campaign with its result, as databases and exports have it.
public struct ExperimentRecord: Equatable, Sendable {
  /// The class's number in the plan.
  public var number: Int
  /// Samples that it stands for.
  public var weight: UInt64
  public var location: String
  /// What the location is a part of.
  public var group: String
  public var instruction: UInt64
  /// The fault as a scenario's list has it; several with commas between them.
  public var fault: String
  public var faultClass: FaultClass
  public var reason: String
  /// The rule that was broken, its event and actor, as JSON; empty without evidence.
  public var evidence: String
  /// Where the fault, the first one of several, happened, and the symbol there; empty if it did not.
  public var place: String
  public var instructionPointer: UInt64
  public var actor: String
  public var before: String
  public var after: String
  /// The number of the first event that differs; nil if none does.
  public var firstDifference: UInt64?
  /// The instruction before which it happened; nil if none differs.
  public var differenceAt: UInt64?
  public var convergedAt: UInt64?
  public var instructions: UInt64
  /// Empty for what was not run.
  public var digest: String
  /// The bytes of the instruction before which the fault happened, as the event has them; empty if it did not.
  public var code = ""

  /// Over everything that is known of it.
  var checksum: String {
    var digest = ContentDigest()
    let texts = [
      location, group, fault, faultClass.rawValue, reason, evidence, place, actor, before, after, self.digest, code,
    ]
    for text in texts { digest.update(withLengthOf: Array(text.utf8)) }
    let numbers: [UInt64?] = [
      UInt64(number), weight, instruction, instructionPointer, firstDifference, differenceAt, convergedAt, instructions,
    ]
    digest.update(withLengthOf: Array(numbers.map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ").utf8))
    return digest.hex
  }
}

extension ExperimentRecord {
  init(_ campaign: Campaign, _ number: Int, _ result: ExperimentResult) {
    let planned = campaign.plan.classes[number]
    let location = campaign.plan.location(of: planned)
    self.number = number
    weight = planned.weight
    self.location = location.name
    group = location.group
    instruction = planned.instruction
    fault = location.text(at: planned.instruction)
    faultClass = result.faultClass
    reason = result.reason
    evidence = result.evidence.map { $0.json.text } ?? ""
    instructionPointer = result.injection?.instructionPointer ?? 0
    place = campaign.golden.place(instructionPointer, at: planned.instruction) ?? ""
    actor = result.injection?.actor.description ?? ""
    (before, after) = ("", "")
    if case .faultInjected(_, _, _, let old, let new, let bytes) = result.injection?.payload {
      (before, after, code) = (old, new, bytes)
    }
    firstDifference = result.difference?.number
    differenceAt = (result.difference?.found ?? result.difference?.golden)?.instruction
    convergedAt = result.convergedAt
    instructions = result.instructions
    digest = result.digest
  }

  /// One line of the export.
  public var json: JSONText { json() }

  /// The same.
  ///
  /// - Parameters:
  ///   - disassembly: of the instruction before which the fault happened, if it is known.
  ///   - source: the line that it comes from.
  public func json(disassembly: String? = nil, source: String? = nil) -> JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("experiment", .integer(UInt64(number))), ("samples", .integer(weight)), ("location", .string(location)),
      ("group", .string(group)), ("instruction", .integer(instruction)), ("class", .string(faultClass.rawValue)),
      ("reason", .string(reason)), ("fault", .string(fault)),
    ]
    if !place.isEmpty { members.append(("symbol", .string(place))) }
    if let source { members.append(("source", .string(source))) }
    if !code.isEmpty { members.append(("code", .string(code))) }
    if let disassembly { members.append(("disassembly", .string(disassembly))) }
    if instructionPointer != 0 { members.append(("instructionPointer", .string(instructionPointer.hexadecimal))) }
    if !actor.isEmpty { members.append(("actor", .string(actor))) }
    if !before.isEmpty || !after.isEmpty { members += [("before", .string(before)), ("after", .string(after))] }
    if !evidence.isEmpty { members.append(("evidence", .string(evidence))) }
    if let firstDifference { members.append(("firstDifference", .integer(firstDifference))) }
    if let differenceAt { members.append(("differenceAt", .integer(differenceAt))) }
    if let convergedAt { members.append(("convergedAt", .integer(convergedAt))) }
    members += [("instructions", .integer(instructions)), ("digest", .string(digest))]
    return .object(members)
  }
}

extension ExperimentRecord {
  public static let csvHeader =
    "experiment,samples,location,group,instruction,class,reason,symbol,actor,before,after,firstDifference,differenceAt,convergedAt,instructions,digest,code,disassembly,source"

  /// One line as RFC 4180 has it.
  public func csv(disassembly: String? = nil, source: String? = nil) -> String {
    let fields: [String] = [
      "\(number)", "\(weight)", location, group, "\(instruction)", faultClass.rawValue, reason, place, actor, before,
      after, firstDifference.map { "\($0)" } ?? "", differenceAt.map { "\($0)" } ?? "",
      convergedAt.map { "\($0)" } ?? "", "\(instructions)", digest, code,
      disassembly ?? "", source ?? "",
    ]
    return CommaSeparated.line(fields)
  }
}
