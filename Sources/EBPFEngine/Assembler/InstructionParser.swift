/// Parses one instruction. Its target, when it has one, is filled in later: the operation carries slot 0.
struct InstructionParser {
  typealias Reason = AssemblyError.Reason

  var scanner: LineScanner
  private(set) var target: AssemblyTarget?

  init(_ scanner: LineScanner) { self.scanner = scanner }

  mutating func parse() throws(Reason) -> Operation {
    let operation = try instruction()
    guard scanner.isAtEnd else { throw .expectedEndOfLine }
    return operation
  }

  private mutating func instruction() throws(Reason) -> Operation {
    let start = scanner
    let word = scanner.word()
    if word == "exit" { return .exit }
    if word == "lock" { return try atomic() }
    if word == "lddw" { return try wide() }
    if word == "call" { return try call() }
    if word == "callx" { return .callRegister(try scanner.register()) }
    if let operation = try ordered(word) { return operation }
    if let operation = try load(word) { return operation }
    if let operation = try packetLoad(word) { return operation }
    if let operation = try store(word) { return operation }
    if let operation = try oneOperand(word) { return operation }
    if let operation = try jump(word) { return operation }
    if let operation = try arithmetic(word) { return operation }
    scanner = start
    throw .unknownMnemonic
  }

  private mutating func atomic() throws(Reason) -> Operation {
    let start = scanner
    // Both spellings, "fetch_add" and "fetch add", are in use.
    let fetches = scanner.takeWord("fetch")
    let (name, width) = scanner.word().splittingWidth
    for operation in AtomicOperation.allCases {
      let known = Mnemonics.name(operation)
      let matches: Bool
      if fetches {
        matches = Word(bytes: ArraySlice(known)).dropping(prefix: "fetch_").map { $0.bytes == name.bytes } ?? false
      } else {
        matches = name == known
      }
      guard matches else { continue }
      let (base, offset) = try scanner.memory()
      return .atomic(operation, width, base: base, offset: offset, source: try scanner.register())
    }
    scanner = start
    throw .unknownMnemonic
  }

  private mutating func wide() throws(Reason) -> Operation {
    let destination = try scanner.register()
    let immediate: WideImmediate
    if scanner.takeWord(Mnemonics.mapByDescriptor) {
      immediate = .mapByDescriptor(try scanner.immediate32())
    } else if scanner.takeWord(Mnemonics.mapValueByDescriptor) {
      let map = try scanner.immediate32()
      immediate = .mapValueByDescriptor(map, offset: try scanner.immediate32())
    } else if scanner.takeWord(Mnemonics.variable) {
      immediate = .variable(try scanner.immediate32())
    } else if scanner.takeWord(Mnemonics.code) {
      target = try scanner.target()
      immediate = .code(slot: 0)
    } else if scanner.takeWord(Mnemonics.mapByIndex) {
      immediate = .mapByIndex(try scanner.immediate32())
    } else if scanner.takeWord(Mnemonics.mapValueByIndex) {
      let map = try scanner.immediate32()
      immediate = .mapValueByIndex(map, offset: try scanner.immediate32())
    } else {
      immediate = .constant(try scanner.immediate64())
    }
    return .loadWide(destination, immediate)
  }

  private mutating func call() throws(Reason) -> Operation {
    if scanner.takeWord("local") {
      target = try scanner.target()
      return .callLocal(target: 0)
    }
    _ = scanner.takeWord("helper")
    if scanner.isAtRegister { return .callRegister(try scanner.register()) }
    return .callHelper(try scanner.immediate32())
  }

  private mutating func ordered(_ word: Word) throws(Reason) -> Operation? {
    for size in AccessSize.allCases {
      if let suffix = word.dropping(prefix: Mnemonics.loadAcquire), suffix == Mnemonics.suffix(size) {
        let destination = try scanner.register()
        let (base, offset) = try scanner.memory()
        return .loadAcquire(size, destination, base: base, offset: offset)
      }
      if let suffix = word.dropping(prefix: Mnemonics.storeRelease), suffix == Mnemonics.suffix(size) {
        let (base, offset) = try scanner.memory()
        return .storeRelease(size, base: base, offset: offset, source: try scanner.register())
      }
    }
    return nil
  }

  private mutating func load(_ word: Word) throws(Reason) -> Operation? {
    guard let suffix = word.dropping(prefix: "ldx") else { return nil }
    for size in AccessSize.allCases {
      let isPlain = suffix == Mnemonics.suffix(size)
      let isSigned = size != .doubleWord && suffix.dropping(prefix: "s").map { $0 == Mnemonics.suffix(size) } ?? false
      guard isPlain || isSigned else { continue }
      let destination = try scanner.register()
      let (base, offset) = try scanner.memory()
      return .load(size, signExtended: isSigned, destination, base: base, offset: offset)
    }
    return nil
  }

  private mutating func packetLoad(_ word: Word) throws(Reason) -> Operation? {
    for size in AccessSize.allCases where size != .doubleWord {
      if let suffix = word.dropping(prefix: Mnemonics.loadAbsolute), suffix == Mnemonics.suffix(size) {
        return .loadPacket(size, index: nil, offset: try scanner.immediate32())
      }
      if let suffix = word.dropping(prefix: Mnemonics.loadIndirect), suffix == Mnemonics.suffix(size) {
        let index = try scanner.register()
        return .loadPacket(size, index: index, offset: try scanner.immediate32())
      }
    }
    return nil
  }

  private mutating func store(_ word: Word) throws(Reason) -> Operation? {
    for size in AccessSize.allCases {
      if let suffix = word.dropping(prefix: "stx"), suffix == Mnemonics.suffix(size) {
        let (base, offset) = try scanner.memory()
        return .store(size, base: base, offset: offset, value: .register(try scanner.register()))
      }
      if let suffix = word.dropping(prefix: "st"), suffix == Mnemonics.suffix(size) {
        let (base, offset) = try scanner.memory()
        return .store(size, base: base, offset: offset, value: .immediate(try scanner.immediate32()))
      }
    }
    return nil
  }

  private mutating func oneOperand(_ word: Word) throws(Reason) -> Operation? {
    let (name, width) = word.splittingWidth
    if name == "neg" { return .negate(width, try scanner.register()) }
    for order in ByteOrder.allCases {
      // "swap" is an older name of "bswap".
      let short = order == .swap ? word.dropping(prefix: "swap") : nil
      guard let suffix = word.dropping(prefix: Mnemonics.name(order)) ?? short else { continue }
      if suffix == "16" { return .byteOrder(order, bits: 16, try scanner.register()) }
      if suffix == "32" { return .byteOrder(order, bits: 32, try scanner.register()) }
      if suffix == "64" { return .byteOrder(order, bits: 64, try scanner.register()) }
    }
    guard let kind = word.dropping(prefix: "movsx") else { return nil }
    let forms: [(StaticString, UInt8, Width)] = [
      ("832", 8, .bits32), ("864", 8, .bits64), ("1632", 16, .bits32), ("1664", 16, .bits64), ("3264", 32, .bits64),
    ]
    for (suffix, bits, width) in forms where kind == suffix {
      let destination = try scanner.register()
      return .moveSignExtended(width, fromBits: bits, destination, try scanner.register())
    }
    return nil
  }

  private mutating func jump(_ word: Word) throws(Reason) -> Operation? {
    if word == "ja" || word == "ja32" || word == "gotol" {
      target = try scanner.target()
      return .jump(target: 0, wide: !(word == "ja"))
    }
    if word == Mnemonics.mayGoto {
      target = try scanner.target()
      return .mayGoto(target: 0)
    }
    let (name, width) = word.splittingWidth
    for condition in Condition.allCases where name == Mnemonics.name(condition) {
      let register = try scanner.register()
      let operand = try scanner.operand()
      target = try scanner.target()
      return .branch(condition, width, register, operand, target: 0)
    }
    return nil
  }

  private mutating func arithmetic(_ word: Word) throws(Reason) -> Operation? {
    let (name, width) = word.splittingWidth
    for operation in ArithmeticOperation.allCases where name == Mnemonics.name(operation) {
      let destination = try scanner.register()
      return .arithmetic(operation, width, destination, try scanner.operand())
    }
    return nil
  }
}

extension ArraySlice<UInt8> {
  init(_ name: StaticString) {
    self = []
    for offset in 0..<name.utf8CodeUnitCount { append(name.utf8Start[offset]) }
  }
}
