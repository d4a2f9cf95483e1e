import CKVM
import SimCPU
import SimEvents
import SimMemory

/// The host's own processor, by /dev/kvm, behind the protocol that the simulator's CPU has.
///
/// Devices, APICs and RAM are the simulator's. KVM neither counts instructions nor reports what the guest does to
/// itself, so time is the host's (see ``GuestClock``), and exceptions and writes of PKRU and control registers stay
/// unseen.
public final class KVMEngine: CPUEngine {
  public let capabilities: EngineCapabilities
  /// Not owned: the machine holds both.
  unowned let environment: any CPUEnvironment
  public let memory: GuestMemory
  let cpu: OpaquePointer
  var clock: GuestClock
  var horizon: UInt64 = 0
  /// What the last exit asked for is answered, but the instruction has not ended.
  var isIncomplete = false
  var silence = Silence()
  /// The last stop came from an instruction that this host's KVM cannot emulate.
  public internal(set) var hasEmulationGap = false
  /// Since the last HLT.
  var hasStepped = false
  private var interrupt: UInt8?
  private var isNonMaskableInterruptDue = false
  private var breakpoints: [UInt64] = []
  /// The breakpoint that the last ``run()`` stopped at: the next one begins behind it.
  private var breakpointToPass: UInt64?
  private var seenHarvest: UInt64?

  /// - Parameter announcesModel: CPUID answers exactly what `cpuid` says, whatever the host has.
  public init(
    memory: GuestMemory, environment: any CPUEnvironment, cpuid: CPUIDModel, announcesModel: Bool = false
  ) throws(KVMHost.Unavailable) {
    let host = try KVMHost()
    self.memory = memory
    self.environment = environment
    capabilities = Self.capabilities(on: host)
    clock = GuestClock(clockHz: cpuid.clockHz)
    cpu = try Self.makeProcessor(memory)
    let leaves =
      announcesModel
      ? GuestIdentification.leaves(of: cpuid)
      : GuestIdentification(model: cpuid, hasSystemCalls: host.hasSystemCalls).leaves
    let result = ckvm_set_cpuid(cpu, leaves, leaves.count)
    guard result >= 0 else {
      ckvm_destroy(cpu)
      throw KVMHost.failed("KVM_SET_CPUID2", errno: -result)
    }
  }

  static func makeProcessor(_ memory: GuestMemory) throws(KVMHost.Unavailable) -> OpaquePointer {
    var cpu: OpaquePointer?
    var step: UnsafePointer<CChar>?
    let result = ckvm_create(memory.base, memory.size, &cpu, &step)
    guard result >= 0, let cpu else {
      throw KVMHost.failed(step.map { String(cString: $0) } ?? "", errno: -result)
    }
    return cpu
  }

  deinit {
    ckvm_destroy(cpu)
  }

  public var instructionsRetired: UInt64 { clock.cycles }
  public var canTakeInterrupt: Bool { !isIncomplete && ckvm_can_take_interrupt(cpu) }
  public func setHorizon(_ instruction: UInt64) { horizon = instruction }
  public func inject(interrupt vector: UInt8) { interrupt = vector }
  /// KVM itself keeps one that comes while another is handled.
  public var canTakeNonMaskableInterrupt: Bool { !isIncomplete }
  public func injectNonMaskableInterrupt() { isNonMaskableInterruptDue = true }
  public func requestNonMaskableInterruptWindow() {}
  public func requestInterruptWindow() { ckvm_want_interrupt_window(cpu, true) }

  public func addBreakpoint(_ address: UInt64) {
    if !breakpoints.contains(address) { breakpoints.append(address) }
  }

  public func removeBreakpoint(_ address: UInt64) {
    breakpoints.removeAll { $0 == address }
  }

  public func run() -> EngineStop {
    noteMemory()
    hasEmulationGap = false
    guard breakpoints.count <= Self.breakpointsMax else {
      return .defect("a processor on KVM has \(Self.breakpointsMax) breakpoints at most")
    }
    if let failure = deliver() ?? passBreakpoint() ?? setDebugging(singleStep: false) { return failure }
    while horizon > clock.cycles {
      if let stop = enter() { return complete(stop) }
    }
    return complete(.horizon)
  }

  /// The debug registers that x86 has.
  private static let breakpointsMax = 4

  /// KVM writes to RAM unseen: all of it counts as written, once after each time that the written pages were asked for.
  func noteMemory() {
    guard memory.harvestCount != seenHarvest else { return }
    seenHarvest = memory.harvestCount
    for page in 0..<memory.pageCount { memory.markDirty(page: page) }
  }

  private func deliver() -> EngineStop? {
    if isNonMaskableInterruptDue {
      isNonMaskableInterruptDue = false
      environment.observe(.interrupt(vector: 2, instructionPointer: instructionPointer))
      if let failure = failure(ckvm_inject_nmi(cpu), "KVM_NMI") { return failure }
    }
    guard let vector = interrupt else { return nil }
    interrupt = nil
    environment.observe(.interrupt(vector: vector, instructionPointer: instructionPointer))
    return failure(ckvm_inject(cpu, vector), "KVM_INTERRUPT")
  }

  func setDebugging(singleStep: Bool) -> EngineStop? {
    let addresses = singleStep ? [] : breakpoints
    return failure(ckvm_debug(cpu, singleStep, addresses, addresses.count), "KVM_SET_GUEST_DEBUG")
  }

  /// Executes the instruction that the last run stopped at.
  private func passBreakpoint() -> EngineStop? {
    guard let address = breakpointToPass else { return nil }
    breakpointToPass = nil
    guard address == instructionPointer else { return nil }
    let stop = step()
    return stop == .horizon ? nil : stop
  }

  /// The processor has stopped before an instruction, for debugging. nil if it may go on.
  func reachedBreakpoint() -> EngineStop? {
    let address = instructionPointer
    guard breakpoints.contains(address), environment.breakpointReached(address) else { return nil }
    breakpointToPass = address
    return .breakpoint
  }

  /// Executes one instruction, the first iterations of a repeated one, or the delivery of one exception; an HLT looks
  /// like any other instruction. `horizon` is returned if nothing else stopped the processor.
  public func step() -> EngineStop {
    noteMemory()
    hasEmulationGap = false
    if let failure = deliver() ?? setDebugging(singleStep: true) { return failure }
    breakpointToPass = nil
    hasStepped = true
    var rounds = 0
    while rounds < Self.stepRoundsMax {
      let (exit, stop) = enterOnce(nanoseconds: Self.stepNanosecondsMax)
      // An instruction that ended in the environment is not followed by a stop for debugging.
      if exit == CKVM_DEBUG || isIncomplete { return complete(.horizon) }
      if let stop { return complete(stop) }
      rounds += 1
    }
    return .defect("KVM did not execute one instruction at 0x\(String(instructionPointer, radix: 16))")
  }

  /// One instruction takes microseconds; after this KVM is stuck.
  private static let stepNanosecondsMax: UInt64 = 1_000_000_000
  private static let stepRoundsMax = 100

  func failure(_ result: Int32, _ step: String) -> EngineStop? {
    result < 0 ? .defect("\(step) failed with error \(-result)") : nil
  }
}
