import GuestBoot

/// The kernel's command line: words between blanks, `NAME=VALUE` or anything else, which is ignored.
enum KernelCommandLine {
  /// Takes a copy of the text at `address`, up to its NUL or the size of the copy.
  static func copy(from address: UInt64) {
    for index in 0..<UInt64(BOOT_COMMAND_LINE_SIZE &- 1) {
      let byte = volatile_read8(address &+ index)
      volatile_write8(boot_command_line_address() &+ index, byte)
      if byte == 0 { return }
    }
  }

  static var text: UnsafeBufferPointer<UInt8> {
    let start = UnsafePointer<UInt8>(bitPattern: UInt(boot_command_line_address()))!
    var count = 0
    while start[count] != 0 { count &+= 1 }
    return UnsafeBufferPointer(start: start, count: count)
  }

  /// Calls `body` with the value of each word that begins with `prefix`, such as "uio.design=".
  static func forEach(_ prefix: StaticString, _ body: (Slice<UnsafeBufferPointer<UInt8>>) -> Void) {
    for word in text.split(separator: 0x20) where word.starts(with: prefix) {
      body(word.dropFirst(prefix.utf8CodeUnitCount))
    }
  }

  /// The value of the last word that begins with `prefix`, or nil.
  static func value(_ prefix: StaticString) -> Slice<UnsafeBufferPointer<UInt8>>? {
    var value: Slice<UnsafeBufferPointer<UInt8>>?
    forEach(prefix) { value = $0 }
    return value
  }

  /// The number that the last word with `prefix` gives, or nil if it gives none.
  static func number(_ prefix: StaticString) -> UInt64? {
    guard let digits = value(prefix), var parser = Optional(NumberParser(digits)) else { return nil }
    guard let number = parser.take(), parser.isAtEnd else { return nil }
    return number
  }

  /// The number of the last word with `prefix`, or what holds without such a word. One that is none, or out of range, is fatal: the run
  /// would not be what was asked for.
  @inline(never)
  static func number(_ prefix: StaticString, _ standard: UInt64, in range: ClosedRange<UInt64>) -> UInt64 {
    guard value(prefix) != nil else { return standard }
    guard let number = number(prefix), range.contains(number) else {
      Panic.stop("a number of the command line is out of range")
    }
    return number
  }
}

/// Reads numbers, decimal or with 0x, from the front of some bytes.
struct NumberParser<Bytes: Collection> where Bytes.Element == UInt8, Bytes.SubSequence == Bytes {
  private var rest: Bytes

  init(_ bytes: Bytes) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  /// Whether the next byte was `byte`; then it is gone.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// The number that the rest begins with, or nil if there is none or it needs more than 64 bits.
  mutating func take() -> UInt64? {
    var radix: UInt64 = 10
    var value: UInt64 = 0
    var digits = 0
    if rest.first == UInt8(ascii: "0"), rest.dropFirst().first == UInt8(ascii: "x") {
      radix = 16
      rest = rest.dropFirst(2)
    }
    while let byte = rest.first, let digit = Self.digit(byte), digit < radix {
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !overflow, !carry else { return nil }
      value = sum
      digits &+= 1
      rest = rest.dropFirst()
    }
    return digits == 0 ? nil : value
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte &- 0x30)
    case 0x61...0x66: UInt64(byte &- 0x61 &+ 10)
    case 0x41...0x46: UInt64(byte &- 0x41 &+ 10)
    default: nil
    }
  }
}

extension Collection<UInt8> {
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && starts(with: text)
  }

  func starts(with text: StaticString) -> Bool {
    var index = 0
    for byte in self {
      if index == text.utf8CodeUnitCount { return true }
      if byte != text.utf8Start[index] { return false }
      index &+= 1
    }
    return index == text.utf8CodeUnitCount
  }
}
