extension PIT8254 {
  /// One of the three counters. What it shows is computed from when it was started; loading takes no tick.
  public struct Channel: Equatable, Sendable {
    /// Bits 5:0 of the control word: access (5:4), mode (3:1), BCD (0).
    public var control: UInt8 = 0
    /// The count in ticks, 1…65536, or 1…10000 in BCD; 0 before one is written.
    public var count: UInt32 = 0
    /// In modes 2 and 3 a new count waits for the end of the present period; 0 if none does.
    public var nextCount: UInt32 = 0
    /// The low byte of a count whose high byte has not come.
    public var lowByte: UInt8 = 0
    public var awaitsHighWrite = false
    public var awaitsHighRead = false
    /// A latched count with bit 16 set, or 0.
    public var latchedCount: UInt32 = 0
    /// A latched status with bit 8 set, or 0.
    public var latchedStatus: UInt16 = 0
    public var gate = true
    /// It counts since the tick `start`; otherwise it stands after `elapsed` ticks.
    public var isCounting = false
    public var start: UInt64 = 0
    public var elapsed: UInt64 = 0

    public init() {}

    // MARK: Time

    var mode: UInt8 {
      let code = control >> 1 & 7
      return code > 5 ? code - 4 : code
    }

    private var isBCD: Bool { control & 1 != 0 }
    private var modulus: UInt32 { isBCD ? 10_000 : 0x1_0000 }
    private var isPeriodic: Bool { mode == 2 || mode == 3 }

    private func ticks(at tick: UInt64) -> UInt64 { isCounting ? tick &- min(start, tick) : elapsed }

    /// In a periodic mode a count that was written meanwhile takes the place of the old one when a period ends.
    private mutating func renewPeriod(at tick: UInt64) {
      guard nextCount != 0, isCounting, count > 0, ticks(at: tick) >= UInt64(count) else { return }
      start += UInt64(count)
      count = nextCount
      nextCount = 0
    }

    func output(at tick: UInt64) -> Bool {
      var channel = self
      channel.renewPeriod(at: tick)
      return channel.level(after: channel.ticks(at: tick))
    }

    /// The output after so many ticks of counting (8254 data sheet, "Mode Definitions").
    private func level(after ticks: UInt64) -> Bool {
      guard count > 0 else { return mode != 0 }
      let count = UInt64(count)
      // Without its gate, a periodic mode holds the output high; a one-shot that was not triggered does too.
      switch mode {
      case 0: return ticks >= count
      case 1: return !isCounting || ticks >= count
      case 2: return !isCounting || ticks % count != count - 1
      case 3: return !isCounting || ticks % count < (count + 1) / 2
      default: return !isCounting || ticks != count
      }
    }

    /// The first tick after `tick` at which the output rises.
    func nextRisingEdge(after tick: UInt64) -> UInt64? {
      guard isCounting, count > 0 else { return nil }
      let count = UInt64(count)
      switch mode {
      case 0, 1: return start + count > tick ? start + count : nil
      case 2, 3:
        // A period of one tick has no room for an edge.
        guard count > 1 else { return nil }
        let first = start + count
        guard first <= tick else { return first }
        let period = nextCount > 0 ? UInt64(nextCount) : count
        guard period > 1 else { return nil }
        return first + ((tick - first) / period + 1) * period
      default: return start + count + 1 > tick ? start + count + 1 : nil
      }
    }

    // MARK: The counting element

    private func value(at tick: UInt64) -> UInt16 {
      guard count > 0 else { return 0 }
      let (ticks, count) = (ticks(at: tick), UInt64(count))
      let left: UInt64
      switch mode {
      case 2: left = count - ticks % count
      // Mode 3 counts by two.
      case 3: left = count - 2 * ticks % count
      default: left = (count + UInt64(modulus) - ticks % UInt64(modulus)) % UInt64(modulus)
      }
      let value = UInt32(left) % modulus
      guard isBCD else { return UInt16(truncatingIfNeeded: value) }
      return UInt16((value / 1000) << 12 | (value / 100 % 10) << 8 | (value / 10 % 10) << 4 | value % 10)
    }

    mutating func setGate(_ isOpen: Bool, at tick: UInt64) {
      guard isOpen != gate else { return }
      renewPeriod(at: tick)
      switch mode {
      case 0, 4:
        // A level: counting stands while the gate is closed.
        if isOpen, count > 0 {
          (start, isCounting) = (tick &- min(elapsed, tick), true)
        } else if !isOpen {
          (elapsed, isCounting) = (ticks(at: tick), false)
        }
      case 2, 3:
        if isOpen, count > 0 { restart(at: tick) } else { (elapsed, isCounting) = (0, false) }
      default:
        // A rising edge triggers.
        if isOpen, count > 0 { restart(at: tick) }
      }
      gate = isOpen
    }

    private mutating func restart(at tick: UInt64) {
      if nextCount != 0 { (count, nextCount) = (nextCount, 0) }
      (start, elapsed, isCounting) = (tick, 0, true)
    }

    // MARK: Registers

    /// A control word stops the channel until a count is written.
    mutating func program(_ control: UInt8, at tick: UInt64) {
      let gate = gate
      self = Channel()
      (self.control, self.gate) = (control, gate)
    }

    mutating func latchCount(at tick: UInt64) {
      renewPeriod(at: tick)
      if latchedCount == 0 { latchedCount = 0x1_0000 | UInt32(value(at: tick)) }
    }

    mutating func latchStatus(at tick: UInt64) {
      let isNull: UInt8 = count == 0 || nextCount != 0 ? 0x40 : 0
      if latchedStatus == 0 { latchedStatus = 0x100 | UInt16((output(at: tick) ? 0x80 : 0) | isNull | control) }
    }

    /// The access bits: 1 the low byte only, 2 the high byte only, 3 both, low byte first.
    private var access: UInt8 { control >> 4 }

    mutating func read(at tick: UInt64) -> UInt8 {
      if latchedStatus != 0 {
        defer { latchedStatus = 0 }
        return UInt8(truncatingIfNeeded: latchedStatus)
      }
      renewPeriod(at: tick)
      let value = latchedCount != 0 ? UInt16(truncatingIfNeeded: latchedCount) : value(at: tick)
      let isHigh = access == 2 || access == 3 && awaitsHighRead
      if access == 3 { awaitsHighRead.toggle() }
      if !awaitsHighRead { latchedCount = 0 }
      return UInt8(truncatingIfNeeded: isHigh ? value >> 8 : value)
    }

    mutating func write(_ value: UInt8, at tick: UInt64) {
      switch access {
      case 1: load(UInt16(value), at: tick)
      case 2: load(UInt16(value) << 8, at: tick)
      case 3 where awaitsHighWrite:
        awaitsHighWrite = false
        load(UInt16(lowByte) | UInt16(value) << 8, at: tick)
      case 3:
        (lowByte, awaitsHighWrite) = (value, true)
        // In mode 0 the first byte stops counting (data sheet, mode 0).
        if mode == 0 { (elapsed, isCounting) = (0, false) }
      default: break  // never programmed
      }
    }

    private mutating func load(_ raw: UInt16, at tick: UInt64) {
      let digits = UInt32(raw)
      let binary =
        isBCD ? (digits >> 12) * 1000 + (digits >> 8 & 15) * 100 + (digits >> 4 & 15) * 10 + (digits & 15) : digits
      let new = binary == 0 ? modulus : binary
      renewPeriod(at: tick)
      // A period of one tick has no end to wait for.
      if isPeriodic, isCounting, count > 1 {
        nextCount = new
        return
      }
      (count, nextCount, elapsed) = (new, 0, 0)
      // Modes 1 and 5 wait for a trigger; the others begin if their gate is open.
      if mode == 1 || mode == 5 { return }
      (start, isCounting) = (tick, gate)
    }
  }
}

/// The channel as plain numbers.
extension PIT8254.Channel {
  static let wordCount = 12
  /// Farther than any run gets, so that sums of ticks never overflow.
  static let tickMask: UInt64 = (1 << 60) - 1
  private static let countMax: UInt32 = 0x1_0000

  var words: [UInt64] {
    [
      UInt64(control), UInt64(count), UInt64(nextCount), UInt64(lowByte), awaitsHighWrite ? 1 : 0,
      awaitsHighRead ? 1 : 0, UInt64(latchedCount), UInt64(latchedStatus), gate ? 1 : 0, isCounting ? 1 : 0, start,
      elapsed,
    ]
  }

  init(_ reader: inout WordReader) throws(PlainStateError) {
    control = try reader.next8(mask: 0x3f)
    count = try reader.next32(max: Self.countMax)
    nextCount = try reader.next32(max: Self.countMax)
    lowByte = try reader.next8()
    awaitsHighWrite = try reader.flag()
    awaitsHighRead = try reader.flag()
    latchedCount = try reader.next32(mask: 0x1_ffff)
    latchedStatus = UInt16(try reader.next32(mask: 0x1ff))
    gate = try reader.flag()
    isCounting = try reader.flag()
    start = try reader.next(mask: Self.tickMask)
    elapsed = try reader.next(mask: Self.tickMask)
  }
}
