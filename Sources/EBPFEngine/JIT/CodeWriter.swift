/// Writes machine code to a buffer that may be too small, or missing: then it only counts.
struct CodeWriter {
  private let buffer: UnsafeMutableRawBufferPointer
  /// Bytes of code so far, whether they fitted or not.
  private(set) var count = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  var isComplete: Bool { count <= buffer.count }

  mutating func byte(_ value: UInt8) {
    if count < buffer.count { buffer[count] = value }
    count += 1
  }

  mutating func word16(_ value: UInt16) {
    byte(UInt8(truncatingIfNeeded: value))
    byte(UInt8(truncatingIfNeeded: value >> 8))
  }

  mutating func word32(_ value: Int32) {
    word16(UInt16(truncatingIfNeeded: value))
    word16(UInt16(truncatingIfNeeded: value >> 16))
  }

  mutating func word64(_ value: Int64) {
    word32(Int32(truncatingIfNeeded: value))
    word32(Int32(truncatingIfNeeded: value >> 32))
  }

  /// Makes the 32-bit displacement that ends before `end` lead to `target`.
  mutating func patch32(endingAt end: Int, to target: Int) {
    guard end <= buffer.count else { return }
    let distance = UInt32(bitPattern: Int32(truncatingIfNeeded: target - end))
    for index in 0..<4 { buffer[end - 4 + index] = UInt8(truncatingIfNeeded: distance >> UInt32(8 * index)) }
  }

  /// Makes the 8-bit displacement that ends before `end` lead here.
  mutating func patch8(endingAt end: Int) {
    guard end <= buffer.count else { return }
    buffer[end - 1] = UInt8(bitPattern: Int8(truncatingIfNeeded: count - end))
  }
}
