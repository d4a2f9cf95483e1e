import LEB128

/// Reads events in the form that ``EventEncoder`` writes, and nothing else.
public struct EventDecoder: Sendable {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var time: UInt64
  private var instruction: UInt64

  /// Decodes `bytes`, whose first event counts from `time` and `instruction`.
  public init(_ bytes: ArraySlice<UInt8>, time: UInt64 = 0, instruction: UInt64 = 0) {
    self.bytes = bytes
    position = bytes.startIndex
    self.time = time
    self.instruction = instruction
  }

  public init(_ bytes: [UInt8]) {
    self.init(bytes[...])
  }

  /// The offset of the next event.
  public var offset: Int { position - bytes.startIndex }

  /// The next event, or `nil` after the last. After an error the decoder stands still where it happened.
  public mutating func next() throws(EventDecodingError) -> Event? {
    guard position < bytes.endIndex else { return nil }
    let start = offset
    let raw = try byte()
    guard let kind = EventKind(rawValue: raw) else { throw .unknownKind(raw, offset: start) }
    let eventTime = time &+ (try number())
    let eventInstruction = instruction &+ (try number())
    let payload = try payload(of: kind)
    let place = kind.hasPlace ? try number() : 0
    let actor = kind.hasActor ? try actor() : .unknown
    time = eventTime
    instruction = eventInstruction
    return Event(
      time: eventTime, instruction: eventInstruction, payload: payload, actor: actor, instructionPointer: place)
  }

  private mutating func byte() throws(EventDecodingError) -> UInt8 {
    guard position < bytes.endIndex else { throw .truncated(offset: offset) }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func number() throws(EventDecodingError) -> UInt64 {
    let start = offset
    do throws(LEB128.Problem) {
      return try LEB128.canonical(bytes, at: &position)
    } catch {
      switch error {
      case .truncated: throw .truncated(offset: offset)
      case .tooLarge: throw .numberTooLarge(offset: start)
      case .tooLong: throw .notCanonical(offset: start)
      }
    }
  }

  private mutating func integer<T: FixedWidthInteger & UnsignedInteger>() throws(EventDecodingError) -> T {
    let start = offset
    guard let value = T(exactly: try number()) else { throw .numberTooLarge(offset: start) }
    return value
  }

  private mutating func flag() throws(EventDecodingError) -> Bool {
    let start = offset
    let value = try byte()
    guard value <= 1 else { throw .invalidValue(UInt64(value), offset: start) }
    return value == 1
  }

  private mutating func block() throws(EventDecodingError) -> ArraySlice<UInt8> {
    let start = offset
    let length = try number()
    guard length <= UInt64(bytes.endIndex - position) else { throw .lengthPastTheEnd(length: length, offset: start) }
    defer { position += Int(length) }
    return bytes[position..<position + Int(length)]
  }

  private mutating func text() throws(EventDecodingError) -> String {
    let start = offset
    guard let text = String(validating: try block(), as: UTF8.self) else { throw .invalidUTF8(offset: start) }
    return text
  }

  private mutating func console() throws(EventDecodingError) -> Console {
    let start = offset
    let value: UInt8 = try integer()
    guard let console = Console(rawValue: value) else { throw .invalidValue(UInt64(value), offset: start) }
    return console
  }

  private mutating func actor() throws(EventDecodingError) -> Actor {
    let start = offset
    let form = try byte()
    guard Actor(number: form, name: "") != nil else { throw .invalidValue(UInt64(form), offset: start) }
    let name = Actor.hasName(number: form) ? try text() : ""
    guard let actor = Actor(number: form, name: name) else { throw .invalidValue(UInt64(form), offset: start) }
    return actor
  }

  private mutating func crossing() throws(EventDecodingError) -> Crossing {
    let start = offset
    let number = try byte()
    guard let crossing = Crossing(rawValue: number) else { throw .invalidValue(UInt64(number), offset: start) }
    return crossing
  }

  /// The fields of `kind`, in the order of ``EventPayload/visitFields(_:)``.
  private mutating func payload(of kind: EventKind) throws(EventDecodingError) -> EventPayload {
    switch kind {
    case .consoleOutput: .consoleOutput(console: try console(), bytes: Array(try block()))
    case .consoleInput: .consoleInput(console: try console(), bytes: Array(try block()))
    case .exception:
      .exception(
        vector: try integer(), errorCode: try integer(), instructionPointer: try integer(), address: try integer())
    case .accessDenied:
      .accessDenied(
        address: try integer(), access: try text(), rule: try text(), errorCode: try integer(), key: try integer(),
        pkru: try integer(), instructionPointer: try integer())
    case .interrupt: .interrupt(vector: try integer(), instructionPointer: try integer())
    case .tripleFault: .tripleFault(instructionPointer: try integer())
    case .pkruWrite: .pkruWrite(old: try integer(), new: try integer(), instructionPointer: try integer())
    case .controlRegisterWrite:
      .controlRegisterWrite(
        register: try text(), old: try integer(), new: try integer(), instructionPointer: try integer())
    case .halt: .halt(until: try integer())
    case .portAccess:
      .portAccess(port: try integer(), size: try integer(), value: try integer(), isWrite: try flag())
    case .mmioAccess:
      .mmioAccess(address: try integer(), size: try integer(), value: try integer(), isWrite: try flag())
    case .deviceStatus: .deviceStatus(device: try text(), status: try integer())
    case .queueNotify: .queueNotify(device: try text(), queue: try integer())
    case .descriptorChain:
      .descriptorChain(
        device: try text(), queue: try integer(), head: try integer(), readableBytes: try integer(),
        writableBytes: try integer())
    case .usedChain:
      .usedChain(device: try text(), queue: try integer(), head: try integer(), writtenBytes: try integer())
    case .queueError: .queueError(device: try text(), queue: try integer(), reason: try text())
    case .ninePRequest: .ninePRequest(tag: try integer(), message: try text(), detail: try text())
    case .ninePReply: .ninePReply(tag: try integer(), message: try text(), detail: try text())
    case .guest: .guest(name: try text(), detail: try text())
    case .sync: .sync(cpu: try integer(), memory: try integer())
    case .scriptStep: .scriptStep(index: try integer(), description: try text())
    case .faultInjected:
      .faultInjected(
        index: try integer(), target: try text(), change: try text(), before: try text(), after: try text(),
        code: try text())
    case .debugExit: .debugExit(value: try integer())
    case .outcome: .outcome(outcome: try text(), reason: try text())
    case .msrWrite: .msrWrite(index: try integer(), value: try integer(), instructionPointer: try integer())
    case .descriptorTableWrite:
      .descriptorTableWrite(
        register: try text(), selector: try integer(), base: try integer(), limit: try integer(),
        instructionPointer: try integer())
    case .crossing:
      .crossing(
        how: try crossing(), from: try actor(), to: try actor(), instructionPointer: try integer(), pkru: try integer())
    case .guardedAccess:
      .guardedAccess(
        what: try text(), access: try text(), address: try integer(), old: Array(try block()),
        new: Array(try block()), instructionPointer: try integer(), pkru: try integer())
    }
  }
}
