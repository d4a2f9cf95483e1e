import ELFFiles
import LEB128

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
    let reader = ByteReader(bytes)
    return switch count {
    case 1: reader.u8(place).map { UInt64($0) }
    case 2: reader.u16(place).map { UInt64($0) }
    case 4: reader.u32(place).map { UInt64($0) }
    default: reader.u64(place)
    }
  }

  /// Up to the next zero.
  func text(at place: Int) -> String? {
    guard place >= 0 else { return nil }
    return ByteReader(bytes).string(UInt64(place), lengthMax: bytes.count).map { String(decoding: $0, as: UTF8.self) }
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

  mutating func unsigned() -> UInt64? { LEB128.lenient(bytes[...], at: &place, isSigned: false) }

  mutating func signed() -> Int64? {
    LEB128.lenient(bytes[...], at: &place, isSigned: true).map { Int64(bitPattern: $0) }
  }
}
