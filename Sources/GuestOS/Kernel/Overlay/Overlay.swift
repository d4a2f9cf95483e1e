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
    let key = IsolationDesign.current.overlayKey
    PageTables.protect(ushell_test_pages_address(), bytes: Pages.size, .data.with(key: key))
    ShellConsole.initialize()
    Containment.initialize()
    #if UIO_BPF
      BPFRuntime.initialize()
    #endif
    Scheduler.start("shell") { Shell.run() }
  }

  enum Outcome {
    case returned(Int32)
    case contained
  }

  /// Runs a loaded program: its initializers if it never ran, then main.
  static func run(_ program: Program, arguments: [ArraySlice<UInt8>]) -> Outcome {
    guard let main = program.object.main else { return .returned(0) }
    Containment.enter()
    trace("domain enter overlay ", program.name)
    defer { trace("domain leave ", program.name) }
    if !program.isInitialized {
      program.isInitialized = true
      for initializer in program.object.initializers {
        _ = overlay_enter(initializer, 0, 0, OverlayMemory.stackTop, IsolationDesign.current.overlayPKRU)
        guard Containment.leave() else { return .contained }
        Containment.enter()
      }
    }
    let (stack, vector) = pushArguments(arguments)
    let value = overlay_enter(main, Int64(arguments.count), vector, stack, IsolationDesign.current.overlayPKRU)
    guard Containment.leave() else { return .contained }
    return .returned(Int32(truncatingIfNeeded: value))
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
        volatile_write8(next, byte)
        next &+= 1
      }
      volatile_write8(next, 0)
    }
    addresses.append(0)
    place = (place &- UInt64(addresses.count) &* 8) & ~15
    for (index, address) in addresses.enumerated() { volatile_write64(place &+ UInt64(index) &* 8, address) }
    return (place, place)
  }
}
