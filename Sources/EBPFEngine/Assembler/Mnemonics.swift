/// Names of the assembly language, one table for the assembler and the disassembler (docs/bpf-assembly.md).
enum Mnemonics {
  static func name(_ operation: ArithmeticOperation) -> StaticString {
    switch operation {
    case .add: "add"
    case .subtract: "sub"
    case .multiply: "mul"
    case .divide: "div"
    case .signedDivide: "sdiv"
    case .or: "or"
    case .and: "and"
    case .shiftLeft: "lsh"
    case .shiftRight: "rsh"
    case .modulo: "mod"
    case .signedModulo: "smod"
    case .xor: "xor"
    case .move: "mov"
    case .arithmeticShiftRight: "arsh"
    }
  }

  static func name(_ condition: Condition) -> StaticString {
    switch condition {
    case .equal: "jeq"
    case .greater: "jgt"
    case .greaterOrEqual: "jge"
    case .bitSet: "jset"
    case .notEqual: "jne"
    case .signedGreater: "jsgt"
    case .signedGreaterOrEqual: "jsge"
    case .less: "jlt"
    case .lessOrEqual: "jle"
    case .signedLess: "jslt"
    case .signedLessOrEqual: "jsle"
    }
  }

  static func name(_ operation: AtomicOperation) -> StaticString {
    switch operation {
    case .add: "add"
    case .or: "or"
    case .and: "and"
    case .xor: "xor"
    case .fetchAdd: "fetch_add"
    case .fetchOr: "fetch_or"
    case .fetchAnd: "fetch_and"
    case .fetchXor: "fetch_xor"
    case .exchange: "xchg"
    case .compareExchange: "cmpxchg"
    }
  }

  static func name(_ order: ByteOrder) -> StaticString {
    switch order {
    case .little: "le"
    case .big: "be"
    case .swap: "bswap"
    }
  }

  /// Suffix of load and store mnemonics.
  static func suffix(_ size: AccessSize) -> StaticString {
    switch size {
    case .byte: "b"
    case .half: "h"
    case .word: "w"
    case .doubleWord: "dw"
    }
  }

  /// With the suffix of a size.
  static let loadAcquire: StaticString = "ldacq"
  static let storeRelease: StaticString = "strel"
  /// Loads from the packet, with the suffix of a size.
  static let loadAbsolute: StaticString = "ldabs"
  static let loadIndirect: StaticString = "ldind"
  static let mayGoto: StaticString = "may_goto"

  /// Words before the operands of `lddw` for the kinds that are not constants.
  static let mapByDescriptor: StaticString = "map_fd"
  static let mapValueByDescriptor: StaticString = "map_fd_value"
  static let variable: StaticString = "var"
  static let code: StaticString = "code"
  static let mapByIndex: StaticString = "map_index"
  static let mapValueByIndex: StaticString = "map_index_value"
}

/// A word of the source compared with names, without making strings.
struct Word {
  var bytes: ArraySlice<UInt8>

  func hasPrefix(_ name: StaticString) -> Bool {
    guard bytes.count >= name.utf8CodeUnitCount else { return false }
    for offset in 0..<name.utf8CodeUnitCount where bytes[bytes.startIndex + offset] != name.utf8Start[offset] {
      return false
    }
    return true
  }

  static func == (word: Word, name: StaticString) -> Bool {
    word.bytes.count == name.utf8CodeUnitCount && word.hasPrefix(name)
  }

  /// The rest after `name`, when the word starts with it.
  func dropping(prefix name: StaticString) -> Word? {
    hasPrefix(name) ? Word(bytes: bytes.dropFirst(name.utf8CodeUnitCount)) : nil
  }

  /// The word without a final "32" or "64", and the width that it says; 64 without one.
  var splittingWidth: (Word, Width) {
    let tail = Word(bytes: bytes.suffix(2))
    if bytes.count > 2 && tail == "32" { return (Word(bytes: bytes.dropLast(2)), .bits32) }
    if bytes.count > 2 && tail == "64" { return (Word(bytes: bytes.dropLast(2)), .bits64) }
    return (self, .bits64)
  }
}
