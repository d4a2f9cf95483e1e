import SimEvents
import SimMemory

/// A CPU that executes guest code, whatever it is made of: an emulator, real hardware behind KVM.
///
/// It knows instructions, not time: the machine turns deadlines into instruction numbers. Device and port accesses,
/// time and randomness come from the ``CPUEnvironment``.
public protocol CPUEngine: AnyObject {
  /// What this engine can promise; scenarios that need more are refused before they run.
  var capabilities: EngineCapabilities { get }
  /// Instructions retired since reset, exact also inside the environment's calls. A REP string instruction counts one
  /// for each iteration, and one for finding its counter at 0. Without ``EngineCapabilities/exactInstructions`` it is
  /// the cycles of a clock of the engine's own that pass here, one for each instruction that the simulator would count.
  var instructionsRetired: UInt64 { get }
  /// The registers, all of them. Giving them leaves the guest's TLB alone, unless CR0, CR3, CR4 or EFER change.
  var state: CPUState { get set }
  /// ``state`` as named words; it is looked at more often, and costs less where an engine has it at hand.
  ///
  /// - Parameter cr8: the task priority, which lives in the local APIC.
  func registers(cr8: UInt64) -> RegisterFile
  /// What decides page walks, as ``state`` has it.
  var paging: PagingState { get }
  var instructionPointer: UInt64 { get }
  /// The register of rights that isolation goes by: IA32_PKRS where CR4.PKS is set, otherwise PKRU (SDM volume 3, 4.6.2).
  var keyRights: UInt32 { get }
  /// An external interrupt can be taken before the next instruction.
  var canTakeInterrupt: Bool { get }
  /// A non-maskable interrupt can be taken before the next instruction: none is being handled (SDM volume 3, 6.7.1).
  var canTakeNonMaskableInterrupt: Bool { get }

  /// Runs until the horizon, or until something else stops it.
  func run() -> EngineStop
  /// Stop before the instruction with this number. Inside the environment's calls it takes effect exactly there, but
  /// not earlier than after the current instruction.
  func setHorizon(_ instruction: UInt64)
  /// Delivers this vector when ``run()`` is called next. Only when ``canTakeInterrupt``.
  func inject(interrupt vector: UInt8)
  /// Delivers a non-maskable interrupt when ``run()`` is called next. Only when ``canTakeNonMaskableInterrupt``.
  func injectNonMaskableInterrupt()
  /// Stop as soon as an interrupt can be taken.
  func requestInterruptWindow()
  /// Stop as soon as a non-maskable interrupt can be taken.
  func requestNonMaskableInterruptWindow()
  func addBreakpoint(_ address: UInt64)
  func removeBreakpoint(_ address: UInt64)
  /// ``instructionsRetired`` and ``setHorizon(_:)`` as plain functions, for as long as the engine lives; nil: it has only these.
  var instructionCounter: InstructionCounter? { get }
}

extension CPUEngine {
  public var instructionCounter: InstructionCounter? { nil }

  public func registers(cr8: UInt64) -> RegisterFile { RegisterFile(state, cr8: cr8) }

  public var paging: PagingState {
    let state = state
    return PagingState(cr0: state.cr0, cr3: state.cr3, cr4: state.cr4, efer: state.efer)
  }
}

/// What an engine can do.
public struct EngineCapabilities: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Counts retired instructions and stops at any of them.
  public static let exactInstructions = EngineCapabilities(rawValue: 1)
  /// Protection keys for user pages.
  public static let protectionKeys = EngineCapabilities(rawValue: 2)
  /// The same run twice gives the same events.
  public static let deterministic = EngineCapabilities(rawValue: 4)
  /// Reports exceptions, refused accesses, and writes of PKRU and control registers.
  public static let observable = EngineCapabilities(rawValue: 8)
  /// Watches of memory and domains of code: it is an ``ObservingEngine``.
  public static let watches = EngineCapabilities(rawValue: 16)
}

/// Why ``CPUEngine/run()`` came back.
public enum EngineStop: Equatable, Sendable {
  case horizon
  /// HLT retired.
  case halt
  /// Triple fault.
  case shutdown
  case breakpoint
  /// The engine failed: a defect of the simulator, not of the guest.
  case defect(String)
}

/// What surrounds a CPU: the bus, the clock, the observer.
public protocol CPUEnvironment: AnyObject {
  func deviceRead(_ address: UInt64, size: Int) -> UInt64
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64)
  func portRead(_ port: UInt16, size: Int) -> UInt32
  func portWrite(_ port: UInt16, size: Int, value: UInt32)
  /// Something happened at the engine's current instruction.
  func observe(_ event: EventPayload)
  /// An instruction that is no event has done its work. The engine's count is exact, as in all calls.
  func executed(_ instruction: TimedInstruction)
  /// The TSC.
  func timestampCounter() -> UInt64
  /// The next number for RDRAND and RDSEED.
  func randomNumber() -> UInt64
  /// An MSR that is not the CPU's own, or nil for #GP.
  func readMSR(_ index: UInt32) -> UInt64?
  /// False for #GP.
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool
  /// A performance counter, by RDPMC's number, or nil for #GP.
  func readPerformanceCounter(_ number: UInt32) -> UInt64?
  /// IA32_APIC_BASE.EN: CPUID announces the local APIC only while it is enabled (SDM volume 3, 11.4.3).
  var isLocalAPICEnabled: Bool { get }
  /// CR8, the task priority.
  var taskPriority: UInt64 { get set }
  /// A breakpoint's instruction is next. True to stop before it.
  func breakpointReached(_ address: UInt64) -> Bool
  /// Watched memory was accessed: right after the instruction that did, or before one that is executed.
  func watched(_ hit: MemoryHit)
  /// The next instruction, at `address`, is of another domain than the one before, of which nothing may be known.
  ///
  /// - Returns: one more domain that need not be told of until the next call or the next delivery of an exception or interrupt;
  ///   `new` if there is none.
  func domainChanged(from old: UInt8?, to new: UInt8, at address: UInt64, pkru: UInt32) -> UInt8
  /// ``deviceRead(_:size:)`` and the like as plain functions, for an engine that can call those; nil: it has the methods.
  var busFunctions: BusFunctions? { get }
}

extension CPUEnvironment {
  public var busFunctions: BusFunctions? { nil }
}

/// Instructions that a CPU tells of only because they may take time of their own.
public enum TimedInstruction: UInt32, Sendable {
  /// SYSCALL or SYSRET.
  case systemCall
  case rdpkru
  case cpuid
  case invlpg
}

extension CPUEnvironment {
  public func executed(_ instruction: TimedInstruction) {}
  public func watched(_ hit: MemoryHit) {}
  public func domainChanged(from old: UInt8?, to new: UInt8, at address: UInt64, pkru: UInt32) -> UInt8 { new }
  public var isLocalAPICEnabled: Bool { true }
  public func readPerformanceCounter(_ number: UInt32) -> UInt64? { nil }
}
