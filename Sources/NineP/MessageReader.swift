/// Takes the little-endian fields of a message one after the other, never past its end.
struct MessageReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func view(_ count: Int) throws(CodecError) -> ByteView {
    guard count >= 0 && count <= bytes.count &- offset else { throw .truncated }
    defer { offset &+= count }
    return ByteView(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset &+ count]))
  }

  private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(CodecError) -> T {
    let size = MemoryLayout<T>.size
    guard size <= bytes.count &- offset else { throw .truncated }
    defer { offset &+= size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  mutating func u8() throws(CodecError) -> UInt8 { try integer(UInt8.self) }
  mutating func u16() throws(CodecError) -> UInt16 { try integer(UInt16.self) }
  mutating func u32() throws(CodecError) -> UInt32 { try integer(UInt32.self) }
  mutating func u64() throws(CodecError) -> UInt64 { try integer(UInt64.self) }

  /// string[s]: a 16-bit count and so many bytes.
  mutating func string() throws(CodecError) -> ByteView {
    try view(Int(try u16()))
  }

  /// data[count]: a 32-bit count and so many bytes.
  mutating func data() throws(CodecError) -> ByteView {
    try view(Int(try u32()))
  }

  mutating func qid() throws(CodecError) -> QID {
    QID(type: QIDType(rawValue: try u8()), version: try u32(), path: try u64())
  }

  /// Whether every byte has been taken.
  var isAtEnd: Bool { offset == bytes.count }
  var remaining: Int { bytes.count &- offset }
}
