/// size[4] type[1] tag[2]: what every message begins with.
public struct MessageHeader: Equatable, Sendable {
  /// The whole message with this header, in bytes.
  public var size: UInt32
  /// The number on the wire.
  public var code: UInt8
  public var tag: UInt16

  /// Reads the header only: what follows may be truncated or nonsense.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(CodecError) {
    var reader = MessageReader(bytes)
    size = try reader.u32()
    code = try reader.u8()
    tag = try reader.u16()
    guard Int(size) >= Limits.headerBytes else { throw .impossibleSize }
  }

  /// The bytes of the body, which must all be there; what the transport delivers beyond the stated size is left out.
  func body(of bytes: UnsafeRawBufferPointer) throws(CodecError) -> UnsafeRawBufferPointer {
    guard Int(size) <= bytes.count else { throw .truncated }
    return UnsafeRawBufferPointer(rebasing: bytes[Limits.headerBytes..<Int(size)])
  }
}
