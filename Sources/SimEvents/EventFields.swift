/// The value of one field of an event, for code that treats all kinds alike: listings, filters, comparison.
public enum EventFieldValue: Equatable, Hashable, Sendable {
  /// A quantity or a small number: shown in decimal.
  case unsigned(UInt64)
  /// An address, or a register or error code whose bits mean something: shown in hexadecimal.
  case address(UInt64)
  case flag(Bool)
  case text(String)
  case bytes([UInt8])
}

/// Something that goes through the fields of an event in their fixed order.
///
/// The encoding, the listing and the JSON form are such visitors, so that ``EventPayload/visitFields(_:)`` is the only
/// place that knows which fields a kind has, and in which order.
protocol EventFieldVisitor: ~Copyable {
  mutating func unsigned(_ name: StaticString, _ value: UInt64)
  mutating func address(_ name: StaticString, _ value: UInt64)
  mutating func flag(_ name: StaticString, _ value: Bool)
  mutating func text(_ name: StaticString, _ value: String)
  mutating func bytes(_ name: StaticString, _ value: [UInt8])
  mutating func actor(_ name: StaticString, _ value: Actor)
  mutating func crossing(_ name: StaticString, _ value: Crossing)
}

extension EventPayload {
  @inline(__always)
  func visitFields<V: EventFieldVisitor & ~Copyable>(_ visitor: inout V) {
    switch self {
    case .consoleOutput(let console, let bytes), .consoleInput(let console, let bytes):
      visitor.unsigned("console", UInt64(console.rawValue))
      visitor.bytes("bytes", bytes)
    case .exception(let vector, let errorCode, let instructionPointer, let address):
      visitor.unsigned("vector", UInt64(vector))
      visitor.address("errorCode", UInt64(errorCode))
      visitor.address("instructionPointer", instructionPointer)
      visitor.address("address", address)
    case .accessDenied(let address, let access, let rule, let errorCode, let key, let pkru, let instructionPointer):
      visitor.address("address", address)
      visitor.text("access", access)
      visitor.text("rule", rule)
      visitor.address("errorCode", UInt64(errorCode))
      visitor.unsigned("key", UInt64(key))
      visitor.address("pkru", UInt64(pkru))
      visitor.address("instructionPointer", instructionPointer)
    case .interrupt(let vector, let instructionPointer):
      visitor.unsigned("vector", UInt64(vector))
      visitor.address("instructionPointer", instructionPointer)
    case .tripleFault(let instructionPointer):
      visitor.address("instructionPointer", instructionPointer)
    case .pkruWrite(let old, let new, let instructionPointer):
      visitor.address("old", UInt64(old))
      visitor.address("new", UInt64(new))
      visitor.address("instructionPointer", instructionPointer)
    case .controlRegisterWrite(let register, let old, let new, let instructionPointer):
      visitor.text("register", register)
      visitor.address("old", old)
      visitor.address("new", new)
      visitor.address("instructionPointer", instructionPointer)
    case .msrWrite(let index, let value, let instructionPointer):
      visitor.address("index", UInt64(index))
      visitor.address("value", value)
      visitor.address("instructionPointer", instructionPointer)
    case .descriptorTableWrite(let register, let selector, let base, let limit, let instructionPointer):
      visitor.text("register", register)
      visitor.address("selector", UInt64(selector))
      visitor.address("base", base)
      visitor.address("limit", UInt64(limit))
      visitor.address("instructionPointer", instructionPointer)
    case .crossing(let how, let from, let to, let instructionPointer, let pkru):
      visitor.crossing("how", how)
      visitor.actor("from", from)
      visitor.actor("to", to)
      visitor.address("instructionPointer", instructionPointer)
      visitor.address("pkru", UInt64(pkru))
    case .guardedAccess(let what, let access, let address, let old, let new, let instructionPointer, let pkru):
      visitor.text("what", what)
      visitor.text("access", access)
      visitor.address("address", address)
      visitor.bytes("old", old)
      visitor.bytes("new", new)
      visitor.address("instructionPointer", instructionPointer)
      visitor.address("pkru", UInt64(pkru))
    case .halt(let until):
      visitor.unsigned("until", until)
    case .portAccess(let port, let size, let value, let isWrite):
      visitor.address("port", UInt64(port))
      visitor.unsigned("size", UInt64(size))
      visitor.address("value", UInt64(value))
      visitor.flag("isWrite", isWrite)
    case .mmioAccess(let address, let size, let value, let isWrite):
      visitor.address("address", address)
      visitor.unsigned("size", UInt64(size))
      visitor.address("value", value)
      visitor.flag("isWrite", isWrite)
    case .deviceStatus(let device, let status):
      visitor.text("device", device)
      visitor.address("status", UInt64(status))
    case .queueNotify(let device, let queue):
      visitor.text("device", device)
      visitor.unsigned("queue", UInt64(queue))
    case .descriptorChain(let device, let queue, let head, let readableBytes, let writableBytes):
      visitor.text("device", device)
      visitor.unsigned("queue", UInt64(queue))
      visitor.unsigned("head", UInt64(head))
      visitor.unsigned("readableBytes", UInt64(readableBytes))
      visitor.unsigned("writableBytes", UInt64(writableBytes))
    case .usedChain(let device, let queue, let head, let writtenBytes):
      visitor.text("device", device)
      visitor.unsigned("queue", UInt64(queue))
      visitor.unsigned("head", UInt64(head))
      visitor.unsigned("writtenBytes", UInt64(writtenBytes))
    case .queueError(let device, let queue, let reason):
      visitor.text("device", device)
      visitor.unsigned("queue", UInt64(queue))
      visitor.text("reason", reason)
    case .ninePRequest(let tag, let message, let detail), .ninePReply(let tag, let message, let detail):
      visitor.unsigned("tag", UInt64(tag))
      visitor.text("message", message)
      visitor.text("detail", detail)
    case .guest(let name, let detail):
      visitor.text("name", name)
      visitor.text("detail", detail)
    case .sync(let cpu, let memory):
      visitor.address("cpu", cpu)
      visitor.address("memory", memory)
    case .scriptStep(let index, let description):
      visitor.unsigned("index", UInt64(index))
      visitor.text("description", description)
    case .faultInjected(let index, let target, let change, let before, let after, let code):
      visitor.unsigned("index", UInt64(index))
      visitor.text("target", target)
      visitor.text("change", change)
      visitor.text("before", before)
      visitor.text("after", after)
      visitor.text("code", code)
    case .debugExit(let value):
      visitor.unsigned("value", UInt64(value))
    case .outcome(let outcome, let reason):
      visitor.text("outcome", outcome)
      visitor.text("reason", reason)
    }
  }

  /// The fields in their fixed order, named as in the declaration of the case.
  public var fields: [(name: String, value: EventFieldValue)] {
    var collector = FieldCollector()
    visitFields(&collector)
    return collector.fields
  }
}

private struct FieldCollector: EventFieldVisitor {
  var fields: [(name: String, value: EventFieldValue)] = []

  private mutating func add(_ name: StaticString, _ value: EventFieldValue) {
    fields.append(("\(name)", value))
  }

  mutating func unsigned(_ name: StaticString, _ value: UInt64) { add(name, .unsigned(value)) }
  mutating func address(_ name: StaticString, _ value: UInt64) { add(name, .address(value)) }
  mutating func flag(_ name: StaticString, _ value: Bool) { add(name, .flag(value)) }
  mutating func text(_ name: StaticString, _ value: String) { add(name, .text(value)) }
  mutating func bytes(_ name: StaticString, _ value: [UInt8]) { add(name, .bytes(value)) }
  mutating func actor(_ name: StaticString, _ value: Actor) { add(name, .text(value.description)) }
  mutating func crossing(_ name: StaticString, _ value: Crossing) { add(name, .text(value.name)) }
}
