import GuestBoot

/// GDT, TSS and IDT (SDM vol. 3, 3.4.5, 6.14, 8.7).
///
/// Every vector changes to a stack of the interrupt stack table, so that no handler depends on the stack that was in
/// use: interrupts on one, exceptions on another (they can hit an interrupt's handler), #DF on a third, and breakpoints,
/// where functions can be traced, on a fourth (handlers of exceptions may be traced as well). Where a watchdog raises NMIs,
/// which can hit any other handler, the fourth is theirs.
///
/// The processor reads the tables and pushes onto these stacks under the PKRU of what it interrupts, which an extension
/// may have set to anything. All of them are therefore supervisor pages, which no key binds: the tables read-only, also
/// in a write window; the stacks writable for everybody, as they have to be for the processor. Under `pks-hardened`, where keys bind
/// supervisor pages, they are user pages, which no key binds either: CR4.PKE is clear, and so is CR4.SMAP, which would keep the
/// processor itself from them (SDM vol. 3, 4.6.1).
enum Descriptors {
  static var code: UInt64 { 8 }
  static var data: UInt64 { 16 }
  private static var task: UInt64 { 24 }
  private static var stackPages: UInt64 { 4 }
  #if UIO_RING3
    /// Extensions' stack segment; their code segment follows.
    static var userData: UInt64 { 40 }
    private static var globalTableLimit: UInt64 { 55 }
  #else
    private static var globalTableLimit: UInt64 { 39 }
  #endif

  nonisolated(unsafe) private static var tables: UInt64 = 0
  nonisolated(unsafe) private(set) static var stacks: UInt64 = 0
  private static var stackCount: UInt64 {
    #if UIO_BPF || UIO_HARDENED
      4
    #else
      3
    #endif
  }

  private static var interruptStack: UInt64 { 1 }
  private static var exceptionStack: UInt64 { 2 }
  private static var doubleFaultStack: UInt64 { 3 }

  #if UIO_HARDENED
    private static var nonMaskableStack: UInt64 { 4 }
  #endif

  #if UIO_BPF
    private static var breakpointStack: UInt64 { 4 }

    /// Whether an address is on the stack of exceptions: another exception would begin at its top again.
    static func isExceptionStack(_ address: UInt64) -> Bool {
      let top = stackTop(exceptionStack)
      return address < top && top &- address <= stackPages &* Pages.size
    }
  #endif

  private static func stack(of vector: UInt64) -> UInt64 {
    #if UIO_BPF
      if vector == Exception.breakpoint { return breakpointStack }
    #elseif UIO_HARDENED
      if vector == Exception.nonMaskable { return nonMaskableStack }
    #endif
    if vector == Exception.doubleFault { return doubleFaultStack }
    return vector < Vector.exceptionsEnd || vector == Vector.overlayBudget ? exceptionStack : interruptStack
  }

  /// One page each: GDT and TSS, IDT; then the stacks, each with an unmapped page below.
  static func initialize() {
    tables = Pages.allocateCleared(2)
    stacks = Pages.allocate(stackCount &* (stackPages &+ 1))
    loadGlobalTable()
    loadInterruptTable()
    protect()
  }

  private static var taskState: UInt64 { tables &+ 256 }
  private static var interruptTable: UInt64 { tables &+ Pages.size }

  private static func stackTop(_ index: UInt64) -> UInt64 { stacks &+ index &* (stackPages &+ 1) &* Pages.size }

  private static func protect() {
    PageTables.protect(tables, bytes: 2 &* Pages.size, .constants.unbound)
    for index in 1...stackCount {
      let bottom = stackTop(index) &- stackPages &* Pages.size
      PageTables.protect(bottom, bytes: stackPages &* Pages.size, .data.unbound)
    }
  }

  private static func loadGlobalTable() {
    // Accessed bits are set, so that loading a segment writes nothing.
    let taskLimit: UInt64 = 103
    let base = taskState
    volatile_write64(tables &+ 8, 0x00af_9b00_0000_ffff)
    volatile_write64(tables &+ 16, 0x00cf_9300_0000_ffff)
    let baseBits: UInt64 = (base & 0xff_ffff) << 16 | (base >> 24 & 0xff) << 56
    volatile_write64(tables &+ task, taskLimit | baseBits | 0x89 << 40)
    volatile_write64(tables &+ task &+ 8, base >> 32)
    #if UIO_RING3
      // SYSRET takes the first for SS and the second for CS (Processor.enableUserMode): data and 64-bit code with DPL 3.
      volatile_write64(tables &+ userData, 0x00cf_f300_0000_ffff)
      volatile_write64(tables &+ userData &+ 8, 0x00af_fb00_0000_ffff)
    #endif
    for index in 1...stackCount {
      // IST1 is at offset 36; the TSS is packed, its fields are not aligned.
      volatile_write64(taskState &+ 36 &+ (index &- 1) &* 8, stackTop(index))
      PageTables.unmap(stackTop(index) &- (stackPages &+ 1) &* Pages.size, bytes: Pages.size)
      #if UIO_HARDENED
        set_handler_stacks(index, stackTop(index), Stack.allocate(pages: stackPages))
      #endif
    }
    volatile_write16(taskState &+ 102, 104)  // no I/O permission bitmap
    #if UIO_HARDENED
      withPointer(limit: 39, base: tables) { once_load_global($0) }
      once_load_task(UInt16(task))
    #else
      withPointer(limit: globalTableLimit, base: tables) { load_descriptor_table($0) }
      load_task_register(UInt16(task))
    #endif
  }

  private static func loadInterruptTable() {
    let exceptions = exception_stubs_address()
    let interrupts = interrupt_stubs_address()
    for vector: UInt64 in 0..<256 {
      let stub = vector < 32 ? exceptions &+ vector &* 16 : interrupts &+ (vector &- 32) &* 8
      // Offset 15:0, selector, IST, type 14 (interrupt gate: IF is cleared), present, offset 63:16.
      let offset: UInt64 = stub & 0xffff | (stub >> 16 & 0xffff) << 48
      let low: UInt64 = offset | code << 16 | stack(of: vector) << 32 | 0x8e << 40
      volatile_write64(interruptTable &+ vector &* 16, low)
      volatile_write64(interruptTable &+ vector &* 16 &+ 8, stub >> 32)
    }
    #if UIO_RING3
      if !Processor.hasSystemCalls {
        let gate = system_interrupt_address()
        let offset: UInt64 = gate & 0xffff | (gate >> 16 & 0xffff) << 48
        // As the others, but with DPL 3.
        volatile_write64(
          interruptTable &+ Exception.breakpoint &* 16, offset | code << 16 | interruptStack << 32 | 0xee << 40)
        volatile_write64(interruptTable &+ Exception.breakpoint &* 16 &+ 8, gate >> 32)
      }
    #endif
    #if UIO_HARDENED
      withPointer(limit: 4095, base: interruptTable) { once_load_interrupts($0) }
    #else
      withPointer(limit: 4095, base: interruptTable) { load_interrupt_table($0) }
    #endif
  }

  /// LGDT and LIDT take ten bytes: limit, base.
  private static func withPointer(limit: UInt64, base: UInt64, _ body: (UnsafeRawPointer) -> Void) {
    var pointer = (limit << 48, base)
    withUnsafeBytes(of: &pointer) { body($0.baseAddress! + 6) }
  }
}
