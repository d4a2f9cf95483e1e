/// Little-endian fields of a file. Whoever reads a field has checked before that its table lies in the file.
struct ByteTable: Sendable {
  let bytes: [UInt8]

  var count: UInt64 { UInt64(bytes.count) }

  func u8(_ offset: UInt64) -> UInt8 { bytes[Int(offset)] }

  func u16(_ offset: UInt64) -> UInt16 { UInt16(u8(offset)) | UInt16(u8(offset + 1)) << 8 }

  func u32(_ offset: UInt64) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }

  func u64(_ offset: UInt64) -> UInt64 { UInt64(u32(offset)) | UInt64(u32(offset + 4)) << 32 }

  /// Whether `size` bytes at `offset` lie in the file; neither sum nor conversion can overflow.
  func contains(offset: UInt64, size: UInt64) -> Bool { offset <= count && size <= count - offset }

  /// The bytes from `offset` to the next NUL or to `end`, which lies in the file. At most `lengthMax` + 1 of them, so
  /// that many names in one endless string take no time: what is longer than `lengthMax` is too long.
  func string(at offset: UInt64, end: UInt64, lengthMax: Int) -> ArraySlice<UInt8> {
    let rest = bytes[Int(offset)..<Int(end)].prefix(lengthMax + 1)
    return rest.prefix { $0 != 0 }
  }
}

extension ArraySlice<UInt8> {
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && text.withUTF8Buffer { elementsEqual($0) }
  }

  func begins(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && text.withUTF8Buffer { prefix($0.count).elementsEqual($0) }
  }
}

extension UInt64 {
  /// Rounded up to a multiple of `alignment`, a power of two; nil past 2^64.
  func aligned(to alignment: UInt64) -> UInt64? {
    let (sum, overflow) = addingReportingOverflow(alignment - 1)
    return overflow ? nil : sum & ~(alignment - 1)
  }

  var isPowerOfTwo: Bool { self != 0 && self & (self - 1) == 0 }
}
