/// The few terms of ACPI's machine language that describe devices (ACPI Specification 6.4, chapter 20), and their
/// resources (6.4).
enum AML {
  private enum Opcode {
    static let name: UInt8 = 0x08
    static let byte: UInt8 = 0x0a
    static let doubleWord: UInt8 = 0x0c
    static let string: UInt8 = 0x0d
    static let scope: UInt8 = 0x10
    static let buffer: UInt8 = 0x11
    static let device: [UInt8] = [0x5b, 0x82]
  }

  private static func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  /// The length of a package, itself included, in front of it (20.2.4).
  private static func package(_ body: [UInt8]) -> [UInt8] {
    if body.count + 1 < 0x40 { return [UInt8(body.count + 1)] + body }
    let extra = body.count + 2 < 0x1000 ? 1 : 2
    let length = body.count + 1 + extra
    let rest = (0..<extra).map { UInt8(truncatingIfNeeded: length >> (4 + 8 * $0)) }
    return [UInt8(extra << 6 | length & 15)] + rest + body
  }

  static func scope(_ path: String, _ terms: [[UInt8]]) -> [UInt8] {
    [Opcode.scope] + package(Array(path.utf8) + terms.flatMap { $0 })
  }

  /// - Parameter name: four characters.
  static func device(_ name: String, _ terms: [[UInt8]]) -> [UInt8] {
    Opcode.device + package(Array(name.utf8) + terms.flatMap { $0 })
  }

  static func name(_ name: String, _ value: [UInt8]) -> [UInt8] { [Opcode.name] + [UInt8](name.utf8) + value }
  static func integer(_ value: UInt8) -> [UInt8] { [Opcode.byte, value] }
  static func string(_ text: String) -> [UInt8] { [Opcode.string] + [UInt8](text.utf8) + [0] }

  /// Three letters and four hexadecimal digits in 32 bits (19.3.4, EISAID).
  static func eisaID(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let letters = bytes.prefix(3).reduce(UInt16(0)) { $0 << 5 | UInt16($1 &- 0x40) & 31 }
    let digits = UInt16(String(decoding: bytes.dropFirst(3), as: UTF8.self), radix: 16) ?? 0
    // Big-endian words.
    return [Opcode.doubleWord] + littleEndian(letters.byteSwapped) + littleEndian(digits.byteSwapped)
  }

  // MARK: Resources

  /// A buffer of descriptors with the end tag.
  static func resources(_ descriptors: [[UInt8]]) -> [UInt8] {
    let bytes: [UInt8] = descriptors.flatMap { $0 } + [0x79, 0]
    return [Opcode.buffer] + package([Opcode.byte, UInt8(truncatingIfNeeded: bytes.count)] + bytes)
  }

  /// I/O port descriptor (6.4.2.5): 16 bits decoded.
  static func ports(_ first: UInt16, count: UInt8) -> [UInt8] {
    [0x47, 1] + littleEndian(first) + littleEndian(first) + [1, count]
  }

  /// 32-bit fixed memory range (6.4.3.4), writable.
  static func memory(_ base: UInt32, count: UInt32) -> [UInt8] {
    [0x86] + littleEndian(UInt16(9)) + [1] + littleEndian(base) + littleEndian(count)
  }

  /// Extended interrupt descriptor (6.4.3.6): one interrupt, consumed, active high, not shared.
  static func interrupt(_ number: UInt32, isLevel: Bool) -> [UInt8] {
    [0x89] + littleEndian(UInt16(6)) + [isLevel ? 0b0001 : 0b0011, 1] + littleEndian(number)
  }
}
