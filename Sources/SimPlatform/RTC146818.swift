/// The clock of a PC with its memory (Motorola MC146818A data sheet), at ports 70H and 71H.
///
/// It shows a date and a time that the caller knows as seconds since 1970; setting it moves an offset. Its flags can be
/// polled; it raises no interrupts.
public struct RTC146818: Equatable, Sendable {
  public static let memorySize = 128

  enum Register {
    static let second: UInt8 = 0x00
    static let minute: UInt8 = 0x02
    static let hour: UInt8 = 0x04
    static let weekday: UInt8 = 0x06
    static let day: UInt8 = 0x07
    static let month: UInt8 = 0x08
    static let year: UInt8 = 0x09
    static let a: UInt8 = 0x0a
    static let b: UInt8 = 0x0b
    static let c: UInt8 = 0x0c
    static let d: UInt8 = 0x0d
    static let century: UInt8 = 0x32
  }

  /// Everything of the clock that changes.
  public struct State: PlainState {
    /// Bits 6:0 of what was written to port 70H.
    public var index: UInt8 = 0
    /// What is not computed: alarm, registers A and B, and the memory; while the clock is being set, the time too.
    public var bytes = [UInt8](repeating: 0, count: RTC146818.memorySize)
    /// Seconds that the guest has set the clock forward, modulo 2^64.
    public var offset: UInt64 = 0
    /// The second at which register C was read last.
    public var seenSecond: UInt64 = 0

    public init() {
      bytes[Int(Register.a)] = 0x26  // a time base of 32,768 Hz
      bytes[Int(Register.b)] = 0x02  // 24 hours, BCD
    }

    public var words: [UInt64] { [UInt64(index), offset, seenSecond] + bytes.map(UInt64.init) }

    public init(words: [UInt64]) throws(PlainStateError) {
      var reader = try WordReader(words, expecting: 3 + RTC146818.memorySize)
      index = try reader.next8(mask: 0x7f)
      offset = try reader.next()
      seenSecond = try reader.next()
      for place in bytes.indices { bytes[place] = try reader.next8() }
    }
  }

  public var state: State

  public init(state: State = State()) {
    self.state = state
  }

  /// Bit 7 of register B: the time registers hold what is written until it is cleared.
  private var isBeingSet: Bool { state.bytes[Int(Register.b)] & 0x80 != 0 }
  private var isBinary: Bool { state.bytes[Int(Register.b)] & 4 != 0 }
  private var has24Hours: Bool { state.bytes[Int(Register.b)] & 2 != 0 }

  /// The moment that the clock shows.
  private func shown(_ now: UInt64) -> CivilTime { CivilTime(seconds: Int64(bitPattern: now &+ state.offset)) }

  // MARK: Registers

  /// Writes port 70H: which register port 71H is.
  public mutating func select(_ value: UInt8) { state.index = value & 0x7f }

  /// Reads port 71H.
  ///
  /// - Parameters:
  ///   - seconds: since 1970, before any offset.
  ///   - isAboutToTick: the last 244 us of a second, in which the time may not be read.
  public mutating func read(seconds: UInt64, isAboutToTick: Bool) -> UInt8 {
    let register = state.index
    switch register {
    case Register.a: return state.bytes[Int(register)] & 0x7f | (isAboutToTick && !isBeingSet ? 0x80 : 0)
    case Register.c:
      // The update-ended flag: a second has begun since the register was read.
      defer { state.seenSecond = seconds }
      return seconds != state.seenSecond && !isBeingSet ? 0x10 : 0
    case Register.d: return 0x80  // the battery is good
    default:
      if isBeingSet { return state.bytes[Int(register)] }
      return encoded(shown(seconds), register) ?? state.bytes[Int(register)]
    }
  }

  /// Writes port 71H.
  public mutating func write(_ value: UInt8, seconds: UInt64) {
    let register = state.index
    switch register {
    case Register.c, Register.d: return
    case Register.a: state.bytes[Int(register)] = value & 0x7f
    case Register.b: setControl(value, seconds)
    default:
      guard !isBeingSet, encoded(shown(seconds), register) != nil else {
        state.bytes[Int(register)] = value
        return
      }
      freeze(seconds)
      state.bytes[Int(register)] = value
      thaw(seconds)
    }
  }

  private mutating func setControl(_ value: UInt8, _ seconds: UInt64) {
    let wasBeingSet = isBeingSet
    if !wasBeingSet, value & 0x80 != 0 { freeze(seconds) }
    state.bytes[Int(Register.b)] = value
    if wasBeingSet, value & 0x80 == 0 { thaw(seconds) }
  }

  private static let timeRegisters = [
    Register.second, Register.minute, Register.hour, Register.weekday, Register.day, Register.month, Register.year,
    Register.century,
  ]

  /// Writes the time down in the registers.
  private mutating func freeze(_ seconds: UInt64) {
    let time = shown(seconds)
    for register in Self.timeRegisters { state.bytes[Int(register)] = encoded(time, register) ?? 0 }
  }

  /// Goes on from the time that the registers say. The day of the week follows from the date.
  private mutating func thaw(_ seconds: UInt64) {
    func decoded(_ register: UInt8) -> Int {
      let value = state.bytes[Int(register)]
      return isBinary ? Int(value) : Int(value >> 4) * 10 + Int(value & 15)
    }
    let time = CivilTime(
      year: decoded(Register.century) * 100 + decoded(Register.year), month: decoded(Register.month),
      day: decoded(Register.day), hour: decodedHour, minute: decoded(Register.minute), second: decoded(Register.second))
    state.offset = UInt64(bitPattern: time.seconds) &- seconds
  }

  private var decodedHour: Int {
    let value = state.bytes[Int(Register.hour)]
    let digits = has24Hours ? value : value & 0x7f
    let hour = isBinary ? Int(digits) : Int(digits >> 4) * 10 + Int(digits & 15)
    return has24Hours ? hour : hour % 12 + (value & 0x80 != 0 ? 12 : 0)
  }

  /// What a time register shows; nil for the others.
  private func encoded(_ time: CivilTime, _ register: UInt8) -> UInt8? {
    func number(_ value: Int) -> UInt8 {
      UInt8(truncatingIfNeeded: isBinary ? value : (value / 10 % 10) << 4 | value % 10)
    }
    switch register {
    case Register.second: return number(time.second)
    case Register.minute: return number(time.minute)
    case Register.hour where has24Hours: return number(time.hour)
    case Register.hour: return number((time.hour + 11) % 12 + 1) | (time.hour >= 12 ? 0x80 : 0)
    case Register.weekday: return number(time.weekday)
    case Register.day: return number(time.day)
    case Register.month: return number(time.month)
    case Register.year: return number(time.year % 100)
    case Register.century: return number(time.year / 100 % 100)
    default: return nil
    }
  }
}
