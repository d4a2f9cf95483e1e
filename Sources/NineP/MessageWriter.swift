/// Puts the little-endian fields of a message one after the other into a buffer, never past its end.
struct MessageWriter {
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ buffer: UnsafeMutableRawBufferPointer) {
    self.buffer = buffer
  }

  /// Begins a message; ``finish()`` puts its size in.
  init(_ buffer: UnsafeMutableRawBufferPointer, code: UInt8, tag: UInt16) throws(CodecError) {
    self.init(buffer)
    try put(UInt32(0))
    try put(code)
    try put(tag)
  }

  private mutating func reserve(_ size: Int) throws(CodecError) -> Int {
    guard size <= buffer.count &- count else { throw .noSpace }
    defer { count &+= size }
    return count
  }

  mutating func put<T: FixedWidthInteger>(_ value: T) throws(CodecError) {
    let place = try reserve(MemoryLayout<T>.size)
    buffer.storeBytes(of: value.littleEndian, toByteOffset: place, as: T.self)
  }

  mutating func put(raw view: ByteView) throws(CodecError) {
    let place = try reserve(view.count)
    guard view.count > 0 else { return }
    UnsafeMutableRawBufferPointer(rebasing: buffer[place..<place &+ view.count]).copyMemory(from: view.bytes)
  }

  mutating func put(string: ByteView) throws(CodecError) {
    guard let size = UInt16(exactly: string.count) else { throw .noSpace }
    try put(size)
    try put(raw: string)
  }

  mutating func put(data: ByteView) throws(CodecError) {
    guard let size = UInt32(exactly: data.count) else { throw .noSpace }
    try put(size)
    try put(raw: data)
  }

  mutating func put(_ qid: QID) throws(CodecError) {
    try put(qid.type.rawValue)
    try put(qid.version)
    try put(qid.path)
  }

  /// Stores the size in front and returns it.
  mutating func finish() throws(CodecError) -> Int {
    guard let size = UInt32(exactly: count), count >= Limits.headerBytes else { throw .noSpace }
    buffer.storeBytes(of: size.littleEndian, toByteOffset: 0, as: UInt32.self)
    return count
  }
}
