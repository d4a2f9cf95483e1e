import SimPlatform

/// Model-specific registers that are not the CPU's own (SDM volume 4).
extension Machine {
  private enum MSR {
    static let timestampCounter: UInt32 = 0x10
    static let apicBase: UInt32 = 0x1b
    static let featureControl: UInt32 = 0x3a
    static let timestampAdjust: UInt32 = 0x3b
    static let miscellaneousEnable: UInt32 = 0x1a0
    static let timestampDeadline: UInt32 = 0x6e0
  }

  public func readMSR(_ index: UInt32) -> UInt64? {
    guard let value = valueOfMSR(index) else { return nil }
    charge(configuration.costs.msr, for: .msr)
    reschedule()
    return value
  }

  private func valueOfMSR(_ index: UInt32) -> UInt64? {
    switch index {
    case MSR.timestampCounter: return timeStamp
    case MSR.apicBase: return localAPIC.state.base
    case MSR.featureControl: return 1  // locked, nothing enabled
    // What software has added to the counter: it and the counter's own writes move the same offset (volume 3, 17.17.3).
    case MSR.timestampAdjust: return localAPIC.state.timeStampOffset
    case MSR.miscellaneousEnable: return miscellaneousEnable
    case MSR.timestampDeadline:
      advanceTimers()
      return localAPIC.timeStampDeadline
    case LocalAPIC.registersAsMSRs:
      advanceTimers()
      return localAPIC.readMSR(index)
    case let index where PerformanceMonitor.has(index) && hasPerformanceMonitor:
      return performanceMonitor.read(index, passed)
    default: return vendorRegister(index).map { vendorMSRs[$0] }
    }
  }

  public func readPerformanceCounter(_ number: UInt32) -> UInt64? {
    guard hasPerformanceMonitor else { return nil }
    // A hypervisor that provides the counters intercepts RDPMC as it does RDMSR.
    guard let value = performanceMonitor.readCounter(number, passed) else { return nil }
    charge(configuration.costs.msr, for: .msr)
    reschedule()
    return value
  }

  /// Where instructions are not counted exactly nothing is counted, and CPUID announces nothing.
  private var hasPerformanceMonitor: Bool {
    configuration.cpuid.hasPerformanceMonitor && engine.capabilities.contains(.exactInstructions)
  }

  /// What the counters count.
  private var passed: PerformanceMonitor.Passed {
    PerformanceMonitor.Passed(instructions: instructions, cycles: time)
  }

  /// The place of an MSR among those of the CPU's vendor.
  private func vendorRegister(_ index: UInt32) -> Int? {
    configuration.cpu.modelSpecificRegisters.firstIndex { $0.index == index }
  }

  public func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool {
    defer { reschedule() }
    advanceTimers()
    switch index {
    case MSR.timestampCounter: localAPIC.state.timeStampOffset = value &- time
    case MSR.timestampAdjust: localAPIC.state.timeStampOffset = value
    case MSR.apicBase:
      guard localAPIC.writeBase(value) else { return false }
      driveExternalInterruptLine()
    case MSR.miscellaneousEnable: miscellaneousEnable = value
    case MSR.timestampDeadline: localAPIC.timeStampDeadline = value
    case let index where PerformanceMonitor.has(index) && hasPerformanceMonitor:
      return performanceMonitor.write(index, value, passed)
    case LocalAPIC.registersAsMSRs:
      let (isTaken, effect) = localAPIC.writeMSR(index, value)
      carryOut(effect)
      return isTaken
    default:
      guard let place = vendorRegister(index) else { return false }
      if configuration.cpu.modelSpecificRegisters[place].keepsWrites { vendorMSRs[place] = value }
    }
    return true
  }
}
