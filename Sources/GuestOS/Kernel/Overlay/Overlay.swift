import GuestBoot
import ObjectLoader

/// The overlay: what uIO adds to a unikernel. Extensions run in it, the shell's thread drives it.
enum Overlay {
  private static var hostStackPages: UInt64 { 4 }

  /// Prepares memory and rights, and starts the shell's thread.
  static func start() {
    IsolationDesign.choose()
    OverlayMemory.initialize()
    set_host_stack_top(Stack.allocate(pages: hostStackPages))
    #if UIO_RING3
      Partition.apply()
    #endif
    #if UIO_HARDENED
      if IsolationDesign.current.usesKeys { Partition.apply() }
      #if UIO_PKS
        OwnMSRs.note()
      #endif
      Bundles.initialize()
      PageTables.unmap(boot_text_address(), bytes: gates_end_address() &- boot_text_address())
    #endif
    let key = IsolationDesign.current.overlayKey
    PageTables.protect(ushell_test_pages_address(), bytes: Pages.size, .data.forUsers.with(key: key))
    ShellConsole.initialize()
    Containment.initialize()
    #if UIO_BPF
      BPFRuntime.initialize()
    #endif
    Scheduler.start("shell") { Shell.run() }
  }

  enum Outcome {
    case returned(Int32)
    /// What was stopped: the program itself, or one of those that it uses, in an initializer.
    case contained(Program)
  }

  /// Runs a loaded program: the initializers of all that it uses and its own, of those that never ran, then main.
  static func run(_ program: Program, arguments: [ArraySlice<UInt8>]) -> Outcome {
    guard let main = program.object.main else { return .returned(0) }
    #if UIO_SERVICES
      Containment.beginRun()
      defer { PerformanceCounters.stopAll() }
    #endif
    for used in ProgramStore.closure(of: program) where !used.isInitialized {
      guard initialize(used) else { return .contained(used) }
    }
    #if UIO_SERVICES
      OverlayMemory.clearStack()
    #endif
    let (stack, vector) = pushArguments(arguments)
    let value = enter(program, main, Int64(arguments.count), vector, stack: stack)
    guard let value else { return .contained(program) }
    return .returned(Int32(truncatingIfNeeded: value))
  }

  /// Each initializer has a budget of its own; false if one was stopped.
  private static func initialize(_ program: Program) -> Bool {
    program.isInitialized = true
    return program.object.initializers.allSatisfy {
      enter(program, $0, 0, 0, stack: OverlayMemory.stackTop) != nil
    }
  }

  /// Calls a function of a program; nil if it was stopped.
  private static func enter(
    _ program: Program, _ function: UInt64, _ first: Int64, _ second: UInt64, stack: UInt64
  ) -> Int64? {
    trace("domain enter overlay ", program.name)
    defer { trace("domain leave ", program.name) }
    Containment.enter()
    let value = overlay_enter(function, first, second, stack, rights(of: program))
    return Containment.leave() ? value : nil
  }

  private static func rights(of program: Program) -> UInt32 {
    #if UIO_RING3
      Partition.rights(of: program)
    #elseif UIO_HARDENED
      IsolationDesign.current.usesKeys ? Partition.rights(of: program) : 0
    #else
      IsolationDesign.current.overlayPKRU
    #endif
  }

  static func trace(_ event: StaticString, _ name: [UInt8]) {
    TraceRecord.emit { record in
      record.text(event)
      record.printable(name)
    }
  }

  /// Puts argv with its strings at the top of the overlay's stack; returns the stack below, and argv.
  private static func pushArguments(_ arguments: [ArraySlice<UInt8>]) -> (stack: UInt64, vector: UInt64) {
    var place = OverlayMemory.stackTop
    var addresses: [UInt64] = []
    for argument in arguments {
      place &-= UInt64(argument.count) &+ 1
      addresses.append(place)
      var next = place
      for byte in argument {
        OverlayMemory.access { volatile_write8(next, byte) }
        next &+= 1
      }
      OverlayMemory.access { volatile_write8(next, 0) }
    }
    addresses.append(0)
    place = (place &- UInt64(addresses.count) &* 8) & ~15
    for (index, address) in addresses.enumerated() {
      OverlayMemory.access { volatile_write64(place &+ UInt64(index) &* 8, address) }
    }
    return (place, place)
  }
}
