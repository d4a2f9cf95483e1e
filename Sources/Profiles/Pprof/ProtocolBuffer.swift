import LEB128

/// A message of Protocol Buffers while it is written (protobuf.dev, "Encoding"): as much of it as pprof's format needs.
struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  /// A "varint" is LEB128.
  private mutating func variable(_ value: UInt64) { LEB128.append(value, to: &bytes) }

  /// A number; 0 is what is not there.
  mutating func add(_ field: UInt64, _ value: UInt64) {
    guard value != 0 else { return }
    variable(field << 3)
    variable(value)
  }

  mutating func add(_ field: UInt64, _ value: Int) { add(field, UInt64(value)) }

  private mutating func add(_ field: UInt64, _ content: some Collection<UInt8>) {
    variable(field << 3 | 2)
    variable(UInt64(content.count))
    bytes += content
  }

  mutating func add(_ field: UInt64, _ text: String) { add(field, text.utf8) }

  mutating func add(_ field: UInt64, _ message: ProtocolBuffer) { add(field, message.bytes) }

  /// Numbers one after the other.
  mutating func add(_ field: UInt64, packed values: [UInt64]) {
    var content = ProtocolBuffer()
    for value in values { content.variable(value) }
    add(field, content.bytes)
  }
}
