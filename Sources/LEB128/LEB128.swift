/// Numbers as groups of seven bits, the lowest first, each byte but the last with its top bit set (DWARF 5, section 7.6).
public enum LEB128 {
  /// The bytes that a 64-bit number takes at most.
  public static let byteCountMax = 10

  /// Why bytes are no number in the fewest bytes that it can have.
  public enum Problem: Error, Equatable, Sendable {
    /// The bytes end within it.
    case truncated
    /// It has more than 64 bits.
    case tooLarge
    /// It takes more bytes than it need.
    case tooLong
  }

  // MARK: Writing, in the fewest bytes

  /// - Parameter start: room for ``byteCountMax`` bytes.
  /// - Returns: how many bytes were written.
  @inlinable @inline(__always)
  public static func write(_ value: UInt64, to start: UnsafeMutablePointer<UInt8>) -> Int {
    var rest = value
    var end = 0
    while rest >= 0x80 {
      start[end] = UInt8(truncatingIfNeeded: rest) | 0x80
      end &+= 1
      rest &>>= 7
    }
    start[end] = UInt8(truncatingIfNeeded: rest)
    return end &+ 1
  }

  @inlinable
  public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  // MARK: Reading

  /// The number at `position`, which is moved behind what was read; only one of 64 bits in the fewest bytes.
  @inlinable @inline(__always)
  public static func canonical(_ bytes: ArraySlice<UInt8>, at position: inout Int) throws(Problem) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard position < bytes.endIndex else { throw .truncated }
      let next = bytes[position]
      position &+= 1
      // The tenth byte holds bit 63 alone.
      guard shift < 63 || next <= 1 else { throw .tooLarge }
      value |= UInt64(next & 0x7f) &<< shift
      guard next & 0x80 != 0 else {
        guard next != 0 || shift == 0 else { throw .tooLong }
        return value
      }
      shift &+= 7
    }
  }

  /// The number at `position`, in any number of bytes; bits beyond 64 are lost. Nil if the bytes end within it.
  ///
  /// - Parameter isSigned: bit 6 of the last byte is the sign, which fills what is above.
  @inlinable
  public static func lenient(_ bytes: ArraySlice<UInt8>, at position: inout Int, isSigned: Bool) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.endIndex {
      let next = bytes[position]
      position &+= 1
      if shift < 64 { value |= UInt64(next & 0x7f) << shift }
      // Beyond 64 it counts no more: no sum overflows, however many bytes there are.
      shift = min(shift &+ 7, 70)
      guard next & 0x80 == 0 else { continue }
      if isSigned, next & 0x40 != 0, shift < 64 { value |= ~0 << shift }
      return value
    }
    return nil
  }
}
