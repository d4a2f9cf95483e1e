/// Bytes of debug information, little-endian. Nothing in them is believed: what lies outside is nil.
struct DebugData {
  private var bytes: [UInt8]
  /// Of addresses that were relocated, by their place: the section that they are in.
  var sections: [Int: Int] = [:]
  /// The place of the next thing to read.
  var place = 0

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

  var count: Int { bytes.count }

  /// - Parameter bytes: 1, 2, 4 or 8.
  func number(at place: Int, bytes count: Int) -> UInt64? {
    guard place >= 0, place <= bytes.count - count else { return nil }
    return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Up to the next zero.
  func text(at place: Int) -> String? {
    guard place >= 0, place < bytes.count, let end = bytes[place...].firstIndex(of: 0) else { return nil }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  mutating func set(_ value: UInt64, at place: Int, bytes count: Int) {
    guard place >= 0, place <= bytes.count - count else { return }
    for index in 0..<count { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
  }

  // MARK: One after the other

  mutating func number(bytes count: Int) -> UInt64? {
    guard let value = number(at: place, bytes: count) else { return nil }
    place += count
    return value
  }

  mutating func text() -> String? {
    guard let text = text(at: place) else { return nil }
    place += text.utf8.count + 1
    return text
  }

  /// LEB128 (DWARF 5, 7.6); bits beyond 64 are lost.
  mutating func unsigned() -> UInt64? {
    var (value, shift) = (UInt64(0), UInt64(0))
    while let byte = number(bytes: 1) {
      if shift < 64 { value |= (byte & 0x7f) << shift }
      shift += 7
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }

  mutating func signed() -> Int64? {
    var (value, shift) = (UInt64(0), UInt64(0))
    while let byte = number(bytes: 1) {
      if shift < 64 { value |= (byte & 0x7f) << shift }
      shift += 7
      guard byte & 0x80 == 0 else { continue }
      if byte & 0x40 != 0, shift < 64 { value |= ~0 << shift }
      return Int64(bitPattern: value)
    }
    return nil
  }
}
