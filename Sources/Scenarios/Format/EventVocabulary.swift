import SimEvents

/// The kinds of events and their fields by name, as scenarios may filter them.
enum EventVocabulary {
  struct Field {
    var name: String
    /// Text and bytes are compared with strings, everything else with numbers.
    var isText: Bool
  }

  static let kinds: [String] = samples.map { $0.kind.name }

  /// The fields of a kind; nil if there is no such kind.
  static func fields(ofKind kind: String) -> [Field]? {
    guard let sample = samples.first(where: { $0.kind.name == kind }) else { return nil }
    var fields = sample.fields.map { field in
      switch field.value {
      case .text, .bytes: Field(name: field.name, isText: true)
      case .unsigned, .address, .flag: Field(name: field.name, isText: false)
      }
    }
    if sample.kind.hasPlace { fields.append(Field(name: "instructionPointer", isText: false)) }
    if sample.kind.hasActor { fields.append(Field(name: "actor", isText: true)) }
    return fields
  }

  /// One payload of each kind: the names of the fields follow from them.
  static let samples: [EventPayload] = [
    .consoleOutput(console: .serial, bytes: []),
    .consoleInput(console: .serial, bytes: []),
    .exception(vector: 0, errorCode: 0, instructionPointer: 0, address: 0),
    .accessDenied(address: 0, access: "", rule: "", errorCode: 0, key: 0, pkru: 0, instructionPointer: 0),
    .interrupt(vector: 0, instructionPointer: 0),
    .tripleFault(instructionPointer: 0),
    .pkruWrite(old: 0, new: 0, instructionPointer: 0),
    .controlRegisterWrite(register: "", old: 0, new: 0, instructionPointer: 0),
    .halt(until: 0),
    .portAccess(port: 0, size: 0, value: 0, isWrite: false),
    .mmioAccess(address: 0, size: 0, value: 0, isWrite: false),
    .deviceStatus(device: "", status: 0),
    .queueNotify(device: "", queue: 0),
    .descriptorChain(device: "", queue: 0, head: 0, readableBytes: 0, writableBytes: 0),
    .usedChain(device: "", queue: 0, head: 0, writtenBytes: 0),
    .queueError(device: "", queue: 0, reason: ""),
    .ninePRequest(tag: 0, message: "", detail: ""),
    .ninePReply(tag: 0, message: "", detail: ""),
    .guest(name: "", detail: ""),
    .sync(cpu: 0, memory: 0),
    .scriptStep(index: 0, description: ""),
    .faultInjected(index: 0, target: "", change: "", before: "", after: "", code: ""),
    .debugExit(value: 0),
    .outcome(outcome: "", reason: ""),
    .msrWrite(index: 0, value: 0, instructionPointer: 0),
    .descriptorTableWrite(register: "", selector: 0, base: 0, limit: 0, instructionPointer: 0),
    .crossing(how: .enter, from: .unknown, to: .unknown, instructionPointer: 0, pkru: 0),
    .guardedAccess(what: "", access: "", address: 0, old: [], new: [], instructionPointer: 0, pkru: 0),
  ]
}
