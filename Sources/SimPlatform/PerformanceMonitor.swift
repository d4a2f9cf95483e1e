/// Architectural performance monitoring, version 2, with two counters of 48 bits and no fixed ones (SDM volume 3, chapter
/// "Performance Monitoring").
///
/// Instructions retired and unhalted core cycles are counted; any other event counts nothing, and CPUID says so. Nobody knows how
/// many instructions each privilege level has retired: a counter for CPL 0 (OS) or for the others (USR) counts all of them. None
/// raises an interrupt, and one that is to compare (CMASK, INV, E) counts nothing.
public struct PerformanceMonitor: Equatable, Sendable {
  public static let counters = 2
  public static let counterBits = 48
  static let valueMask: UInt64 = 1 << UInt64(counterBits) - 1
  static let counterMask: UInt64 = 1 << UInt64(counters) - 1

  /// What has passed since reset.
  public struct Passed: Equatable, Sendable {
    public var instructions: UInt64
    /// Virtual time, in cycles of the clock, halted or not.
    public var cycles: UInt64

    public init(instructions: UInt64, cycles: UInt64) {
      (self.instructions, self.cycles) = (instructions, cycles)
    }
  }

  public struct State: PlainState {
    /// IA32_PERFEVTSEL0 and 1.
    public var selectors = [UInt64](repeating: 0, count: PerformanceMonitor.counters)
    /// IA32_PMC0 and 1 when they were last looked at.
    public var values = [UInt64](repeating: 0, count: PerformanceMonitor.counters)
    /// How many of its events had passed then.
    public var passed = [UInt64](repeating: 0, count: PerformanceMonitor.counters)
    /// IA32_PERF_GLOBAL_CTRL: all counters may count (volume 3, table 10-1).
    public var control = PerformanceMonitor.counterMask
    /// IA32_PERF_GLOBAL_STATUS: which counters have come round to 0.
    public var overflows: UInt64 = 0
    /// Cycles in which the processor was halted.
    public var haltedCycles: UInt64 = 0

    public init() {}

    public var words: [UInt64] { selectors + values + passed + [control, overflows, haltedCycles] }

    public init(words: [UInt64]) throws(PlainStateError) {
      var reader = try WordReader(words, expecting: 3 * PerformanceMonitor.counters + 3)
      for index in selectors.indices { selectors[index] = try reader.next(mask: PerformanceMonitor.selectorMask) }
      for index in values.indices { values[index] = try reader.next(mask: PerformanceMonitor.valueMask) }
      for index in passed.indices { passed[index] = try reader.next() }
      control = try reader.next(mask: PerformanceMonitor.counterMask)
      overflows = try reader.next(mask: PerformanceMonitor.counterMask)
      haltedCycles = try reader.next()
    }
  }

  public var state = State()

  public init() {}

  // MARK: Registers

  private enum Register {
    static let counters: ClosedRange<UInt32> = 0xc1...0xc2
    static let selectors: ClosedRange<UInt32> = 0x186...0x187
    static let status: UInt32 = 0x38e
    static let control: UInt32 = 0x38f
    static let statusReset: UInt32 = 0x390
  }

  /// Whether an MSR is one of these.
  public static func has(_ index: UInt32) -> Bool {
    switch index {
    case Register.counters, Register.selectors, Register.status...Register.statusReset: true
    default: false
    }
  }

  /// RDMSR. Nil means #GP.
  public mutating func read(_ index: UInt32, _ passed: Passed) -> UInt64? {
    settle(passed)
    switch index {
    case Register.counters: return state.values[Int(index - Register.counters.lowerBound)]
    case Register.selectors: return state.selectors[Int(index - Register.selectors.lowerBound)]
    case Register.status: return state.overflows
    case Register.control: return state.control
    case Register.statusReset: return 0
    default: return nil
    }
  }

  /// RDPMC. Nil means #GP.
  public mutating func readCounter(_ number: UInt32, _ passed: Passed) -> UInt64? {
    guard number < Self.counters else { return nil }
    settle(passed)
    return state.values[Int(number)]
  }

  /// WRMSR. False means #GP.
  public mutating func write(_ index: UInt32, _ value: UInt64, _ passed: Passed) -> Bool {
    settle(passed)
    switch index {
    case Register.counters:
      // The lower half, with its sign (volume 3, "Full-Width Writes to Performance Counter Registers").
      let extended = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
      state.values[Int(index - Register.counters.lowerBound)] = extended & Self.valueMask
    case Register.selectors:
      guard value & ~Self.selectorMask == 0 else { return false }
      state.selectors[Int(index - Register.selectors.lowerBound)] = value
    case Register.control:
      guard value & ~Self.counterMask == 0 else { return false }
      state.control = value
    case Register.statusReset:
      // Bits 62 and 63 are those of the trace buffer and of a changed condition.
      guard value & ~(Self.counterMask | 3 << 62) == 0 else { return false }
      state.overflows &= ~value
    default: return false
    }
    // What counts from here on may be another event.
    for number in state.passed.indices { state.passed[number] = source(number, passed) ?? 0 }
    return true
  }

  // MARK: Counting

  static let selectorMask: UInt64 = 0xffff_ffff
  private static let levels: UInt64 = 3 << 16
  private static let enable: UInt64 = 1 << 22
  /// E, INV and CMASK.
  private static let comparison: UInt64 = 1 << 18 | 1 << 23 | 0xff << 24

  /// How often the event of a counter that runs has been; nil: it stands.
  private func source(_ number: Int, _ passed: Passed) -> UInt64? {
    let selector = state.selectors[number]
    guard state.control >> UInt64(number) & 1 != 0, selector & Self.enable != 0, selector & Self.levels != 0,
      selector & Self.comparison == 0
    else { return nil }
    switch selector & 0xffff {
    case 0x00c0: return passed.instructions
    case 0x003c: return passed.cycles &- state.haltedCycles
    default: return nil
    }
  }

  /// Brings the counters up to now.
  private mutating func settle(_ passed: Passed) {
    for number in 0..<Self.counters {
      guard let source = source(number, passed) else { continue }
      let more = source &- state.passed[number]
      let room = Self.valueMask - state.values[number]
      if more > room { state.overflows |= 1 << UInt64(number) }
      state.values[number] = (state.values[number] &+ more) & Self.valueMask
      state.passed[number] = source
    }
  }
}
