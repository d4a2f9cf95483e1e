/// A 16550A serial port. What is written to it is sent at once; there is no baud rate.
public struct UART16550: Equatable, Sendable {
  public static let fifoSize = 16
  /// The most bytes that wait on the line.
  public static let waitingMax = 4096

  /// Everything of a serial port that changes.
  public struct State: PlainState {
    public var interruptEnable: UInt8 = 0
    public var fifoControl: UInt8 = 0
    public var lineControl: UInt8 = 0
    public var modemControl: UInt8 = 0
    public var scratch: UInt8 = 0
    public var divisor: UInt16 = 1
    /// Bytes received and not yet read, oldest first: at most 16, or 1 with the FIFOs off.
    public var received: [UInt8] = []
    /// Bytes that the sender holds back until there is room for them, oldest first.
    public var waiting: [UInt8] = []
    /// A byte was lost; cleared by reading the line status.
    public var hasOverrun = false
    /// The transmitter has become empty since the interrupt was last answered.
    public var transmitterInterrupt = false
    /// The delta bits (3:0) of the modem status.
    public var modemDeltas: UInt8 = 0

    public init() {}

    /// Without those of `waiting`, which follow their number.
    static let wordCount = 11 + UART16550.fifoSize

    public var words: [UInt64] {
      var words: [UInt64] = [
        UInt64(interruptEnable), UInt64(fifoControl), UInt64(lineControl), UInt64(modemControl), UInt64(scratch),
        UInt64(divisor), hasOverrun ? 1 : 0, transmitterInterrupt ? 1 : 0, UInt64(modemDeltas),
      ]
      words.append(UInt64(received.count))
      words += received.map(UInt64.init)
      words += [UInt64](repeating: 0, count: max(0, Self.wordCount - 1 - words.count))
      return words + [UInt64(waiting.count)] + waiting.map(UInt64.init)
    }

    public init(words: [UInt64]) throws(PlainStateError) {
      let waitingCount = words.count >= Self.wordCount ? words[Self.wordCount - 1] : 0
      guard waitingCount <= UInt64(UART16550.waitingMax) else {
        throw .impossibleValue(waitingCount, word: Self.wordCount - 1)
      }
      var reader = try WordReader(words, expecting: Self.wordCount + Int(waitingCount))
      interruptEnable = try reader.next8(mask: 0x0f)
      fifoControl = try reader.next8(mask: 0xc9)
      lineControl = try reader.next8()
      modemControl = try reader.next8(mask: 0x1f)
      scratch = try reader.next8()
      divisor = UInt16(truncatingIfNeeded: try reader.next(mask: 0xffff))
      hasOverrun = try reader.flag()
      transmitterInterrupt = try reader.flag()
      modemDeltas = try reader.next8(mask: 0x0f)
      let count = try reader.next()
      guard count <= UInt64(fifoControl & 1 != 0 ? UART16550.fifoSize : 1) else {
        throw .impossibleValue(count, word: 9)
      }
      for _ in 0..<count { received.append(try reader.next8()) }
      for _ in Int(count)..<UART16550.fifoSize { _ = try reader.next(mask: 0) }
      _ = try reader.next()
      for _ in 0..<waitingCount { waiting.append(try reader.next8()) }
    }
  }

  public var state: State {
    didSet { interruptAsserted = isInterrupting }
  }
  /// The interrupt line. On a PC it passes through OUT2.
  ///
  /// Kept beside the state that it follows from: it is looked at far more often than it changes.
  public private(set) var interruptAsserted = false

  public init(state: State = State()) {
    self.state = state
    interruptAsserted = isInterrupting
  }

  private var isFIFOEnabled: Bool { state.fifoControl & 1 != 0 }
  private var isLoopback: Bool { state.modemControl & 0x10 != 0 }
  private var selectsDivisor: Bool { state.lineControl & 0x80 != 0 }

  private var receiveSpace: Int { max(0, (isFIFOEnabled ? Self.fifoSize : 1) - state.received.count) }

  /// Bytes arrive from outside. The sender obeys flow control: what has no room waits, in loopback everything does.
  ///
  /// - Returns: how many bytes were taken; no more than ``waitingMax`` can wait.
  @discardableResult
  public mutating func receive(_ bytes: [UInt8]) -> Int {
    let taken = min(bytes.count, Self.waitingMax - state.waiting.count)
    state.waiting += bytes.prefix(taken)
    refill()
    return taken
  }

  private mutating func refill() {
    guard !isLoopback, !state.waiting.isEmpty else { return }
    let count = min(receiveSpace, state.waiting.count)
    state.received += state.waiting.prefix(count)
    state.waiting.removeFirst(count)
  }

  /// A byte arrives by loopback. Without room one is lost and noted as an overrun: without FIFOs the older, whose place the
  /// new one takes, with them the new one (PC16550D data sheet, line status register, bit 1).
  private mutating func take(_ byte: UInt8) {
    guard receiveSpace == 0 else { return state.received.append(byte) }
    state.hasOverrun = true
    if !isFIFOEnabled { state.received = [byte] }
  }

  // MARK: Interrupts

  /// The reasons for an interrupt in order of priority, as IIR reports them.
  private enum Reason: UInt8 {
    case lineStatus = 0x06
    case receivedData = 0x04
    case receiveTimeout = 0x0c
    case transmitterEmpty = 0x02
    case modemStatus = 0x00
    case none = 0x01
  }

  /// The number of bytes that makes the receive interrupt.
  private var triggerLevel: Int {
    isFIFOEnabled ? [1, 4, 8, 14][Int(state.fifoControl >> 6)] : 1
  }

  private var reason: Reason {
    let enabled = state.interruptEnable
    if enabled & 4 != 0, state.hasOverrun { return .lineStatus }
    if enabled & 1 != 0, !state.received.isEmpty {
      // No time passes here between two bytes: what waits below the level has waited long enough.
      return state.received.count >= triggerLevel ? .receivedData : .receiveTimeout
    }
    if enabled & 2 != 0, state.transmitterInterrupt { return .transmitterEmpty }
    if enabled & 8 != 0, state.modemDeltas != 0 { return .modemStatus }
    return .none
  }

  private var isInterrupting: Bool {
    reason != .none && state.modemControl & 8 != 0 && !isLoopback
  }

  // MARK: Registers

  /// Reads the register at `offset` (0…7); others give 0xff.
  public mutating func read(_ offset: UInt16) -> UInt8 {
    switch offset {
    case 0 where selectsDivisor: return UInt8(truncatingIfNeeded: state.divisor)
    case 0:
      guard !state.received.isEmpty else { return 0 }
      defer { refill() }
      return state.received.removeFirst()
    case 1 where selectsDivisor: return UInt8(truncatingIfNeeded: state.divisor >> 8)
    case 1: return state.interruptEnable
    case 2:
      let identification = reason.rawValue | (isFIFOEnabled ? 0xc0 : 0)
      // Reading IIR answers the transmitter's interrupt, if that is what it reports.
      if reason == .transmitterEmpty { state.transmitterInterrupt = false }
      return identification
    case 3: return state.lineControl
    case 4: return state.modemControl
    case 5:
      // The transmitter is always empty.
      let status: UInt8 = 0x60 | (state.received.isEmpty ? 0 : 1) | (state.hasOverrun ? 2 : 0)
      state.hasOverrun = false
      return status
    case 6:
      defer { state.modemDeltas = 0 }
      return modemLines << 4 | state.modemDeltas
    case 7: return state.scratch
    default: return 0xff
    }
  }

  /// Writes the register at `offset` (0…7). Returns the byte that leaves the port, if one does.
  public mutating func write(_ offset: UInt16, _ value: UInt8) -> UInt8? {
    switch offset {
    case 0 where selectsDivisor: state.divisor = state.divisor & 0xff00 | UInt16(value)
    case 0: return transmit(value)
    case 1 where selectsDivisor: state.divisor = state.divisor & 0x00ff | UInt16(value) << 8
    case 1:
      // Enabling the transmitter's interrupt while it is empty raises it.
      if value & 2 != 0, state.interruptEnable & 2 == 0 { state.transmitterInterrupt = true }
      state.interruptEnable = value & 0x0f
    case 2: setFIFOControl(value)
    case 3: state.lineControl = value
    case 4: setModemControl(value)
    case 7: state.scratch = value
    default: break
    }
    return nil
  }

  private mutating func transmit(_ byte: UInt8) -> UInt8? {
    state.transmitterInterrupt = true
    guard isLoopback else { return byte }
    take(byte)
    return nil
  }

  private mutating func setFIFOControl(_ value: UInt8) {
    // Switching the FIFOs on or off clears them; the other bits count only with bit 0.
    let switches = (value ^ state.fifoControl) & 1 != 0
    if switches || value & 3 == 3 { state.received.removeAll() }
    state.fifoControl = value & 1 != 0 ? value & 0xc9 : 0
    refill()
  }

  /// DCD, RI, DSR, CTS: the modem's, always ready; or, in loopback, our own OUT2, OUT1, DTR, RTS.
  private var modemLines: UInt8 {
    guard isLoopback else { return 0x0b }
    let control = state.modemControl
    return (control & 0x0c) | (control & 1) << 1 | (control & 2) >> 1
  }

  private mutating func setModemControl(_ value: UInt8) {
    let before = modemLines
    state.modemControl = value & 0x1f
    let after = modemLines
    // The delta of RI (bit 2) notes its trailing edge only.
    state.modemDeltas |= (before ^ after) & 0x0b | (before & ~after & 0x04)
    refill()
  }
}
