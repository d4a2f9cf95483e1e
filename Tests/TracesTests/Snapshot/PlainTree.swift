/// Plain data as a tree, read from its CBOR form without knowing the types: a second reader of what docs/snapshot-format.md
/// says.
indirect enum PlainTree: Equatable {
  case number(UInt64)
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case list([PlainTree])
  case map([(key: String, value: PlainTree)])
  case flag(Bool)

  static func == (a: PlainTree, b: PlainTree) -> Bool { a.encoded == b.encoded }

  init?(_ bytes: [UInt8]) {
    var rest = bytes[...]
    guard let tree = Self.read(&rest), rest.isEmpty else { return nil }
    self = tree
  }

  private static func read(_ rest: inout ArraySlice<UInt8>) -> PlainTree? {
    guard let first = rest.popFirst() else { return nil }
    func number() -> UInt64? {
      let low = first & 0x1f
      guard low >= 24 else { return UInt64(low) }
      guard low < 28, rest.count >= 1 << Int(low - 24) else { return nil }
      defer { rest = rest.dropFirst(1 << Int(low - 24)) }
      return rest.prefix(1 << Int(low - 24)).reduce(0) { $0 << 8 | UInt64($1) }
    }
    func content() -> [UInt8]? {
      guard let count = number(), count <= UInt64(rest.count) else { return nil }
      defer { rest = rest.dropFirst(Int(count)) }
      return Array(rest.prefix(Int(count)))
    }
    switch first {
    case 0xf4: return .flag(false)
    case 0xf5: return .flag(true)
    case 0x9f:
      var items: [PlainTree] = []
      while rest.first != 0xff {
        guard let item = read(&rest) else { return nil }
        items.append(item)
      }
      rest = rest.dropFirst()
      return .list(items)
    case 0xbf:
      var items: [(String, PlainTree)] = []
      while rest.first != 0xff {
        guard case .text(let key)? = read(&rest), let value = read(&rest) else { return nil }
        items.append((key, value))
      }
      rest = rest.dropFirst()
      return .map(items)
    default:
      switch first >> 5 {
      case 0: return number().map { .number($0) }
      case 1: return number().map { .negative($0) }
      case 2: return content().map { .bytes($0) }
      case 3: return content().map { .text(String(decoding: $0, as: UTF8.self)) }
      default: return nil
      }
    }
  }

  var encoded: [UInt8] {
    func head(_ type: UInt8, _ value: UInt64) -> [UInt8] {
      switch value {
      case 0...23: [type << 5 | UInt8(value)]
      case 24...0xff: [type << 5 | 24, UInt8(value)]
      case 0x100...0xffff: [type << 5 | 25] + big(value, 2)
      case 0x1_0000...0xffff_ffff: [type << 5 | 26] + big(value, 4)
      default: [type << 5 | 27] + big(value, 8)
      }
    }
    func big(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    switch self {
    case .number(let value): return head(0, value)
    case .negative(let value): return head(1, value)
    case .bytes(let bytes): return head(2, UInt64(bytes.count)) + bytes
    case .text(let text): return head(3, UInt64(text.utf8.count)) + text.utf8
    case .list(let items): return [0x9f] + items.flatMap(\.encoded) + [0xff]
    case .map(let items):
      return [0xbf] + items.flatMap { PlainTree.text($0.key).encoded + $0.value.encoded } + [0xff]
    case .flag(let flag): return [flag ? 0xf5 : 0xf4]
    }
  }

  /// The paths of everything that is not made of parts.
  var leaves: [[Int]] {
    switch self {
    case .list(let items): items.indices.flatMap { index in items[index].leaves.map { [index] + $0 } }
    case .map(let items): items.indices.flatMap { index in items[index].value.leaves.map { [index] + $0 } }
    default: [[]]
    }
  }

  /// A path in words: "machine.slots[1].status".
  func name(of path: [Int]) -> String {
    guard let index = path.first else { return "" }
    let rest = Array(path.dropFirst())
    switch self {
    case .list(let items): return "[\(index)]" + items[index].name(of: rest)
    case .map(let items): return ".\(items[index].key)" + items[index].value.name(of: rest)
    default: return ""
    }
  }

  subscript(path: [Int]) -> PlainTree {
    get {
      guard let index = path.first else { return self }
      switch self {
      case .list(let items): return items[index][Array(path.dropFirst())]
      case .map(let items): return items[index].value[Array(path.dropFirst())]
      default: return self
      }
    }
    set {
      guard let index = path.first else {
        self = newValue
        return
      }
      switch self {
      case .list(var items):
        items[index][Array(path.dropFirst())] = newValue
        self = .list(items)
      case .map(var items):
        items[index].value[Array(path.dropFirst())] = newValue
        self = .map(items)
      default: break
      }
    }
  }

  /// Other values of the same kind, the likely ones first.
  var mutations: [PlainTree] {
    switch self {
    case .number(let value):
      [
        value &+ 1, value ^ 1, value &- 1, value ^ 2, value ^ 4, value ^ 0x10, value ^ 0x80, value ^ 0x1000,
        value ^ 1 << 16,
      ]
      .map { .number($0) } + [
        .number(value ^ 1 << 20), .number(value ^ 1 << 24), .number(value ^ 1 << 31), .number(value ^ 0x20_1000),
      ]
    case .negative(let value): [.negative(value &+ 1)]
    case .bytes(let bytes):
      bytes.isEmpty
        ? [.bytes([0x41])]
        : [bytes.startIndex, bytes.count / 2, bytes.count - 1].map { index in
          var other = bytes
          other[index] ^= 1
          return .bytes(other)
        } + [.bytes(bytes + [0x20]), .bytes(bytes.dropLast())]
    case .text(let text): [.text(text + "x")]
    case .flag(let flag): [.flag(!flag)]
    case .list(let items): items.isEmpty ? [] : [.list(items.dropLast())]
    case .map: []
    }
  }
}
