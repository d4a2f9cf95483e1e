import GuestBoot

/// One record for the trace port 0x5e0: its first word names the event, a newline ends it. Platforms without the port
/// ignore what is written there.
///
/// ```swift
/// TraceRecord.emit { record in record.text("thread switch shell") }
/// ```
struct TraceRecord: ByteSink {
  private static var port: UInt16 { 0x5e0 }
  private static var lengthMax: Int { 256 }

  // One string output for a record: where a port access leaves the guest, it leaves once.
  nonisolated(unsafe) private static let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: lengthMax)
  private var count = 0

  static func emit(_ fill: (inout TraceRecord) -> Void) {
    var record = TraceRecord()
    fill(&record)
    buffer[record.count] = 0x0a
    port_write_bytes(port, buffer, UInt64(record.count &+ 1))
  }

  mutating func put(_ byte: UInt8) {
    guard count < Self.lengthMax &- 1 else { return }
    Self.buffer[count] = byte
    count &+= 1
  }
}
