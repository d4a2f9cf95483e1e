/// Reads what ``PlainDataEncoder`` writes, and nothing else.
///
/// It goes through the bytes once, guided by the type that is wanted: a field that is missing, unknown or in another place
/// is an error, and nothing is allocated that the bytes do not hold.
final class PlainDataDecoder: Decoder {
  private let bytes: [UInt8]
  private var position = 0
  private var openCount = 0
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Why bytes are not the plain data of a type.
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  static func decode<T: Codable>(_ type: T.Type, from bytes: [UInt8]) throws(Problem) -> T {
    let decoder = PlainDataDecoder(bytes)
    do {
      let value = try decoder.read(type)
      guard decoder.position == bytes.count else { throw decoder.fail("it goes on after its end") }
      // Numbers in a longer form than they need would give two forms of one value.
      guard try PlainDataEncoder.encode(value) == bytes else { throw decoder.fail("it is not in canonical form") }
      return value
    } catch let problem as Problem {
      throw problem
    } catch let DecodingError.dataCorrupted(context) {
      throw decoder.fail(context.debugDescription)
    } catch {
      throw decoder.fail("a value that a \(type) cannot have")
    }
  }

  fileprivate func fail(_ what: String) -> Problem { Problem(description: "at byte \(position) of the state: \(what)") }

  // MARK: Items

  private func byte() throws(Problem) -> UInt8 {
    guard position < bytes.count else { throw fail("the state ends too early") }
    defer { position += 1 }
    return bytes[position]
  }

  private func head(_ type: UInt8) throws(Problem) -> UInt64 {
    let first = try byte()
    guard first & 0xe0 == type, first & 0x1f <= 27 else { throw fail("another kind of item is expected here") }
    let low = first & 0x1f
    guard low >= 24 else { return UInt64(low) }
    var value: UInt64 = 0
    for _ in 0..<(1 << Int(low - 24)) { value = value << 8 | UInt64(try byte()) }
    return value
  }

  private func content(_ type: UInt8) throws(Problem) -> ArraySlice<UInt8> {
    let count = try head(type)
    guard count <= UInt64(bytes.count - position) else { throw fail("\(count) bytes reach past the end") }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }

  private func number<T: FixedWidthInteger>(_ type: T.Type) throws(Problem) -> T {
    guard let value = T(exactly: try head(CBOR.unsigned)) else { throw fail("the number does not fit its field") }
    return value
  }

  private func signed() throws(Problem) -> Int {
    guard position < bytes.count, bytes[position] & 0xe0 == CBOR.negative else { return try number(Int.self) }
    guard let value = Int(exactly: try head(CBOR.negative)) else { throw fail("the number does not fit its field") }
    return ~value
  }

  private func flag() throws(Problem) -> Bool {
    let value = try byte()
    guard value == CBOR.yes || value == CBOR.no else { throw fail("a flag is expected here") }
    return value == CBOR.yes
  }

  private func text() throws(Problem) -> String {
    guard let text = String(validating: try content(CBOR.textString), as: UTF8.self) else {
      throw fail("text that is not UTF-8")
    }
    return text
  }

  /// Takes `code` if it is next.
  fileprivate func take(_ code: UInt8) -> Bool {
    guard isNext(code) else { return false }
    position += 1
    return true
  }

  fileprivate func isNext(_ code: UInt8) -> Bool { position < bytes.count && bytes[position] == code }
  fileprivate var isAtEnd: Bool { position == bytes.count }

  /// The key that is next, if one is.
  fileprivate var nextKey: String? {
    let start = position
    defer { position = start }
    return try? text()
  }

  fileprivate func take(key: String) throws(Problem) {
    guard try text() == key else { throw fail("the field \"\(key)\" is missing or not in its place") }
  }

  // MARK: Values

  fileprivate func read<T: Decodable>(_ type: T.Type) throws -> T {
    if let value = try readPrimitive(type) { return value }
    let outer = openCount
    openCount = 0
    let value = try T(from: self)
    for _ in 0..<openCount {
      guard take(CBOR.breakCode) else { throw fail("there is a field that \(T.self) does not have") }
    }
    openCount = outer
    return value
  }

  fileprivate func readPrimitive<T: Decodable>(_ type: T.Type) throws -> T? {
    if type == UInt64.self { return try number(UInt64.self) as? T }
    if type == UInt32.self { return try number(UInt32.self) as? T }
    if type == UInt16.self { return try number(UInt16.self) as? T }
    if type == UInt8.self { return try number(UInt8.self) as? T }
    if type == Int.self { return try signed() as? T }
    if type == Bool.self { return try flag() as? T }
    if type == String.self { return try text() as? T }
    if type == [UInt8].self { return try Array(content(CBOR.byteString)) as? T }
    return nil
  }

  fileprivate func begin(_ code: UInt8) throws(Problem) {
    guard take(code) else { throw fail("another kind of item is expected here") }
    openCount += 1
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try begin(CBOR.mapOfAnyLength)
    return KeyedDecodingContainer(Map(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try begin(CBOR.arrayOfAnyLength)
    return List(decoder: self)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }
}

private struct Map<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: PlainDataDecoder
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { decoder.nextKey.flatMap { Key(stringValue: $0) }.map { [$0] } ?? [] }

  func contains(_ key: Key) -> Bool { decoder.nextKey == key.stringValue }
  // What is nil is left out.
  func decodeNil(forKey key: Key) -> Bool { false }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try decoder.take(key: key.stringValue)
    return try decoder.read(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder.take(key: key.stringValue)
    return try decoder.container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder.take(key: key.stringValue)
    return try decoder.unkeyedContainer()
  }

  func superDecoder() -> any Decoder { decoder }
  func superDecoder(forKey key: Key) -> any Decoder { decoder }
}

private struct List: UnkeyedDecodingContainer {
  let decoder: PlainDataDecoder
  private(set) var currentIndex = 0
  let count: Int? = nil
  var codingPath: [any CodingKey] { [] }
  var isAtEnd: Bool { decoder.isNext(CBOR.breakCode) || decoder.isAtEnd }

  init(decoder: PlainDataDecoder) { self.decoder = decoder }

  mutating func decodeNil() -> Bool { false }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    currentIndex += 1
    return try decoder.read(type)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try decoder.container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try decoder.unkeyedContainer() }
  mutating func superDecoder() -> any Decoder { decoder }
}

private struct Single: SingleValueDecodingContainer {
  let decoder: PlainDataDecoder
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    guard let value = try decoder.readPrimitive(type) else { throw decoder.fail("plain data have no \(T.self)") }
    return value
  }
}
