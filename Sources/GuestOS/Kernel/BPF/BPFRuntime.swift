import EBPFEngine
import GuestBoot

/// Runs BPF programs in the overlay: its key, its PKRU, a stack of its memory.
enum BPFRuntime {
  private static var pairCapacity: Int { 4096 }
  private static var pairBytes: UInt64 { UInt64(pairCapacity) &* 64 &+ 4096 }
  private static var budgetDefault: UInt64 { 1_000_000 }

  /// Instructions that a run may take; `uio.bpf-budget=N`.
  nonisolated(unsafe) private(set) static var budget: UInt64 = 0
  /// uIO's two-level map, which all programs and the shell share; in the overlay's memory.
  nonisolated(unsafe) private(set) static var pairs: Unmanaged<PairMap>! = nil
  /// The program whose helpers are carried out now.
  nonisolated(unsafe) private(set) static var current: BPFProgram?
  /// The call of a traced function that ``current`` runs at, or nil.
  nonisolated(unsafe) private(set) static var tracedCall: UnsafePointer<probe_frame>?

  /// Whether programs are translated to machine code; `uio.bpf=jit`, otherwise they are interpreted.
  nonisolated(unsafe) private(set) static var translates = false
  /// Whether calls of traced functions, and runs there, are written to the trace port; `uio.call-records=off`: they are counted
  /// only.
  nonisolated(unsafe) private(set) static var recordsCalls = true

  static func initialize() {
    if let engine = KernelCommandLine.value("uio.bpf=") {
      translates = engine.equals("jit")
      guard translates || engine.equals("interpreter") else { Panic.stop("no such uio.bpf") }
    }
    if let records = KernelCommandLine.value("uio.call-records=") {
      recordsCalls = records.equals("on")
      guard recordsCalls || records.equals("off") else { Panic.stop("uio.call-records is neither on nor off") }
    }
    budget = KernelCommandLine.number("uio.bpf-budget=") ?? budgetDefault
    makePairs()
    TracedFunctions.initialize()
    ProbeOutput.initialize()
  }

  private static func makePairs() {
    guard let arena = OverlayArena(bytes: pairBytes) else { Panic.stop("no memory for the overlay") }
    arena.fill {
      guard let map = try? PairMap(capacity: pairCapacity) else { return }
      let shared = Unmanaged.passRetained(map)
      PairCommand.initialize(shared)
      RecordCommand.initialize()
      pairs = shared
    }
  }

  /// What the verifier takes at worst within ``VerifierEnvironment/Limits/guest``: its states, and where the numbers of
  /// all instructions came from.
  private static var verifierBytes: UInt64 { 20 << 20 }
  /// Instructions that are explored before others get their turn.
  private static var verifierSlice: Int { 2000 }

  /// Judges a program while the application goes on. The limits are always the same, so that `sim bpf verify` tells
  /// what is accepted here.
  static func verify(
    _ program: EBPFEngine.Program, _ environment: VerifierEnvironment
  ) throws(BPFError) -> VerifiedProgram {
    guard Heap.left >= verifierBytes else { throw .noMemoryToVerify }
    var environment = environment
    environment.limits = .guest
    do throws(Refusal) {
      return try VerifiedProgram(verifying: program, environment, slice: verifierSlice) { Scheduler.sleep(until: 0) }
    } catch { throw .refused(error) }
  }

  enum Outcome {
    case returned(UInt64)
    case fault(Fault)
    /// The processor stopped it: the interpreter, or a helper, did what the overlay may not do.
    case contained(Containment.Report)
  }

  /// Runs a program for `bpf_exec`, in the shell's thread, with `text` as its context.
  static func execute(_ program: BPFProgram, text: ArraySlice<UInt8>) -> Outcome {
    program.clearContext()
    for (index, byte) in text.prefix(ProgramContext.maximumTextSize).enumerated() {
      program.context.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    Containment.enter()
    run(program, call: nil, stackTop: OverlayMemory.stackTop)
    if !Containment.leave(), let report = Containment.report { return .contained(report) }
    return outcome(program)
  }

  /// Runs a program at the call of a traced function, between two of its thread's instructions. Takes no memory, as the
  /// heap's own functions may be traced.
  static func execute(_ program: BPFProgram, at call: UnsafePointer<probe_frame>, of function: UInt64) -> Outcome {
    program.clearContext()
    let context = program.context
    let frame = call.pointee
    context.storeBytes(of: function, toByteOffset: ProgramContext.functionOffset, as: UInt64.self)
    var offset = ProgramContext.argumentsOffset
    func pass(_ argument: UInt64) {
      context.storeBytes(of: argument, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    pass(frame.rdi)
    pass(frame.rsi)
    pass(frame.rdx)
    pass(frame.rcx)
    pass(frame.r8)
    pass(frame.r9)
    let outer = Containment.interpose(hostStackTop: ProbeStacks.hostTop)
    run(program, call: call, stackTop: ProbeStacks.overlayTop)
    if let report = Containment.endInterposed(outer) { return .contained(report) }
    return outcome(program)
  }

  private static func outcome(_ program: BPFProgram) -> Outcome {
    switch program.run.pointee.outcome.outcome {
    case .returned(let value): .returned(value)
    case .fault(let fault): .fault(fault)
    }
  }

  private static func run(_ program: BPFProgram, call: UnsafePointer<probe_frame>?, stackTop: UInt64) {
    let (outerProgram, outerCall) = (current, tracedCall)
    current = program
    tracedCall = call
    program.isRunning = true
    enterOverlay(bpfProgramMain, program.run, stackTop: stackTop)
    program.isRunning = false
    current = outerProgram
    tracedCall = outerCall
  }

  /// Calls a function of the unikernel with the overlay's rights, on a stack of the overlay.
  static func enterOverlay(
    _ function: @convention(c) (UInt64) -> Void, _ argument: UnsafeMutableRawPointer, stackTop: UInt64
  ) {
    let entry = UInt64(UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self)))
    let address = Int64(bitPattern: UInt64(UInt(bitPattern: argument)))
    _ = overlay_enter(entry, address, 0, stackTop, IsolationDesign.current.overlayPKRU)
  }
}

/// The stacks of programs that run at calls of traced functions. Whatever was called there is in the middle of using
/// its own.
enum ProbeStacks {
  private static var pages: UInt64 { 4 }
  /// Of the trampoline, with the unikernel's key.
  nonisolated(unsafe) private(set) static var trampolineTop: UInt64 = 0
  /// Of host functions that the program calls.
  nonisolated(unsafe) private(set) static var hostTop: UInt64 = 0
  /// Of the program, in the overlay.
  nonisolated(unsafe) private(set) static var overlayTop: UInt64 = 0

  static func initialize() {
    trampolineTop = Stack.allocate(pages: pages)
    hostTop = Stack.allocate(pages: pages)
    guard let bottom = OverlayMemory.allocate(pages: pages &+ 1, alignment: Pages.size) else {
      Panic.stop("no memory for the overlay")
    }
    PageTables.unmap(bottom, bytes: Pages.size)
    overlayTop = bottom &+ (pages &+ 1) &* Pages.size
    set_probe_stack_top(trampolineTop)
  }
}
