import LEB128

/// Writes numbers, text and bytes as ``TraceFields`` reads them: LEB128 as events have it, content after its length.
struct TraceBytes {
  var bytes: [UInt8] = []

  mutating func number(_ value: UInt64) { LEB128.append(value, to: &bytes) }

  mutating func text(_ text: String) {
    number(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func fixed<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
    for shift in stride(from: 0, to: T.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> T(shift))) }
  }
}

/// Reads the fields of a chunk. What does not fit is a corrupted trace: the checksum was right, so it was written wrong.
struct TraceFields {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  /// Where the first byte stands in the file.
  private let offset: UInt64

  init(_ bytes: ArraySlice<UInt8>, offset: UInt64) {
    self.bytes = bytes
    position = bytes.startIndex
    self.offset = offset
  }

  var rest: ArraySlice<UInt8> { bytes[position...] }
  var isAtEnd: Bool { position == bytes.endIndex }

  func fail(_ what: String) -> TraceError {
    .corrupted(what: what, offset: offset &+ UInt64(position - bytes.startIndex))
  }

  mutating func take(_ count: UInt64) throws(TraceError) -> ArraySlice<UInt8> {
    guard count <= UInt64(bytes.endIndex - position) else { throw fail("\(count) bytes reach past the chunk's end") }
    defer { position += Int(count) }
    return bytes[position..<position + Int(count)]
  }

  mutating func fixed<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws(TraceError) -> T {
    var value: T = 0
    for byte in try take(UInt64(T.bitWidth / 8)).reversed() { value = value << 8 | T(byte) }
    return value
  }

  /// A number in the fewest bytes.
  mutating func number() throws(TraceError) -> UInt64 {
    do throws(LEB128.Problem) {
      return try LEB128.canonical(bytes, at: &position)
    } catch .truncated {
      throw fail("1 bytes reach past the chunk's end")
    } catch {
      throw fail("a number that is too large, or longer than it need be")
    }
  }

  mutating func text() throws(TraceError) -> String {
    let content = try take(try number())
    guard let text = String(validating: content, as: UTF8.self) else { throw fail("text that is not UTF-8") }
    return text
  }

  mutating func flag() throws(TraceError) -> Bool {
    let value = try number()
    guard value <= 1 else { throw fail("a flag that is neither 0 nor 1") }
    return value == 1
  }
}
