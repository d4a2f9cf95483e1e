import SimCPU
import SimEvents

/// The keys that faults have in a scenario.
extension Fault {
  static let table = KeyTable(name: "fault", keys: ["when", "what"], required: ["when", "what"])

  static let whenKeys = ["start", "instruction", "time", "symbol", "address", "event", "access", "enter", "leave"]
  package static let whenTable = KeyTable(name: "faultWhen", keys: whenKeys + ["nth", "while"])
  static let eventTable = KeyTable(name: "faultEvent", keys: EventFilter.keys, required: ["kind"])
  static let accessTable = KeyTable(
    name: "faultAccess", keys: places + ["offset", "count", "access"], required: ["access"])
  /// What comes by more than once.
  static let countedKeys: Set = ["symbol", "address", "event", "access", "enter", "leave"]

  package static let places = ["symbol", "address", "physical"]
  private static let linearPlaces = ["symbol", "address"]
  private static let message = [
    "message", "truncateTo", "offset", "bytes", "flip", "bit", "pattern", "fate", "delay", "nth", "times",
  ]
  private static let damage = ["truncateTo", "offset", "bytes"]

  /// The keys of each kind of fault. Of those that say how something is changed, each fault has exactly one.
  static let whatTables: [String: KeyTable] = Dictionary(
    uniqueKeysWithValues: [
      KeyTable(name: "register", keys: ["name", "set", "flip", "bit", "pattern", "for"], required: ["name"]),
      KeyTable(name: "pkru", keys: ["set", "flip", "bit", "pattern", "for"]),
      KeyTable(name: "memory", keys: places + ["offset", "bytes", "flip", "bit", "pattern", "for"]),
      KeyTable(name: "code", keys: ["offset", "bytes", "flip", "bit", "pattern"]),
      KeyTable(
        name: "pageTable", keys: linearPlaces + ["offset", "level", "set", "flip", "toggle", "key", "frame", "for"]),
      KeyTable(name: "key", keys: linearPlaces + ["offset", "key", "for"], required: ["key"]),
      KeyTable(
        name: "tlb", keys: linearPlaces + ["offset", "holds", "lose", "keep", "toggle", "key", "frame", "for"]),
      KeyTable(name: "instruction", keys: ["do", "bytes"], required: ["do"]),
      KeyTable(name: "return", keys: ["value"], required: ["value"]),
      KeyTable(name: "interrupt", keys: ["vector", "fate", "delay"], required: ["vector", "fate"]),
      KeyTable(name: "nmi", keys: []),
      KeyTable(name: "clock", keys: ["jump"], required: ["jump"]),
      KeyTable(
        name: "descriptor", keys: ["device", "queue", "position", "field", "set", "flip", "nth", "times"],
        required: ["device", "queue", "field"]),
      KeyTable(
        name: "usedEntry", keys: ["device", "queue", "field", "set", "flip", "fate", "delay", "nth", "times"],
        required: ["device", "queue"]),
      KeyTable(
        name: "ringIndex", keys: ["device", "queue", "ring", "set", "flip", "nth", "times"],
        required: ["device", "queue", "ring"]),
      KeyTable(name: "deviceStatus", keys: ["device", "set", "flip"], required: ["device"]),
      KeyTable(
        name: "configuration", keys: ["device", "offset", "bytes", "flip", "bit", "pattern"], required: ["device"]),
      KeyTable(name: "ninePRequest", keys: message, required: ["message"]),
      KeyTable(name: "ninePReply", keys: message, required: ["message"]),
      KeyTable(
        name: "sectors",
        keys: ["access", "sector", "count", "fail", "offset", "bytes", "flip", "bit", "pattern", "nth", "times"],
        required: ["access"]),
      KeyTable(name: "shareError", keys: ["error", "nth", "times"], required: ["error"]),
      KeyTable(name: "randomBytes", keys: ["offset", "bytes", "flip", "bit", "pattern", "nth", "times"]),
      KeyTable(name: "file", keys: ["name"] + damage, required: ["name"]),
    ].map { ($0.name, $0) })

  static let whatKeys = [
    "register", "pkru", "memory", "code", "pageTable", "key", "tlb", "instruction", "return", "interrupt", "nmi",
    "clock", "descriptor", "usedEntry", "ringIndex", "deviceStatus", "configuration", "ninePRequest", "ninePReply",
    "sectors", "shareError", "randomBytes", "file",
  ]
  static let whatTable = KeyTable(name: "faultWhat", keys: whatKeys)

  static let tables: [KeyTable] =
    [table, whenTable, eventTable, accessTable, whatTable] + whatTables.sorted { $0.key < $1.key }.map(\.value)
}

/// Bits of a page-table entry by name (SDM volume 3, 4.5).
package enum EntryBit: String, CaseIterable, Sendable {
  case present, writable, user, writeThrough, cacheDisable, accessed, dirty, pageSize, global, noExecute

  package var mask: UInt64 {
    switch self {
    case .present: 1
    case .writable: 1 << 1
    case .user: 1 << 2
    case .writeThrough: 1 << 3
    case .cacheDisable: 1 << 4
    case .accessed: 1 << 5
    case .dirty: 1 << 6
    case .pageSize: 1 << 7
    case .global: 1 << 8
    case .noExecute: 1 << 63
    }
  }
}

/// Rights in a TLB entry by name, as ``CachedTranslation/rights`` has them.
enum TranslationBit: String, CaseIterable {
  case writable, user, noExecute

  var mask: UInt64 {
    switch self {
    case .writable: 1
    case .user: 2
    case .noExecute: 4
    }
  }
}
