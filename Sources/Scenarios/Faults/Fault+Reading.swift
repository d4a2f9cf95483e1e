import SimCPU
import SimEvents
import SimMachine

extension Fault {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let whenNode = reader["when"], let whatNode = reader["what"],
      let when = FaultMoment(whenNode, path: reader.path("when"), problems: problems),
      let outer = ObjectReader(whatNode, path: reader.path("what"), table: Self.whatTable, problems: problems),
      let kind = Self.single(Self.whatKeys, of: outer), let inner = outer[kind], let table = Self.whatTables[kind],
      let body = ObjectReader(inner, path: outer.path(kind), table: table, problems: problems),
      let what = Self.what(kind, body)
    else { return nil }
    self.when = when
    self.what = what
    self.kind = kind
    duration = body.integer("for", in: 1...10_000_000, unit: "instructions") ?? 0
    if case .file = what, when != .start {
      reader.complain("when", "the share is taken in before the first instruction", "write {\"start\": true}")
    }
  }

  /// The one key of `reader` that is among `keys`.
  package static func single(_ keys: [String], of reader: ObjectReader) -> String? {
    let present = keys.filter { reader[$0] != nil }
    if present.count == 1 { return present[0] }
    reader.problems.add(
      reader.node, reader.path, present.isEmpty ? "says nothing" : "says several things",
      "give exactly one of \(keys.joined(separator: ", "))")
    return nil
  }

  private static func what(_ kind: String, _ reader: ObjectReader) -> What? {
    switch kind {
    case "register":
      guard let name = reader.string("name") else { return nil }
      guard RegisterFile.changeableBits(of: name) != nil else {
        reader.complain(
          "name", "\"\(name)\" is no register",
          remedyForName(name, among: RegisterFile.changeable, noun: "register"))
        return nil
      }
      return wordChange(reader, of: name).map { .register(name: name, $0) }
    case "pkru": return wordChange(reader, of: "pkru").map { .register(name: "pkru", $0) }
    case "memory":
      guard let place = FaultPlace(reader), let change = memoryChange(reader, offset: 0) else { return nil }
      return .memory(place, change)
    case "code":
      let offset = reader.integer("offset", in: 0...14) ?? 0
      return memoryChange(reader, offset: offset).map { .code($0) }
    case "pageTable": return pageTable(reader)
    case "key":
      guard let place = FaultPlace(reader, among: ["symbol", "address"]), let key = reader.integer("key", in: 0...15)
      else { return nil }
      return .pageTable(place, level: nil, .key(UInt8(key)))
    case "tlb": return translation(reader)
    case "instruction": return instruction(reader)
    case "return": return reader.integer("value").map { .returns(value: $0) }
    case "interrupt": return interrupt(reader)
    case "nmi": return .nonMaskableInterrupt
    case "clock": return reader.duration("jump").map { .clockJump($0) }
    case "file":
      guard let name = reader.string("name"), let node = reader["name"],
        checkShareName(name, at: node, path: reader.path("name"), problems: reader.problems),
        let damage = damage(reader)
      else { return nil }
      return .file(name: name, truncateTo: damage.truncateTo, patch: damage.patch)
    default: return device(kind, reader)
    }
  }

  // MARK: Changes

  private static func wordChange(_ reader: ObjectReader, of register: String) -> WordChange? {
    let exists = RegisterFile.changeableBits(of: register) ?? 0
    guard let key = single(["set", "flip", "bit"], of: reader) else { return nil }
    let pattern = reader.word("pattern", BitPattern.self, noun: "pattern")
    if key == "bit" {
      guard let bit = reader.integer("bit", in: 0...63) else { return nil }
      if exists >> bit & 1 == 0 {
        reader.complain("bit", "bit \(bit) of \(register) does not exist or never changes", "choose another bit")
      }
      return .bits(from: UInt8(bit), pattern ?? .single)
    }
    if pattern != nil { reader.complain("pattern", "belongs to \"bit\"", "take it away, or give the first bit") }
    guard let value = reader.integer(key) else { return nil }
    if key == "flip", value & exists == 0 || value & ~exists != 0 {
      reader.complain(
        key, value == 0 ? "inverts nothing" : "has bits that \(register) has not, or that never change",
        "stay inside 0x\(String(exists, radix: 16))")
    }
    // Bit 1 of RFLAGS is always 1.
    if key == "set", value & ~(exists | (register == "rflags" ? 2 : 0)) != 0 {
      reader.complain(key, "has bits that \(register) has not", "stay inside 0x\(String(exists, radix: 16))")
    }
    return .change(key == "set" ? .set(value) : .flip(value))
  }

  static func memoryChange(_ reader: ObjectReader, offset: UInt64) -> MemoryChange? {
    guard let key = single(["bytes", "flip", "bit"], of: reader) else { return nil }
    let pattern = reader.word("pattern", BitPattern.self, noun: "pattern")
    if key == "bit" {
      return reader.integer("bit", in: 0...32767).map { .bits(from: $0 + 8 * offset, pattern ?? .single) }
    }
    if pattern != nil { reader.complain("pattern", "belongs to \"bit\"", "take it away, or give the first bit") }
    return bytes(reader, key).map { .change(offset: offset, key == "bytes" ? .set($0) : .flip($0)) }
  }

  private static func pageTable(_ reader: ObjectReader) -> What? {
    guard let place = FaultPlace(reader, among: ["symbol", "address"]),
      let key = single(["set", "flip", "toggle", "key", "frame"], of: reader)
    else { return nil }
    let level = reader.integer("level", in: 1...4).map { Int($0) }
    let change: FaultEffect.EntryChange? =
      switch key {
      case "set": reader.integer(key).map { .bits(.set($0)) }
      case "flip": reader.integer(key, in: 1...UInt64.max).map { .bits(.flip($0)) }
      case "toggle":
        toggled(reader, among: EntryBit.allCases.map { ($0.rawValue, $0.mask) }).map { .bits(.flip($0)) }
      case "key": reader.integer(key, in: 0...15).map { .key(UInt8($0)) }
      default: reader.integer(key, in: 0...(1 << 28) - 1).map { .frame($0) }
      }
    return change.map { .pageTable(place, level: level, $0) }
  }

  private static func translation(_ reader: ObjectReader) -> What? {
    enum Holds: String, CaseIterable { case data, code }
    guard let place = FaultPlace(reader, among: ["symbol", "address"]),
      let key = single(["lose", "keep", "toggle", "key", "frame"], of: reader)
    else { return nil }
    let holds = reader.word("holds", Holds.self, noun: "kind of entry") ?? .data
    let change: FaultEffect.TranslationChange? =
      switch key {
      case "lose", "keep":
        reader.boolean(key).flatMap { isWanted in
          if !isWanted { reader.complain(key, "is false", "write true, or take it away") }
          return key == "lose" ? .lost : .stale
        }
      case "toggle":
        toggled(reader, among: TranslationBit.allCases.map { ($0.rawValue, $0.mask) }).map { .rights(.flip($0)) }
      case "key": reader.integer(key, in: 0...15).map { .key(UInt8($0)) }
      default: reader.integer(key, in: 0...(1 << 28) - 1).map { .frame($0) }
      }
    if key == "keep", reader["for"] == nil {
      reader.complain("keep", "an entry is kept for some time", "say for how many instructions: \"for\": 1000")
    }
    return change.map { .translation(place, isFetch: holds == .code, $0) }
  }

  /// The bits with the names in a list.
  private static func toggled(_ reader: ObjectReader, among known: [(name: String, mask: UInt64)]) -> UInt64? {
    var mask: UInt64 = 0
    for element in reader.elements("toggle") {
      guard case .string(let name) = element.node.value, let bit = known.first(where: { $0.name == name }) else {
        reader.problems.add(
          element.node, element.path, "is no bit of an entry",
          "name some of \(known.map(\.name).joined(separator: ", "))")
        return nil
      }
      mask |= bit.mask
    }
    if mask == 0 { reader.complain("toggle", "inverts nothing", "name the bits: [\"\(known[0].name)\"]") }
    return mask == 0 ? nil : mask
  }

  private static func instruction(_ reader: ObjectReader) -> What? {
    enum Change: String, CaseIterable { case skip, `repeat`, replace }
    guard let change = reader.word("do", Change.self, noun: "change of an instruction") else { return nil }
    if (change == .replace) != (reader["bytes"] != nil) {
      reader.complain("bytes", "belong to \"replace\" and only to it", "write both or neither")
      return nil
    }
    switch change {
    case .skip: return .instruction(.skip)
    case .repeat: return .instruction(.repeat)
    case .replace:
      guard let bytes = bytes(reader, "bytes") else { return nil }
      if bytes.count > 15 { reader.complain("bytes", "are no instruction", "give 1 to 15 bytes") }
      return .instruction(.replace(bytes))
    }
  }

  private static func interrupt(_ reader: ObjectReader) -> What? {
    enum Fate: String, CaseIterable { case drop, delay, `repeat`, spurious }
    guard let vector = reader.integer("vector", in: 32...255), let fate = reader.word("fate", Fate.self, noun: "fate")
    else { return nil }
    _ = hasDelay(reader, fate == .delay)
    switch fate {
    case .drop: return .interrupt(vector: UInt8(vector), .drop)
    case .repeat: return .interrupt(vector: UInt8(vector), .repeated)
    case .spurious: return .interrupt(vector: UInt8(vector), .spurious)
    case .delay: return reader.duration("delay").map { .interrupt(vector: UInt8(vector), .delay($0)) }
    }
  }

  private static func damage(_ reader: ObjectReader) -> (truncateTo: UInt64?, patch: Patch?)? {
    guard let key = single(["truncateTo", "bytes"], of: reader) else { return nil }
    if key == "truncateTo" { return reader.integer(key).map { ($0, nil) } }
    guard let bytes = bytes(reader, "bytes") else { return nil }
    return (nil, Patch(offset: reader.integer("offset") ?? 0, bytes: bytes))
  }

  /// Bytes written as hexadecimal digits, two each, with blanks as wished.
  private static func bytes(_ reader: ObjectReader, _ key: String) -> [UInt8]? {
    guard let text = reader.string(key) else { return nil }
    let digits = text.filter { $0 != " " }.compactMap { $0.isASCII ? $0.hexDigitValue : 99 }
    guard !digits.isEmpty, digits.count % 2 == 0, digits.count <= 8192, digits.allSatisfy({ $0 < 16 }),
      digits.count == text.filter({ $0 != " " }).count
    else {
      reader.complain(key, "is no list of bytes", "write 1 to 4096 bytes as two hexadecimal digits each: \"b7 00\"")
      return nil
    }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}

extension Fault {
  /// Reads a fault as it stands in a scenario's list: `{"when": …, "what": …}`.
  ///
  /// - Parameter source: what problems call the text.
  public static func read(_ text: String, source: String = "the fault") throws(ScenarioProblems) -> Fault {
    let problems = ProblemList(file: source)
    let node = try Scenario.tree(Array(text.utf8), file: source)
    guard let fault = Fault(node, path: "$", problems: problems), problems.problems.isEmpty else {
      throw ScenarioProblems(problems.problems)
    }
    return fault
  }
}
