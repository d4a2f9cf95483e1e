import NineP
import SimPlatform

/// The ports of a PC's older devices: 8254, 8259s, CMOS clock, and the register that connects speaker and timer.
extension Machine {
  private enum Port {
    static let timer: ClosedRange<UInt16> = 0x40...0x43
    static let systemControl: UInt16 = 0x61
    /// The keyboard controller's command port. There is no controller, but kernels end a virtual machine here.
    static let keyboardCommand: UInt16 = 0x64
    static let clockIndex: UInt16 = 0x70
    static let clockData: UInt16 = 0x71
  }

  /// Reads a byte; nil if there is nothing at this port.
  func readLegacyPort(_ port: UInt16) -> UInt8? {
    switch port {
    case Port.timer:
      advanceTimers()
      return pit.read(port - Port.timer.lowerBound, at: timerTick)
    case Port.systemControl:
      let tick = timerTick
      // Bit 4 is the refresh of memory, once in some 15 us; bit 5 the output of the timer's channel 2.
      let refresh: UInt8 = tick / Self.refreshTicks & 1 == 1 ? 0x10 : 0
      return systemControl | (pit.speakerGate ? 1 : 0) | refresh | (pit.speakerOutput(at: tick) ? 0x20 : 0)
    case Port.clockIndex: return 0xff  // can only be written
    case Port.clockData:
      let now = clock
      return rtc.read(seconds: now.seconds, isAboutToTick: now.isAboutToTick)
    default:
      guard PICPair.hasPort(port) else { return nil }
      advanceTimers()
      return pics.read(port)
    }
  }

  /// Whether any device but the trace port and the one that ends the machine is at `port`.
  public static func hasDevice(at port: UInt16) -> Bool {
    hasLegacyDevice(at: port) || port &- Platform.serialPort < 8
  }

  /// Whether one of these devices is at `port`.
  public static func hasLegacyDevice(at port: UInt16) -> Bool {
    switch port {
    case Port.timer, Port.systemControl, Port.clockIndex, Port.clockData: true
    default: PICPair.hasPort(port)
    }
  }

  /// Writes a byte. Does nothing if there is nothing at this port.
  func writeLegacyPort(_ port: UInt16, _ value: UInt8) {
    switch port {
    case Port.timer:
      advanceTimers()
      let tick = timerTick
      _ = pit.advance(to: tick)
      pit.write(port - Port.timer.lowerBound, value, at: tick)
    case Port.systemControl:
      systemControl = value & Self.systemControlMask
      pit.setSpeakerGate(value & 1 != 0, at: timerTick)
    // Bit 7 of the index would hold back non-maskable interrupts of the chip set, of which there are none.
    case Port.clockIndex: rtc.select(value)
    case Port.keyboardCommand: if Self.isReset(port, value) { end = .reset }
    case Port.clockData: rtc.write(value, seconds: clock.seconds)
    default:
      guard PICPair.hasPort(port) else { return }
      advanceTimers()
      pics.write(port, value)
      driveExternalInterruptLine()
    }
  }

  /// The bits of port 61H that are nowhere else; bit 0 is the gate of the timer's channel 2.
  static let systemControlMask: UInt8 = 0x0e

  /// Whether the byte, written to the port, ends the machine: it pulses output line 0 of the keyboard controller, the processor's reset
  /// (8042 data sheet, command FEH).
  public static func isReset(_ port: UInt16, _ value: UInt8) -> Bool { port == Port.keyboardCommand && value == 0xfe }

  /// Memory is refreshed once in this many ticks of the 8254.
  private static let refreshTicks: UInt64 = 18

  /// The last moments of a second in which the CMOS clock may not be read: 244 us.
  private static let updateHz: UInt64 = 4096

  /// What a file gets as its time now: the scenario's start and virtual time.
  var fileTime: FileTime {
    let (seconds, cycles) = time.quotientAndRemainder(dividingBy: configuration.clockHz)
    let nanoseconds = configuration.clockHz.dividingFullWidth(cycles.multipliedFullWidth(by: 1_000_000_000)).quotient
    return FileTime(seconds: configuration.startTime &+ seconds, nanoseconds: nanoseconds)
  }

  /// The CMOS clock's second, from the scenario's start and virtual time.
  private var clock: (seconds: UInt64, isAboutToTick: Bool) {
    let (seconds, cycles) = time.quotientAndRemainder(dividingBy: configuration.clockHz)
    let left = configuration.clockHz - cycles
    return (configuration.startTime &+ seconds, left <= configuration.clockHz / Self.updateHz)
  }
}
