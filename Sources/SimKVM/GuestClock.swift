import CKVM
import SimCPU
import SimMemory

/// The guest's time on a processor that does not count: the host's, as far as the guest has the processor.
///
/// Only the time of this thread's processor that passes inside the guest counts, so that neither a busy host nor slow
/// devices make the guest miss its deadlines. Where KVM emulates instructions instead of executing them, time is slowed
/// down until the guest does as much in it as a slow processor would.
struct GuestClock {
  /// Time never runs so fast that the guest gets less done.
  static let instructionsPerMillisecondMin: UInt64 = 100_000
  private static let fractionBits: UInt64 = 20

  /// Cycles for each nanosecond, times 2^20.
  private let rate: UInt64
  private var nanoseconds: UInt64 = 0
  private var skipped: UInt64 = 0

  init(clockHz: UInt64, instructionsPerMillisecond: UInt64 = Self.measured) {
    let full = clockHz.multipliedReportingOverflow(by: 1 << Self.fractionBits)
    let perNanosecond = (full.overflow ? .max : full.partialValue) / 1_000_000_000
    let share = min(instructionsPerMillisecond, Self.instructionsPerMillisecondMin)
    let slowed = perNanosecond.multipliedFullWidth(by: share)
    rate = max(Self.instructionsPerMillisecondMin.dividingFullWidth(slowed).quotient, 1)
  }

  /// Since the guest began.
  var cycles: UInt64 { Self.scaled(nanoseconds, by: rate) &+ skipped }

  mutating func advance(nanoseconds more: UInt64) { nanoseconds &+= more }

  /// Lets the time up to `cycle` pass without the guest.
  mutating func skip(to cycle: UInt64) {
    if cycle > cycles { skipped &+= cycle &- cycles }
  }

  /// How long the host takes for `cycles`, rounded up.
  func nanoseconds(forCycles cycles: UInt64) -> UInt64 {
    let product = cycles.multipliedFullWidth(by: 1 << Self.fractionBits)
    guard product.high < rate else { return .max }
    return rate.dividingFullWidth(product).quotient &+ 1
  }

  private static func scaled(_ value: UInt64, by rate: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: rate)
    return product.high << (64 - fractionBits) | product.low >> fractionBits
  }

  /// How many instructions this host's KVM executes in a millisecond, in a loop that reaches nothing outside.
  static let measured: UInt64 = {
    let iterations: UInt32 = 5000
    // dec ecx; jnz -4; hlt (in 32-bit code)
    let code: [UInt8] = [0x49, 0x75, 0xfd, 0xf4]
    guard let memory = try? GuestMemory(size: 4096), memory.write(code, at: 0),
      let cpu = try? KVMEngine.makeProcessor(memory)
    else { return instructionsPerMillisecondMin }
    defer { ckvm_destroy(cpu) }
    var state = CPUState()
    state.segments = (0..<6).map { _ in .flatData(16) }
    state.segments[1] = .flatCode(8, is64Bit: false)
    state.tr = CPUState.Segment(selector: 0, limit: 0xffff, attributes: 0x8b00)
    state.cr0 = 0x11
    state.general[1] = UInt64(iterations)
    var registers = state.registersForKVM
    guard ckvm_set_registers(cpu, &registers) >= 0 else { return instructionsPerMillisecondMin }
    var exit = ckvm_exit()
    ckvm_run(cpu, false, 1_000_000_000, &exit)
    guard exit.stop == CKVM_HALT else { return 1 }
    return max(UInt64(iterations) * 2 * 1_000_000 / max(exit.run_ns, 1), 1)
  }()
}
