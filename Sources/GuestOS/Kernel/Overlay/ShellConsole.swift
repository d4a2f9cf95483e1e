import GuestBoot
import VirtioCore

/// The shell's console: the virtio console where there is one, otherwise COM1, shared with the application.
struct ShellConsole: ByteSink {
  nonisolated(unsafe) private static var device: VirtioConsole?
  nonisolated(unsafe) private static var pending: [UInt8] = []
  private static var pendingMax: Int { 1024 }
  nonisolated(unsafe) private static var isAtLineStart = true

  static func initialize() {
    if let slot = VirtioBus.claim(.console, signals: .consoleInput) { device = VirtioConsole(slot) }
    if device == nil {
      IOAPIC.route(line: Serial.line, to: Vector.serial, isLevel: false)
      Serial.enableReceiveInterrupt()
    }
  }

  /// Ends a line that an extension left unfinished.
  func startLine() {
    if !Self.isAtLineStart { put(0x0a) }
  }

  func put(_ byte: UInt8) {
    Self.isAtLineStart = byte == 0x0a
    Self.pending.append(byte)
    if byte == 0x0a || Self.pending.count >= Self.pendingMax { Self.flush() }
  }

  /// Sends what has no newline yet.
  static func flush() {
    if device == nil {
      var serial = Serial()
      serial.bytes(pending)
    } else {
      pending.withUnsafeBufferPointer { device?.write($0) }
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// The line typed has ended: whoever typed it has seen its newline.
  static func lineWasTyped() { isAtLineStart = true }

  /// The next byte; lets others run until there is one.
  static func read() -> UInt8 {
    while true {
      if device == nil {
        if let byte = Serial.read() { return byte }
        wait(for: .serialInput)
      } else {
        if let byte = device?.read() { return byte }
        wait(for: .consoleInput)
      }
    }
  }

  private static func wait(for input: Signals) {
    #if UIO_BPF
      Scheduler.wait(for: input.union(.probeOutput))
      ProbeOutput.show()
    #else
      Scheduler.wait(for: input)
    #endif
  }
}
