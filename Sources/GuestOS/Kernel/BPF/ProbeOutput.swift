import GuestBoot

/// Text of programs that run at calls of traced functions, kept until the shell's thread shows it. What does not fit is
/// dropped and counted.
struct ProbeOutput: ByteSink {
  private static var capacity: Int { 4096 }
  nonisolated(unsafe) private static var buffer = UnsafeMutablePointer<UInt8>(bitPattern: 1)
  nonisolated(unsafe) private static var count = 0
  nonisolated(unsafe) private static var dropped: UInt64 = 0

  static func initialize() { buffer = .allocate(capacity: capacity) }

  func put(_ byte: UInt8) {
    guard let buffer = Self.buffer, Self.count < Self.capacity else {
      Self.dropped &+= 1
      return
    }
    buffer[Self.count] = byte
    Self.count &+= 1
  }

  static func wakeShell() {
    let flags = save_and_disable_interrupts()
    Scheduler.signal(.probeOutput)
    restore_interrupts(flags)
  }

  /// For the shell's thread: shows what there is, on lines of its own.
  static func show() {
    TracedFunctions.reportFaults()
    guard let buffer, count != 0 || dropped != 0 else { return }
    // Writing may let other threads run, whose text then begins a new buffer.
    let text = Array(UnsafeBufferPointer(start: buffer, count: count))
    let lost = dropped
    count = 0
    dropped = 0
    var console = ShellConsole()
    console.startLine()
    console.bytes(text)
    if lost != 0 {
      console.startLine()
      console.decimal(lost)
      console.text(" bytes of traced functions' output lost\n")
    }
    console.startLine()
  }
}
