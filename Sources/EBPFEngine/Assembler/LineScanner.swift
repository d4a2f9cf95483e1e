/// Reads the tokens of one source line. Blanks and commas separate operands; `#`, `;` and `//` start a comment.
struct LineScanner {
  typealias Reason = AssemblyError.Reason

  private let source: [UInt8]
  private let start: Int
  private let end: Int
  private(set) var position: Int

  /// The line in `source[start..<end]`, without its comment.
  init(_ source: [UInt8], _ start: Int, _ end: Int) {
    self.source = source
    self.start = start
    position = start
    var index = start
    while index < end {
      let byte = source[index]
      let isSlashes = byte == UInt8(ascii: "/") && index + 1 < end && source[index + 1] == byte
      if byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") || isSlashes { break }
      index += 1
    }
    self.end = index
    skipBlanks()
  }

  var column: Int { position - start + 1 }
  var isAtEnd: Bool { position == end }

  private var current: UInt8 { position < end ? source[position] : 0 }

  private mutating func skipBlanks() {
    while position < end, [9, 13, 32, UInt8(ascii: ",")].contains(source[position]) { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte && !isAtEnd else { return false }
    position += 1
    skipBlanks()
    return true
  }

  /// Letters, digits, `_`, `.` and `$`; empty when something else comes.
  mutating func word() -> Word {
    let first = position
    while position < end, Self.isWordByte(source[position]) { position += 1 }
    let word = Word(bytes: source[first..<position])
    skipBlanks()
    return word
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "$"):
      true
    default: false
    }
  }

  /// `true`, and past it, when the next word is `name`.
  mutating func takeWord(_ name: StaticString) -> Bool {
    var ahead = self
    guard ahead.word() == name else { return false }
    self = ahead
    return true
  }

  mutating func takeColon() -> Bool { take(UInt8(ascii: ":")) }

  /// `%r0` or `r0`.
  mutating func register() throws(Reason) -> Register {
    var ahead = self
    _ = ahead.take(UInt8(ascii: "%"))
    guard let digits = ahead.word().dropping(prefix: "r"), let first = digits.bytes.first, digits.bytes.count <= 2
    else { throw .expectedRegister }
    var index = UInt8(0)
    for byte in digits.bytes {
      guard byte >= 48 && byte <= 57 else { throw .expectedRegister }
      index = index * 10 + (byte - 48)
    }
    guard let register = Register(index), digits.bytes.count == 1 || first != 48 else { throw .expectedRegister }
    self = ahead
    return register
  }

  var isAtRegister: Bool {
    var ahead = self
    do throws(Reason) {
      _ = try ahead.register()
      return true
    } catch { return false }
  }

  /// A decimal or 0x number with optional sign: its magnitude and whether it is negative.
  mutating func magnitude() throws(Reason) -> (UInt64, isNegative: Bool, isHexadecimal: Bool) {
    var ahead = self
    let isNegative = ahead.take(UInt8(ascii: "-"))
    if !isNegative { _ = ahead.take(UInt8(ascii: "+")) }
    let word = ahead.word()
    let hexadecimal = word.dropping(prefix: "0x") ?? word.dropping(prefix: "0X")
    let digits = (hexadecimal ?? word).bytes
    let radix: UInt64 = hexadecimal == nil ? 10 : 16
    guard !digits.isEmpty else { throw .expectedNumber }
    var value: UInt64 = 0
    for byte in digits {
      guard let digit = Self.digit(byte), digit < radix else { throw .expectedNumber }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !overflow && !carry else { throw .numberOutOfRange }
      value = sum
    }
    self = ahead
    return (value, isNegative, hexadecimal != nil)
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 48...57: UInt64(byte - 48)
    case 97...102: UInt64(byte - 87)
    case 65...70: UInt64(byte - 55)
    default: nil
    }
  }

  /// A number of 32 bits: -2^31 to 2^31 - 1, or any 32-bit pattern in hexadecimal.
  mutating func immediate32() throws(Reason) -> Int32 {
    let value = try number(negative: 1 << 31, decimal: 0x7fff_ffff, hexadecimal: 0xffff_ffff, .numberOutOfRange)
    return Int32(truncatingIfNeeded: value)
  }

  mutating func immediate64() throws(Reason) -> UInt64 {
    try number(negative: 1 << 63, decimal: .max, hexadecimal: .max, .numberOutOfRange)
  }

  /// A number up to the limit of its form; an error leaves the scanner before it.
  private mutating func number(
    negative: UInt64, decimal: UInt64, hexadecimal: UInt64, _ reason: Reason
  ) throws(Reason) -> UInt64 {
    var ahead = self
    let (value, isNegative, isHexadecimal) = try ahead.magnitude()
    guard value <= (isNegative ? negative : isHexadecimal ? hexadecimal : decimal) else { throw reason }
    self = ahead
    return isNegative ? 0 &- value : value
  }

  mutating func operand() throws(Reason) -> Operand {
    if isAtRegister { return .register(try register()) }
    do throws(Reason) { return .immediate(try immediate32()) } catch {
      throw error == .expectedNumber ? .expectedOperand : error
    }
  }

  /// `[%r1]`, `[%r1+8]`, `[%r1-0x10]`.
  mutating func memory() throws(Reason) -> (Register, Int16) {
    guard take(UInt8(ascii: "[")) else { throw .expectedMemory }
    let base = try register()
    if take(UInt8(ascii: "]")) { return (base, 0) }
    guard current == UInt8(ascii: "+") || current == UInt8(ascii: "-") else { throw .expectedMemory }
    let value = try number(negative: 0x8000, decimal: 0x7fff, hexadecimal: 0x7fff, .offsetOutOfRange)
    guard take(UInt8(ascii: "]")) else { throw .expectedMemory }
    return (base, Int16(truncatingIfNeeded: value))
  }

  /// A label, or a distance from the next slot that starts with a sign.
  mutating func target() throws(Reason) -> AssemblyTarget {
    if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { return .distance(try immediate32()) }
    let word = word()
    guard !word.bytes.isEmpty else { throw .expectedTarget }
    return .label(word)
  }
}

/// Where a jump or a call goes, as the source says it.
enum AssemblyTarget {
  case distance(Int32)
  case label(Word)
}
