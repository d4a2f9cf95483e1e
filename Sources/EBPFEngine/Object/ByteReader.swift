/// Little-endian fields of bytes that nobody vouches for: every read is checked.
struct ByteReader {
  let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var count: Int { bytes.count }

  /// `size` bytes (1 to 8) at `offset`, or `nil` beyond the end.
  private func read(_ offset: Int, _ size: Int) -> UInt64? {
    guard offset >= 0 && offset <= count - size else { return nil }
    var value: UInt64 = 0
    for index in (0..<size).reversed() { value = value << 8 | UInt64(bytes[bytes.startIndex + offset + index]) }
    return value
  }

  func u8(_ offset: Int) -> UInt8? { read(offset, 1).map { UInt8(truncatingIfNeeded: $0) } }
  func u16(_ offset: Int) -> UInt16? { read(offset, 2).map { UInt16(truncatingIfNeeded: $0) } }
  func u32(_ offset: Int) -> UInt32? { read(offset, 4).map { UInt32(truncatingIfNeeded: $0) } }
  func u64(_ offset: Int) -> UInt64? { read(offset, 8) }

  /// `size` bytes at `offset`, both as a file says them.
  func slice(_ offset: UInt64, _ size: UInt64) -> ArraySlice<UInt8>? {
    guard offset <= UInt64(count), size <= UInt64(count) - offset else { return nil }
    let start = bytes.startIndex + Int(offset)
    return bytes[start..<(start + Int(size))]
  }

  /// Longest name that `string` gives.
  static let maximumNameLength = 1024

  /// The bytes before the first zero byte from `offset` on; `nil` when there is none within the length of a name.
  func string(_ offset: UInt64) -> ArraySlice<UInt8>? {
    guard offset < UInt64(count) else { return nil }
    let start = bytes.startIndex + Int(offset)
    let limit = min(bytes.endIndex, start + Self.maximumNameLength + 1)
    guard let end = bytes[start..<limit].firstIndex(of: 0) else { return nil }
    return bytes[start..<end]
  }
}
