/// A programmable interval timer (Intel 8254 data sheet), driven by a clock of 1,193,182 Hz.
///
/// It has no clock of its own: every call says the number of clock ticks since reset. Channel 0 is the system timer at
/// interrupt line 0, channel 1 refreshed memory once, channel 2 has its gate and its output at port 61H.
public struct PIT8254: Equatable, Sendable {
  /// Ticks in a second: a third of NTSC's colour subcarrier.
  public static let frequency: UInt64 = 1_193_182

  /// The latest tick that the timer knows: farther than any run gets.
  public static let tickMax = Channel.tickMask

  /// Everything of the timer that changes.
  public struct State: PlainState {
    public var channels = [Channel](repeating: Channel(), count: 3)
    /// The tick up to which edges of channel 0's output have been reported.
    public var seenTick: UInt64 = 0

    public init() {
      // Port 61H opens this gate.
      channels[2].gate = false
    }

    public var words: [UInt64] { channels.flatMap(\.words) + [seenTick] }

    public init(words: [UInt64]) throws(PlainStateError) {
      var reader = try WordReader(words, expecting: 3 * Channel.wordCount + 1)
      for index in channels.indices { channels[index] = try Channel(&reader) }
      seenTick = try reader.next(mask: Channel.tickMask)
    }
  }

  public var state: State

  public init(state: State = State()) {
    self.state = state
  }

  // MARK: Channel 0: the system timer

  /// Lets the time pass up to `tick`. True if channel 0's output has risen since it was last asked, once or more often.
  public mutating func advance(to tick: UInt64) -> Bool {
    guard tick > state.seenTick else { return false }
    defer { state.seenTick = tick }
    guard let edge = state.channels[0].nextRisingEdge(after: state.seenTick) else { return false }
    return edge <= tick
  }

  /// The next tick at which channel 0's output rises; nil if it never will.
  public var nextTimerEdge: UInt64? { state.channels[0].nextRisingEdge(after: state.seenTick) }

  /// Whether channel 0 may raise its output some time.
  @inline(__always) public var isTimerCounting: Bool { state.channels[0].isCounting }

  public func timerOutput(at tick: UInt64) -> Bool { state.channels[0].output(at: tick) }

  // MARK: Channel 2: the speaker

  public var speakerGate: Bool { state.channels[2].gate }
  public func speakerOutput(at tick: UInt64) -> Bool { state.channels[2].output(at: tick) }
  public mutating func setSpeakerGate(_ isOpen: Bool, at tick: UInt64) { state.channels[2].setGate(isOpen, at: tick) }

  // MARK: Registers

  /// Reads port 40H + `offset` (0…3). The control word cannot be read: 3 gives 0xff.
  public mutating func read(_ offset: UInt16, at tick: UInt64) -> UInt8 {
    guard offset < 3 else { return 0xff }
    return state.channels[Int(offset)].read(at: tick)
  }

  /// Writes port 40H + `offset` (0…3); others are ignored. Call ``advance(to:)`` with the same tick before.
  public mutating func write(_ offset: UInt16, _ value: UInt8, at tick: UInt64) {
    switch offset {
    case 0...2: state.channels[Int(offset)].write(value, at: tick)
    case 3: control(value, at: tick)
    default: break
    }
  }

  /// A control word: a channel's mode, a latch of its count, or the read-back command for any of the three.
  private mutating func control(_ value: UInt8, at tick: UInt64) {
    let channel = Int(value >> 6)
    if channel < 3 {
      if value & 0x30 == 0 {
        state.channels[channel].latchCount(at: tick)
      } else {
        state.channels[channel].program(value & 0x3f, at: tick)
      }
      return
    }
    for index in 0..<3 where value & (2 << UInt8(index)) != 0 {
      if value & 0x20 == 0 { state.channels[index].latchCount(at: tick) }
      if value & 0x10 == 0 { state.channels[index].latchStatus(at: tick) }
    }
  }
}
