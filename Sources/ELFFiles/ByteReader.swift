/// Little-endian numbers and strings of bytes that nobody vouches for: what does not lie in them whole is nil.
public struct ByteReader: Sendable {
  public let bytes: ArraySlice<UInt8>

  @inlinable public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  @inlinable public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  @inlinable public var count: Int { bytes.count }

  /// The number of the type's size at an offset, in bytes from the first.
  @inlinable @inline(__always)
  public func number<T: FixedWidthInteger & UnsignedInteger>(_ offset: Int, as type: T.Type = T.self) -> T? {
    let size = T.bitWidth / 8
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
  }

  @inlinable public func u8(_ offset: Int) -> UInt8? { number(offset) }
  @inlinable public func u16(_ offset: Int) -> UInt16? { number(offset) }
  @inlinable public func u32(_ offset: Int) -> UInt32? { number(offset) }
  @inlinable public func u64(_ offset: Int) -> UInt64? { number(offset) }

  /// Whether `size` bytes at `offset` are there; neither sum nor conversion can overflow.
  @inlinable public func contains(_ offset: UInt64, _ size: UInt64) -> Bool {
    offset <= UInt64(count) && size <= UInt64(count) - offset
  }

  /// `size` bytes at `offset`, both as a file says them.
  @inlinable public func slice(_ offset: UInt64, _ size: UInt64) -> ArraySlice<UInt8>? {
    guard contains(offset, size) else { return nil }
    let start = bytes.startIndex + Int(offset)
    return bytes[start..<start + Int(size)]
  }

  /// The bytes before the first NUL from an offset on; nil if there is none.
  ///
  /// - Parameter lengthMax: no more than one byte beyond this many is looked at and given, so that many names in one endless string take
  ///   no time: what is longer than this is too long.
  @inlinable public func string(_ offset: UInt64, lengthMax: Int) -> ArraySlice<UInt8>? {
    guard offset < UInt64(count) else { return nil }
    let rest = bytes[(bytes.startIndex + Int(offset))...]
    let seen = rest.prefix(lengthMax + 1)
    guard let end = seen.firstIndex(of: 0) else { return seen.count > lengthMax ? seen : nil }
    return rest[..<end]
  }
}
