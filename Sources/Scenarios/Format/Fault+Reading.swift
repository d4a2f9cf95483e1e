import SimEvents
import SimMachine

extension Fault {
  /// Before the first instruction.
  static let start = Moment.instruction(0)

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let whenNode = reader["when"], let whatNode = reader["what"],
      let when = Self.when(whenNode, path: reader.path("when"), problems: problems),
      let (kind, what) = Self.what(whatNode, path: reader.path("what"), problems: problems)
    else { return nil }
    self.when = when
    self.what = what
    self.kind = kind
    if case .file = what, when != Self.start {
      reader.complain("when", "the share is taken in before the first instruction", "write {\"start\": true}")
    }
  }

  /// The one key of `reader` that is among `keys`.
  private static func single(_ keys: [String], of reader: ObjectReader) -> String? {
    let present = keys.filter { reader[$0] != nil }
    if present.count == 1 { return present[0] }
    reader.problems.add(
      reader.node, reader.path, present.isEmpty ? "says nothing" : "says several things",
      "give exactly one of \(keys.joined(separator: ", "))")
    return nil
  }

  private static func when(_ node: JSONNode, path: String, problems: ProblemList) -> Moment? {
    guard let reader = ObjectReader(node, path: path, table: whenTable, problems: problems),
      let key = single(whenKeys, of: reader)
    else { return nil }
    let nth = reader.integer("nth", in: 1...UInt64(UInt32.max))
    if nth != nil && key != "symbol" && key != "event" {
      reader.complain("nth", "means nothing beside \"\(key)\"", "take it away")
    }
    switch key {
    case "start":
      if reader.boolean(key) == false { reader.complain(key, "is false", "write true, or another time") }
      return start
    case "instruction": return reader.integer(key).map { .instruction($0) }
    case "symbol": return reader.string(key).map { .symbol($0, hit: nth ?? 1) }
    default:
      guard let node = reader[key],
        let event = ObjectReader(node, path: reader.path(key), table: eventTable, problems: problems),
        let filter = EventFilter(event)
      else { return nil }
      return .matchingEvent(filter, nth: nth ?? 1)
    }
  }

  private static func what(_ node: JSONNode, path: String, problems: ProblemList) -> (String, What)? {
    guard let outer = ObjectReader(node, path: path, table: whatTable, problems: problems),
      let kind = single(whatKeys, of: outer), let inner = outer[kind], let table = whatTables[kind],
      let reader = ObjectReader(inner, path: outer.path(kind), table: table, problems: problems)
    else { return nil }
    return what(kind, reader).map { (kind, $0) }
  }

  private static func what(_ kind: String, _ reader: ObjectReader) -> What? {
    switch kind {
    case "register":
      guard let name = reader.string("name"), let change = change(reader) else { return nil }
      if !registers.contains(name) {
        reader.complain("name", "\"\(name)\" is no register", remedyForName(name, among: registers, noun: "register"))
      }
      return .register(name: name, change)
    case "pkru": return change(reader, in: 0...UInt64(UInt32.max)).map { .pkru($0) }
    case "pageTable":
      guard let symbol = reader.string("symbol"), let change = change(reader) else { return nil }
      return .pageTable(symbol: symbol, change)
    case "memory":
      guard let symbol = reader.string("symbol"), let bytes = bytes(reader) else { return nil }
      return .memory(symbol: symbol, offset: reader.integer("offset", in: 0...UInt64(UInt32.max)) ?? 0, bytes: bytes)
    case "key":
      guard let symbol = reader.string("symbol"), let key = reader.integer("key", in: 0...15) else { return nil }
      return .key(symbol: symbol, key: UInt8(key))
    case "interrupt": return interrupt(reader)
    case "descriptor":
      guard let device = reader.word("device", MachineSpecification.Device.self, noun: "device"),
        let queue = reader.integer("queue", in: 0...UInt64(UInt16.max)),
        let field = reader.word("field", DescriptorField.self, noun: "field"), let value = reader.integer("set")
      else { return nil }
      return .descriptor(device: device.rawValue, queue: UInt16(queue), field: field, value: value)
    case "ninePReply":
      guard let message = reader.string("message"), let damage = damage(reader) else { return nil }
      return .ninePReply(message: message, truncateTo: damage.truncateTo, patch: damage.patch)
    default:
      guard let name = reader.string("name"), let node = reader["name"],
        checkShareName(name, at: node, path: reader.path("name"), problems: reader.problems),
        let damage = damage(reader)
      else { return nil }
      return .file(name: name, truncateTo: damage.truncateTo, patch: damage.patch)
    }
  }

  private static func interrupt(_ reader: ObjectReader) -> What? {
    enum Fate: String, CaseIterable { case drop, delay, `repeat` }
    guard let vector = reader.integer("vector", in: 32...255), let fate = reader.word("fate", Fate.self, noun: "fate")
    else { return nil }
    if (fate == .delay) != (reader["delay"] != nil) {
      reader.complain("delay", "belongs to the fate \"delay\" and only to it", "write both or neither")
    }
    switch fate {
    case .drop: return .interrupt(vector: UInt8(vector), .drop)
    case .repeat: return .interrupt(vector: UInt8(vector), .repeated)
    case .delay: return reader.duration("delay").map { .interrupt(vector: UInt8(vector), .delay($0)) }
    }
  }

  private static func change(_ reader: ObjectReader, in range: ClosedRange<UInt64> = 0...UInt64.max) -> Change? {
    guard let key = single(["set", "flip"], of: reader), let value = reader.integer(key, in: range) else { return nil }
    return key == "set" ? .set(value) : .flip(value)
  }

  private static func damage(_ reader: ObjectReader) -> (truncateTo: UInt64?, patch: Patch?)? {
    guard let key = single(["truncateTo", "bytes"], of: reader) else { return nil }
    if key == "truncateTo" { return reader.integer(key).map { ($0, nil) } }
    guard let bytes = bytes(reader) else { return nil }
    return (nil, Patch(offset: reader.integer("offset") ?? 0, bytes: bytes))
  }

  /// Bytes written as hexadecimal digits, two each, with blanks as wished.
  private static func bytes(_ reader: ObjectReader) -> [UInt8]? {
    guard let text = reader.string("bytes") else { return nil }
    let digits = text.filter { $0 != " " }.compactMap { $0.isASCII ? $0.hexDigitValue : 99 }
    guard !digits.isEmpty, digits.count % 2 == 0, digits.count <= 8192, digits.allSatisfy({ $0 < 16 }),
      digits.count == text.filter({ $0 != " " }).count
    else {
      reader.complain("bytes", "is no list of bytes", "write 1 to 4096 bytes as two hexadecimal digits each: \"b7 00\"")
      return nil
    }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
