import GuestBoot

/// One record for the trace port 0x5e0: its first word names the event, a newline ends it. Platforms without the port
/// ignore what is written there.
///
/// ```swift
/// TraceRecord.emit { record in record.text("thread switch shell") }
/// ```
///
/// Records may be written at any time, in handlers and traced functions too, so each has memory of its own and is put
/// out in one piece.
struct TraceRecord: ByteSink {
  private static var port: UInt16 { 0x5e0 }
  fileprivate static var lengthMax: Int { 256 }

  private let buffer: UnsafeMutablePointer<UInt8>
  fileprivate var count = 0

  // One string output for a record: where a port access leaves the guest, it leaves once.
  static func emit(_ fill: (inout TraceRecord) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: lengthMax) { memory in
      guard let buffer = memory.baseAddress else { return }
      var record = TraceRecord(buffer: buffer)
      fill(&record)
      record.send()
    }
  }

  @inline(never)
  fileprivate func send() {
    buffer[count] = 0x0a
    let flags = save_and_disable_interrupts()
    port_write_bytes(Self.port, buffer, UInt64(count &+ 1))
    restore_interrupts(flags)
  }

  fileprivate init(buffer: UnsafeMutablePointer<UInt8>) { self.buffer = buffer }

  /// A control character becomes a question mark: whatever a name holds, a record is one line.
  mutating func put(_ byte: UInt8) {
    guard count < Self.lengthMax &- 1 else { return }
    buffer[count] = byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte
    count &+= 1
  }
}

#if UIO_BPF
  /// A record that is written often and always begins with the same words, which are put together once.
  final class PreparedRecord {
    private var record: TraceRecord
    private let buffer: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(_ fill: (inout TraceRecord) -> Void) {
      buffer = .allocate(capacity: TraceRecord.lengthMax)
      record = TraceRecord(buffer: buffer)
      fill(&record)
      count = record.count
    }

    deinit { buffer.deallocate() }

    func emit() { record.send() }

    /// With a number behind the words. One at a time.
    func emit(_ number: UInt64) {
      record.count = count
      record.decimal(number)
      record.send()
    }
  }
#endif
