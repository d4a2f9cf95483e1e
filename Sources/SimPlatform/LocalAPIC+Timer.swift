/// The timer: one-shot, periodic, or at a value of the time stamp counter. It counts once in every cycle, divided by
/// the divide configuration.
extension LocalAPIC {
  @usableFromInline enum TimerMode: UInt32 {
    case oneShot = 0
    case periodic = 1
    case timeStampDeadline = 2
  }

  @inlinable @inline(__always) var timerEntry: UInt32 { state.localVectors[LocalVector.timer.rawValue] }

  /// The vector of the timer's interrupt; nil while software has given it none: those below 16 are illegal (SDM volume 3, 12.5.2).
  public var timerVector: UInt8? {
    let vector = UInt8(truncatingIfNeeded: timerEntry)
    return vector < 16 ? nil : vector
  }

  @inlinable @inline(__always) var timerMode: TimerMode {
    switch (timerEntry >> 17) & 3 {
    case 1: .periodic
    case 2 where hasTimeStampDeadline: .timeStampDeadline
    default: .oneShot
    }
  }

  /// Bits 3, 1 and 0 of the divide configuration: 0…6 stand for 2…128, and 7 for 1.
  var divisor: UInt64 {
    let value = UInt64(state.divideConfiguration)
    let code = (value & 3) | ((value >> 1) & 4)
    return 1 &<< ((code &+ 1) & 7)
  }

  /// What the current-count register shows.
  public var currentCount: UInt32 {
    guard state.isCounting, state.expiry > state.now else { return 0 }
    let remaining = (state.expiry &- state.now &- 1) / divisor &+ 1
    return UInt32(truncatingIfNeeded: min(remaining, UInt64(UInt32.max)))
  }

  /// The cycle at which the timer will next request an interrupt: never before `state.now`.
  ///
  /// Inlined, as exits ask for it: else the whole of this would be copied for each of them.
  @inlinable @inline(__always) public var nextDeadline: UInt64? {
    guard isAccepting, timerEntry & Self.masked == 0 else { return nil }
    if timerMode == .timeStampDeadline {
      guard state.timeStampDeadline != 0 else { return nil }
      let counter = state.now &+ state.timeStampOffset
      guard state.timeStampDeadline > counter else { return state.now }
      return Self.add(state.now, state.timeStampDeadline &- counter)
    }
    return state.isCounting ? max(state.expiry, state.now) : nil
  }

  /// Lets the time pass up to `cycle`. Going back is not possible and does nothing.
  ///
  /// Several periods that have passed at once request one interrupt, as on hardware, where the request bit is set
  /// already; the phase is kept.
  public mutating func advance(to cycle: UInt64) {
    if cycle > state.now { state.now = cycle }
    if timerMode == .timeStampDeadline {
      if state.timeStampDeadline != 0, state.now &+ state.timeStampOffset >= state.timeStampDeadline {
        state.timeStampDeadline = 0
        requestTimerInterrupt()
      }
      return
    }
    guard state.isCounting, state.now >= state.expiry else { return }
    let period = UInt64(state.initialCount) &* divisor
    if timerMode == .periodic, period > 0 {
      let missed = (state.now &- state.expiry) / period
      state.expiry = Self.add(state.expiry, (missed &+ 1) &* period)
    } else {
      state.isCounting = false
    }
    requestTimerInterrupt()
  }

  /// IA32_TSC_DEADLINE: reads 0 and ignores writes in the other modes.
  public var timeStampDeadline: UInt64 {
    get { timerMode == .timeStampDeadline ? state.timeStampDeadline : 0 }
    set {
      guard timerMode == .timeStampDeadline else { return }
      state.timeStampDeadline = newValue
      advance(to: state.now)
    }
  }

  /// A write of the initial count starts the timer, or stops it with 0.
  mutating func startTimer(count: UInt32) {
    guard timerMode != .timeStampDeadline else { return }
    state.initialCount = count
    state.isCounting = count != 0
    state.expiry = state.isCounting ? Self.add(state.now, UInt64(count) &* divisor) : 0
  }

  /// The count goes on from where it is with the new divisor.
  mutating func setDivideConfiguration(_ value: UInt32) {
    let remaining = UInt64(currentCount)
    state.divideConfiguration = value & 0xb
    if state.isCounting { state.expiry = Self.add(state.now, remaining &* divisor) }
  }

  /// Changing to or from the deadline mode disarms the timer.
  mutating func setTimerEntry(_ value: UInt32) {
    let old = timerMode
    state.localVectors[LocalVector.timer.rawValue] = value
    guard old != timerMode, old == .timeStampDeadline || timerMode == .timeStampDeadline else { return }
    state.isCounting = false
    state.expiry = 0
    state.initialCount = 0
    state.timeStampDeadline = 0
  }

  private mutating func requestTimerInterrupt() {
    guard timerEntry & Self.masked == 0 else { return }
    _ = accept(UInt8(truncatingIfNeeded: timerEntry), levelTriggered: false)
  }

  /// The end of time is as far as time goes.
  @inlinable static func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
