import SimEvents
import SimMachine

/// A fault injected on purpose: when, and what.
public struct Fault: Equatable, Sendable {
  public enum What: Equatable, Sendable {
    case register(name: String, Change)
    case pkru(Change)
    case memory(symbol: String, offset: UInt64, bytes: [UInt8])
    /// Bits of the page-table entry that maps a symbol.
    case pageTable(symbol: String, Change)
    case key(symbol: String, key: UInt8)
    case interrupt(vector: UInt8, InterruptFate)
    case descriptor(device: String, queue: UInt16, field: DescriptorField, value: UInt64)
    case ninePReply(message: String, truncateTo: UInt64?, patch: Patch?)
    case file(name: String, truncateTo: UInt64?, patch: Patch?)
  }

  /// A new value, or bits to invert.
  public enum Change: Equatable, Sendable {
    case set(UInt64)
    case flip(UInt64)
  }

  /// Bytes written over what stood at `offset`.
  public struct Patch: Equatable, Sendable {
    public var offset: UInt64
    public var bytes: [UInt8]
  }

  public enum InterruptFate: Equatable, Sendable {
    case drop
    case delay(VirtualDuration)
    case repeated
  }

  public enum DescriptorField: String, CaseIterable, Sendable {
    case address, length, flags, next
  }

  public var when: Moment
  public var what: What
  /// The name of the fault's kind, as in the scenario.
  public var kind: String

  static let whatKeys = [
    "register", "pkru", "memory", "pageTable", "key", "interrupt", "descriptor", "ninePReply", "file",
  ]
  static let whenKeys = ["start", "instruction", "symbol", "event"]
  static let table = KeyTable(name: "fault", keys: ["when", "what"], required: ["when", "what"])
  static let whenTable = KeyTable(name: "faultWhen", keys: whenKeys + ["nth"])
  static let eventTable = KeyTable(name: "faultEvent", keys: EventFilter.keys, required: ["kind"])
  static let whatTable = KeyTable(name: "faultWhat", keys: whatKeys)

  /// The keys of each kind of fault; `set` and `flip`, or `truncateTo` and `offset` with `bytes`, exclude each other.
  static let whatTables: [String: KeyTable] = Dictionary(
    uniqueKeysWithValues: [
      KeyTable(name: "register", keys: ["name", "set", "flip"], required: ["name"]),
      KeyTable(name: "pkru", keys: ["set", "flip"]),
      KeyTable(name: "memory", keys: ["symbol", "offset", "bytes"], required: ["symbol", "bytes"]),
      KeyTable(name: "pageTable", keys: ["symbol", "set", "flip"], required: ["symbol"]),
      KeyTable(name: "key", keys: ["symbol", "key"], required: ["symbol", "key"]),
      KeyTable(name: "interrupt", keys: ["vector", "fate", "delay"], required: ["vector", "fate"]),
      KeyTable(
        name: "descriptor", keys: ["device", "queue", "field", "set"], required: ["device", "queue", "field", "set"]),
      KeyTable(name: "ninePReply", keys: ["message", "truncateTo", "offset", "bytes"], required: ["message"]),
      KeyTable(name: "file", keys: ["name", "truncateTo", "offset", "bytes"], required: ["name"]),
    ].map { ($0.name, $0) })

  static let registers = [
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "rip",
    "rflags",
  ]
}
