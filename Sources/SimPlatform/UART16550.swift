/// A 16550A serial port, as far as a guest's console needs it: transmission is immediate, reception has a FIFO.
public struct UART16550: Equatable, Sendable {
  public static let receiveCapacity = 4096

  public internal(set) var received: [UInt8] = []
  public internal(set) var interruptEnable: UInt8 = 0
  public internal(set) var fifoControl: UInt8 = 0
  public internal(set) var lineControl: UInt8 = 3
  public internal(set) var modemControl: UInt8 = 0
  public internal(set) var scratch: UInt8 = 0
  public internal(set) var divisor: UInt16 = 1
  /// The transmitter became empty and nobody has looked yet.
  public internal(set) var transmitPending = false

  public init() {}

  private var isDivisorLatch: Bool { lineControl & 0x80 != 0 }
  private var isLoopback: Bool { modemControl & 0x10 != 0 }

  /// The interrupt line. OUT2 gates it, as on a PC.
  public var interruptAsserted: Bool {
    modemControl & 8 != 0
      && (interruptEnable & 1 != 0 && !received.isEmpty || interruptEnable & 2 != 0 && transmitPending)
  }

  /// Bytes arrive from outside. What does not fit is dropped; returns how many were taken.
  @discardableResult
  public mutating func receive(_ bytes: [UInt8]) -> Int {
    let taken = min(bytes.count, Self.receiveCapacity - received.count)
    received += bytes.prefix(taken)
    return taken
  }

  public mutating func read(_ register: UInt16) -> UInt8 {
    switch register {
    case 0 where isDivisorLatch: return UInt8(truncatingIfNeeded: divisor)
    case 0: return received.isEmpty ? 0 : received.removeFirst()
    case 1 where isDivisorLatch: return UInt8(truncatingIfNeeded: divisor >> 8)
    case 1: return interruptEnable
    case 2: return identify()
    case 3: return lineControl
    case 4: return modemControl
    case 5: return 0x60 | (received.isEmpty ? 0 : 1)
    case 6: return isLoopback ? modemStatusInLoopback : 0xb0
    default: return scratch
    }
  }

  private var modemStatusInLoopback: UInt8 {
    (modemControl & 2) << 3 | (modemControl & 1) << 5 | (modemControl & 4) << 4 | (modemControl & 8) << 4
  }

  private mutating func identify() -> UInt8 {
    let fifo: UInt8 = fifoControl & 1 != 0 ? 0xc0 : 0
    if interruptEnable & 1 != 0, !received.isEmpty { return fifo | 4 }
    guard interruptEnable & 2 != 0, transmitPending else { return fifo | 1 }
    transmitPending = false
    return fifo | 2
  }

  /// Writes a register. Returns the byte that goes out on the line, if one does.
  public mutating func write(_ register: UInt16, _ value: UInt8) -> UInt8? {
    switch register {
    case 0 where isDivisorLatch: divisor = divisor & 0xff00 | UInt16(value)
    case 0:
      transmitPending = true
      guard isLoopback else { return value }
      receive([value])
    case 1 where isDivisorLatch: divisor = divisor & 0xff | UInt16(value) << 8
    case 1:
      if value & 2 != 0, interruptEnable & 2 == 0 { transmitPending = true }
      interruptEnable = value & 0xf
    case 2:
      fifoControl = value & 0xc9
      if value & 2 != 0 { received = [] }
    case 3: lineControl = value
    case 4: modemControl = value & 0x1f
    case 7: scratch = value
    default: break
    }
    return nil
  }
}
