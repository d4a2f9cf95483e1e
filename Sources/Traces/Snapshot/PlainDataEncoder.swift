/// Writes `Codable` values as CBOR (RFC 8949), so that any program can read them: a struct is a map from its fields' names
/// in their order, an enum case a map with one key, `[UInt8]` a byte string, other arrays are arrays.
///
/// Maps and arrays have indefinite length; numbers are in their shortest form. The same value always gives the same bytes.
/// Floating-point numbers and classes do not occur in plain data and are refused.
final class PlainDataEncoder: Encoder {
  private(set) var bytes: [UInt8] = []
  /// Maps and arrays that the value being written has begun.
  private var openCount = 0
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = PlainDataEncoder()
    try encoder.write(value)
    return encoder.bytes
  }

  fileprivate func write<T: Encodable>(_ value: T) throws {
    if try writePrimitive(value) { return }
    let outer = openCount
    openCount = 0
    try value.encode(to: self)
    bytes += repeatElement(CBOR.breakCode, count: openCount)
    openCount = outer
  }

  /// Whether the value has a form of its own.
  fileprivate func writePrimitive<T: Encodable>(_ value: T) throws -> Bool {
    switch value {
    case let value as UInt64 where T.self == UInt64.self: head(CBOR.unsigned, value)
    case let value as UInt32 where T.self == UInt32.self: head(CBOR.unsigned, UInt64(value))
    case let value as UInt16 where T.self == UInt16.self: head(CBOR.unsigned, UInt64(value))
    case let value as UInt8 where T.self == UInt8.self: head(CBOR.unsigned, UInt64(value))
    case let value as Int where T.self == Int.self:
      value < 0 ? head(CBOR.negative, ~UInt64(bitPattern: Int64(value))) : head(CBOR.unsigned, UInt64(value))
    case let value as Bool where T.self == Bool.self: bytes.append(value ? CBOR.yes : CBOR.no)
    case let value as String where T.self == String.self: text(value)
    case let value as [UInt8] where T.self == [UInt8].self:
      head(CBOR.byteString, UInt64(value.count))
      bytes += value
    default: return false
    }
    return true
  }

  private func head(_ type: UInt8, _ value: UInt64) {
    let size =
      switch value {
      case 0...23: 0
      case 24...0xff: 1
      case 0x100...0xffff: 2
      case 0x1_0000...0xffff_ffff: 4
      default: 8
      }
    guard size > 0 else { return bytes.append(type | UInt8(value)) }
    bytes.append(type | UInt8(24 + size.trailingZeroBitCount))
    for shift in stride(from: 8 * (size - 1), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }

  fileprivate func text(_ value: String) {
    head(CBOR.textString, UInt64(value.utf8.count))
    bytes += value.utf8
  }

  fileprivate func begin(_ code: UInt8) {
    bytes.append(code)
    openCount += 1
  }

  fileprivate func null() { bytes.append(CBOR.null) }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    begin(CBOR.mapOfAnyLength)
    return KeyedEncodingContainer(Map(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    begin(CBOR.arrayOfAnyLength)
    return List(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }
}

/// The initial bytes of data items (RFC 8949, section 3).
enum CBOR {
  static let unsigned: UInt8 = 0x00
  static let negative: UInt8 = 0x20
  static let byteString: UInt8 = 0x40
  static let textString: UInt8 = 0x60
  static let arrayOfAnyLength: UInt8 = 0x9f
  static let mapOfAnyLength: UInt8 = 0xbf
  static let no: UInt8 = 0xf4
  static let yes: UInt8 = 0xf5
  static let null: UInt8 = 0xf6
  static let breakCode: UInt8 = 0xff
}

private struct Map<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: PlainDataEncoder
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) {
    encoder.text(key.stringValue)
    encoder.null()
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    encoder.text(key.stringValue)
    try encoder.write(value)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested>
  {
    encoder.text(key.stringValue)
    return encoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.text(key.stringValue)
    return encoder.unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder }
  func superEncoder(forKey key: Key) -> any Encoder { encoder }
}

private struct List: UnkeyedEncodingContainer {
  let encoder: PlainDataEncoder
  private(set) var count = 0
  var codingPath: [any CodingKey] { [] }

  init(encoder: PlainDataEncoder) { self.encoder = encoder }

  mutating func encodeNil() {
    encoder.null()
    count += 1
  }

  mutating func encode<T: Encodable>(_ value: T) throws {
    try encoder.write(value)
    count += 1
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
  mutating func superEncoder() -> any Encoder { encoder }
}

private struct Single: SingleValueEncodingContainer {
  let encoder: PlainDataEncoder
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { encoder.null() }

  func encode<T: Encodable>(_ value: T) throws {
    guard try encoder.writePrimitive(value) else {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "plain data have no \(T.self)"))
    }
  }
}
