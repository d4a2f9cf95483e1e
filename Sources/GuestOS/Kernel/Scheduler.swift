import GuestBoot

/// What a thread can wait for, beside a time.
struct Signals: OptionSet {
  var rawValue: UInt32

  static var consoleInput: Signals { Signals(rawValue: 1) }
  static var serialInput: Signals { Signals(rawValue: 2) }
  static var shareReply: Signals { Signals(rawValue: 4) }
  /// Traced functions' programs have something to say.
  static var probeOutput: Signals { Signals(rawValue: 8) }
}

/// Cooperative threads: one runs until it waits. Without anyone to run the processor halts until an interrupt.
enum Scheduler {
  private struct Thread {
    var name: StaticString
    var stackPointer: UInt64 = 0
    var isWaiting = false
    /// It runs for as long as it likes, so whoever comes to a deadline meanwhile needs a timer interrupt.
    var isBusy = false
    var awaited: Signals = []
    /// Nanoseconds since start; never, if `.max`.
    var deadline = UInt64.max
  }

  private static var threadsMax: Int { 8 }
  private static var stackPages: UInt64 { 16 }

  nonisolated(unsafe) private static var threads: UnsafeMutablePointer<Thread>! = nil
  nonisolated(unsafe) private static var count = 0
  nonisolated(unsafe) private(set) static var current = 0
  nonisolated(unsafe) private static var raised: Signals = []
  /// A thread is ready, or an interrupt came that one may have waited for, since ``letOthersRun(until:)`` last looked.
  nonisolated(unsafe) private(set) static var isInterrupted = true

  /// Makes the code that runs now the first thread.
  static func initialize(name: StaticString) {
    threads = .allocate(capacity: threadsMax)
    threads.initialize(to: Thread(name: name))
    count = 1
  }

  // Attacks call it by its name, which one call alone would not keep.
  @inline(never)
  static func start(_ name: StaticString, _ body: @convention(c) () -> Void) {
    guard count < threadsMax else { Panic.stop("too many threads") }
    let top = Stack.allocate(pages: stackPages)
    // What switch_threads pops: R15, R14, R13, R12, RBX, RBP, the return address.
    let frame = top &- 8 &* 8
    for slot: UInt64 in 0..<8 { volatile_write64(frame &+ slot &* 8, 0) }
    volatile_write64(frame &+ 3 &* 8, UInt64(UInt(bitPattern: unsafeBitCast(body, to: UnsafeRawPointer.self))))
    volatile_write64(frame &+ 6 &* 8, thread_start_address())
    (threads + count).initialize(to: Thread(name: name, stackPointer: frame))
    count &+= 1
  }

  /// Called by interrupt handlers, and by others with interrupts off.
  static func signal(_ signal: Signals) {
    raised.formUnion(signal)
    isInterrupted = true
  }

  /// For the handler of the timer's interrupt.
  static func timerExpired() { isInterrupted = true }

  /// Lets others run until one of the signals is raised or the time has come.
  static func wait(for signals: Signals, until deadline: UInt64 = .max) {
    threads[current].awaited = signals
    threads[current].deadline = deadline
    threads[current].isWaiting = true
    threads[current].isBusy = false
    run(next())
  }

  static func sleep(until deadline: UInt64) { wait(for: [], until: deadline) }

  /// For a thread that has no reason to wait: lets the others run that need not wait any longer, and sees to a timer interrupt at
  /// the deadline, or at another thread's if that is earlier. Then, at the latest, this is to be called again.
  @inline(never)
  static func letOthersRun(until deadline: UInt64) {
    isInterrupted = false
    threads[current].deadline = deadline
    threads[current].isBusy = true
    run(next())
  }

  private static func next() -> Int {
    while true {
      disable_interrupts()
      let left = wakeWhoIsDue()
      for step in 1...count {
        let candidate = (current &+ step) % count
        if !threads[candidate].isWaiting {
          if threads[candidate].isBusy { wakeFor(candidate, left) }
          enable_interrupts()
          return candidate
        }
      }
      if let left { Clock.wake(after: left) }
      enable_interrupts_and_halt()
    }
  }

  /// Sees to it that a thread that is busy lets others run: soon if one is ready, otherwise at its deadline, or at the earliest
  /// of those that wait.
  private static func wakeFor(_ busy: Int, _ left: UInt64?) {
    for index in 0..<count where index != busy && !threads[index].isWaiting { isInterrupted = true }
    if isInterrupted { return }
    let now = Clock.now
    let own = threads[busy].deadline
    Clock.wake(after: min(left ?? .max, own > now ? own &- now : 0))
  }

  /// Returns the nanoseconds to the earliest deadline still to come, or nil if there is none.
  private static func wakeWhoIsDue() -> UInt64? {
    var left: UInt64?
    var now: UInt64?
    for index in 0..<count where threads[index].isWaiting {
      let met = raised.intersection(threads[index].awaited)
      let deadline = threads[index].deadline
      if deadline != .max { now = now ?? Clock.now }
      if !met.isEmpty || deadline <= now ?? 0 {
        raised.subtract(met)
        threads[index].isWaiting = false
      } else if let now, deadline != .max {
        left = min(left ?? .max, deadline &- now)
      }
    }
    return left
  }

  private static func run(_ index: Int) {
    guard index != current else { return }
    let previous = current
    current = index
    TraceRecord.emit { record in
      record.text("thread switch ")
      record.text(threads[index].name)
    }
    withUnsafeMutablePointer(to: &threads[previous].stackPointer) { switch_threads($0, threads[index].stackPointer) }
  }

  /// Frame pointer and return address of every thread that does not run, in their order.
  static func forEachWaiting(_ body: (_ frame: UInt64, _ returnAddress: UInt64) -> Void) {
    for index in 0..<count where index != current {
      // What switch_threads pushed: R15, R14, R13, R12, RBX, RBP, the return address.
      let stack = threads[index].stackPointer
      body(volatile_read64(stack &+ 5 &* 8), volatile_read64(stack &+ 6 &* 8))
    }
  }

  static var currentName: StaticString { threads == nil ? "boot" : threads[current].name }
}

/// Stacks with an unmapped page below.
enum Stack {
  /// Returns the address above the highest byte.
  static func allocate(pages: UInt64) -> UInt64 {
    let bottom = Pages.allocate(pages &+ 1)
    PageTables.unmap(bottom, bytes: Pages.size)
    return bottom &+ (pages &+ 1) &* Pages.size
  }
}
