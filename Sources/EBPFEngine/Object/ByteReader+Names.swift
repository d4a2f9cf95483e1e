import ELFFiles

extension ByteReader {
  /// The longest name that ``string(_:)`` gives, in bytes.
  static let nameLengthMax = 1024

  /// The bytes before the first zero byte from `offset` on; `nil` when there is none within the length of a name.
  func string(_ offset: UInt64) -> ArraySlice<UInt8>? {
    guard let name = string(offset, lengthMax: Self.nameLengthMax), name.count <= Self.nameLengthMax else { return nil }
    return name
  }
}
