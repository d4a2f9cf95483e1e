import Scenarios
import SimCPU
import SimMachine

/// A kind of fault with all places that it can be at. Each place is one of the space's locations.
public enum FaultModel: Equatable, Sendable {
  /// Every changeable bit of some registers.
  case register(names: [String], BitPattern)
  /// Every bit of so many bytes of memory.
  case memory(FaultPlace, count: UInt64, BitPattern)
  /// Bits of the page-table entry that maps a place.
  case pageTable(FaultPlace, level: Int?, bits: [UInt8])
  case skip
  case `repeat`
  /// An interrupt that nobody asked for.
  case interrupt(vector: UInt8)
  case nonMaskableInterrupt

  static let general = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]

  static let kinds = ["register", "pkru", "memory", "pageTable", "key", "skip", "repeat", "interrupt", "nmi"]
  static let table = KeyTable(name: "faultModel", keys: kinds)
  static let tables: [String: KeyTable] = Dictionary(
    uniqueKeysWithValues: [
      KeyTable(name: "register", keys: ["names", "pattern"]),
      KeyTable(name: "pkru", keys: ["pattern"]),
      KeyTable(name: "memory", keys: Fault.places + ["offset", "count", "pattern"]),
      KeyTable(name: "pageTable", keys: ["symbol", "address", "offset", "level", "bits"]),
      KeyTable(name: "key", keys: ["symbol", "address", "offset"]),
      KeyTable(name: "skip", keys: []), KeyTable(name: "repeat", keys: []),
      KeyTable(name: "interrupt", keys: ["vector"], required: ["vector"]), KeyTable(name: "nmi", keys: []),
    ].map { ($0.name, $0) })

  private static let keyBits: [UInt8] = [59, 60, 61, 62]

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let outer = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let kind = Fault.single(Self.kinds, of: outer), let inner = outer[kind], let table = Self.tables[kind],
      let reader = ObjectReader(inner, path: outer.path(kind), table: table, problems: problems)
    else { return nil }
    let pattern = reader.word("pattern", BitPattern.self, noun: "pattern") ?? .single
    switch kind {
    case "register":
      let names = reader["names"] == nil ? Self.general : reader.strings("names")
      for name in names where RegisterFile.changeableBits(of: name) == nil {
        reader.complain(
          "names", "\"\(name)\" is no register",
          remedyForName(name, among: RegisterFile.changeable, noun: "register"))
      }
      if names.isEmpty { reader.complain("names", "names none", "leave the key out for the general registers") }
      self = .register(names: names, pattern)
    case "pkru": self = .register(names: ["pkru"], pattern)
    case "memory":
      guard let place = FaultPlace(reader) else { return nil }
      self = .memory(place, count: reader.integer("count", in: 1...1 << 20, unit: "bytes") ?? 8, pattern)
    case "pageTable":
      guard let place = FaultPlace(reader, among: ["symbol", "address"]) else { return nil }
      let known = EntryBit.allCases.map(\.rawValue) + ["key"]
      var bits: [UInt8] = []
      for name in reader["bits"] == nil ? ["present", "writable", "user", "noExecute", "key"] : reader.strings("bits") {
        if name == "key" {
          bits += Self.keyBits
        } else if let bit = EntryBit(rawValue: name) {
          bits.append(UInt8(bit.mask.trailingZeroBitCount))
        } else {
          reader.complain("bits", "\"\(name)\" is no bit of an entry", remedyForName(name, among: known, noun: "bit"))
        }
      }
      self = .pageTable(place, level: reader.integer("level", in: 1...4).map { Int($0) }, bits: bits)
    case "key":
      guard let place = FaultPlace(reader, among: ["symbol", "address"]) else { return nil }
      self = .pageTable(place, level: nil, bits: Self.keyBits)
    case "skip": self = .skip
    case "repeat": self = .repeat
    case "interrupt":
      guard let vector = reader.integer("vector", in: 32...255) else { return nil }
      self = .interrupt(vector: UInt8(vector))
    default: self = .nonMaskableInterrupt
    }
  }
}
