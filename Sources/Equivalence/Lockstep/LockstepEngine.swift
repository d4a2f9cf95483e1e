import SimCPU
import SimMemory
import SimUnicorn

/// Two processors as one: the simulator leads, another one follows each of its steps and is compared with it.
///
/// To the machine around it this is the simulator: counts, time, devices and events are its own. The other processor has
/// RAM of its own, and gets from the log what devices answered.
final class LockstepEngine: CPUEngine {
  let leader: UnicornEngine
  let follower: any SteppedProcessor
  let log: AccessLog
  let environment: LoggedEnvironment
  let memories: MemoryComparison
  private(set) var report = LockstepReport()
  /// While false the simulator runs alone. It may be set between two instructions.
  var isComparing = false {
    didSet { if isComparing, !oldValue { begin() } }
  }
  /// The other processor met an instruction that it cannot execute; its result was taken over.
  private(set) var sawGap = false
  private var horizon: UInt64 = 0
  private var wantsWindow = false
  private var wantsNonMaskableWindow = false
  private var interrupt: Interrupt?

  private enum Interrupt {
    case external(UInt8)
    case nonMaskable
  }

  /// - Parameter makeFollower: makes the other processor, given its surroundings.
  init(
    memory: GuestMemory, environment machine: any CPUEnvironment, cpuid: CPUIDModel,
    makeFollower: (any CPUEnvironment) throws -> any SteppedProcessor
  ) throws {
    log = AccessLog()
    environment = LoggedEnvironment(machine, log: log)
    replayed = ReplayedEnvironment(log: log)
    leader = try UnicornEngine(memory: memory, environment: environment, cpuid: cpuid)
    follower = try makeFollower(replayed)
    memories = MemoryComparison(simulator: memory, other: follower.memory)
  }
  private let replayed: ReplayedEnvironment

  // MARK: CPUEngine: the leader's

  static let capabilities = UnicornEngine.capabilities.subtracting(.watches)
  var capabilities: EngineCapabilities { Self.capabilities }
  var instructionsRetired: UInt64 { leader.instructionsRetired }
  var instructionPointer: UInt64 { leader.instructionPointer }
  var keyRights: UInt32 { leader.keyRights }
  var canTakeInterrupt: Bool { leader.canTakeInterrupt }
  var state: CPUState {
    get { leader.state }
    set {
      leader.state = newValue
      if isComparing { follower.state = newValue }
    }
  }
  func setHorizon(_ instruction: UInt64) { horizon = instruction }
  var canTakeNonMaskableInterrupt: Bool { leader.canTakeNonMaskableInterrupt }
  func inject(interrupt vector: UInt8) { interrupt = .external(vector) }
  func injectNonMaskableInterrupt() { interrupt = .nonMaskable }
  func requestInterruptWindow() { wantsWindow = true }
  func requestNonMaskableInterruptWindow() { wantsNonMaskableWindow = true }
  func addBreakpoint(_ address: UInt64) { leader.addBreakpoint(address) }
  func removeBreakpoint(_ address: UInt64) { leader.removeBreakpoint(address) }

  func run() -> EngineStop {
    guard isComparing else { return runAlone() }
    takeOverWrittenPages()
    defer { (wantsWindow, wantsNonMaskableWindow) = (false, false) }
    while instructionsRetired < horizon || interrupt != nil {
      let stop = stepBoth()
      if stop != .horizon { return stop }
      if wantsWindow, canTakeInterrupt { return .horizon }
      if wantsNonMaskableWindow, canTakeNonMaskableInterrupt { return .horizon }
    }
    return .horizon
  }

  private func runAlone() -> EngineStop {
    switch interrupt {
    case .external(let vector): leader.inject(interrupt: vector)
    case .nonMaskable: leader.injectNonMaskableInterrupt()
    case nil: break
    }
    interrupt = nil
    leader.setHorizon(horizon)
    if wantsWindow { leader.requestInterruptWindow() }
    if wantsNonMaskableWindow { leader.requestNonMaskableInterruptWindow() }
    (wantsWindow, wantsNonMaskableWindow) = (false, false)
    return leader.run()
  }

  /// The other processor becomes what the simulator is now.
  private func begin() {
    follower.state = leader.state
    for page in memories.differingPages { memories.takeOver(page) }
    memories.forget()
    // What devices write, both find in their memory; it is not the processors' doing.
    log.onDeviceDone = { [unowned self] in takeOverWrittenPages() }
  }

  /// Pages that the simulator wrote, since somebody emptied it.
  private(set) var touchedPages: Set<Int> = []

  /// Lets written pages be noticed anew.
  func forgetWrittenPages() {
    touchedPages.formUnion(memories.writtenPages)
    memories.forget()
  }

  /// Returns the pages written since the last call.
  func takeTouchedPages() -> Set<Int> {
    forgetWrittenPages()
    defer { touchedPages = [] }
    return touchedPages
  }

  private func takeOverWrittenPages() {
    for page in memories.writtenPages { memories.takeOver(page) }
  }

  // MARK: One instruction

  private func stepBoth() -> EngineStop {
    let before = leader.state
    let bytes = code(before)
    let form = InstructionForm(bytes)
    log.clear()
    switch interrupt {
    case .external(let vector):
      leader.inject(interrupt: vector)
      follower.inject(interrupt: vector)
    case .nonMaskable:
      leader.injectNonMaskableInterrupt()
      follower.injectNonMaskableInterrupt()
    case nil: break
    }
    interrupt = nil
    let number = instructionsRetired
    let stop = stepLeader(form, from: before.rip)
    switch stop {
    case .breakpoint, .defect: return stop
    case .horizon, .halt, .shutdown: break
    }
    let known =
      log.hasDelivery
      ? nil
      : form.takenOver(
        eax: UInt32(truncatingIfNeeded: before.general[0]), ecx: UInt32(truncatingIfNeeded: before.general[1]))
    let isUnfinished = form.isRepeatedString && leader.instructionPointer == before.rip && !log.hasDelivery
    if let difference = known ?? (isUnfinished ? .repeatedString : nil) {
      report.note(difference)
      takeOver()
    } else {
      if stop == .halt { report.note(.haltStep) }
      if form.isRepeatedString { report.note(.repeatedString) }
      let undefined = log.hasDelivery ? 0 : form.undefinedFlags(cl: UInt8(truncatingIfNeeded: before.general[1]))
      var problems = follow(form, from: before.rip, leaderStop: stop)
      if follower.hasEmulationGap {
        report.note(.emulatorGap)
        sawGap = true
        takeOver()
        problems = []
      } else {
        problems += compare(undefined)
      }
      if !problems.isEmpty {
        report.add(.init(instruction: number, address: before.rip, bytes: bytes, items: problems))
        takeOver()
      }
    }
    forgetWrittenPages()
    report.compared += instructionsRetired &- number
    if log.hasDelivery { report.deliveries += 1 }
    if report.compared / Self.wholeMemoryInterval != (report.compared &- (instructionsRetired &- number))
      / Self.wholeMemoryInterval
    {
      compareWholeMemory()
    }
    return stop
  }

  /// Instructions from one comparison of all memory to the next.
  private static let wholeMemoryInterval: UInt64 = 50_000

  private func stepLeader(_ form: InstructionForm, from address: UInt64) -> EngineStop {
    while true {
      leader.setHorizon(instructionsRetired &+ 1)
      let stop = leader.run()
      guard stop == .horizon, form.isRepeatedString, !log.hasDelivery, leader.instructionPointer == address,
        instructionsRetired < horizon
      else { return stop }
    }
  }

  private static let repeatedStepsMax = 1 << 20

  /// Lets the other processor do what the simulator has done, and returns what went wrong.
  private func follow(_ form: InstructionForm, from address: UInt64, leaderStop: EngineStop) -> [String] {
    let goal = leader.instructionPointer
    if leaderStop != .shutdown, goal != address, log.hasDelivery || form.disturbsStepping {
      let stop = follower.run(to: goal)
      return stop == .breakpoint ? [] : ["the other processor did not get there: \(stop)"]
    }
    for _ in 0..<Self.repeatedStepsMax {
      let stop = follower.step()
      switch stop {
      case .shutdown, .defect: return stop == leaderStop ? [] : ["the other processor stopped: \(stop)"]
      case .horizon, .halt, .breakpoint: break
      }
      if leaderStop == .shutdown { return ["only the simulator shut down"] }
      guard form.isRepeatedString, goal != address, follower.generalState.rip == address else { break }
    }
    return []
  }

  private func compare(_ undefined: UInt64) -> [String] {
    let (a, b) = (leader.state, follower.generalState)
    var problems = StateComparison.differences(a, b, undefined: undefined).map(\.description)
    problems += log.mismatches + log.missing
    for page in memories.writtenPages where !memories.isSame(page) {
      problems += explain(page)
    }
    if problems.isEmpty, (a.rflags ^ b.rflags) & undefined != 0 {
      report.note(.undefinedFlags)
      takeOverFlags(a.rflags, undefined)
    }
    return problems
  }

  /// The differences in a page that are not known ones. All are taken over.
  private func explain(_ page: Int) -> [String] {
    let words = memories.differingWords(page)
    memories.takeOver(page)
    var unknown: [(address: UInt64, simulator: UInt64, other: UInt64)] = []
    for word in words {
      switch word.simulator ^ word.other {
      case Flag.resume: report.note(.resumeFlag)
      case Flag.trap where isStepping, Flag.trap | Flag.resume where isStepping: report.note(.stepFlag)
      case let bits where bits & ~Self.pageFlags == 0: report.note(.pageFlags)
      default: unknown.append(word)
      }
    }
    return unknown.prefix(4).map(MemoryComparison.text)
  }

  /// Accessed and dirty, of a paging entry (SDM volume 3, 4.8).
  private static let pageFlags: UInt64 = 0x60

  private func takeOverFlags(_ flags: UInt64, _ undefined: UInt64) {
    var state = follower.generalState
    state.rflags = state.rflags & ~undefined | flags & undefined
    follower.generalState = state
  }

  private func takeOver() {
    follower.state = leader.state
    takeOverWrittenPages()
  }

  /// Compares all of memory, also what only the other processor wrote.
  func compareWholeMemory() {
    report.memoryComparisons += 1
    let items = memories.differingPages.flatMap(explain)
    if !items.isEmpty {
      report.add(.init(instruction: instructionsRetired, address: instructionPointer, bytes: [], items: items))
    }
  }

  // MARK: Whole programs

  /// Whether the other processor is stepped, not run.
  private var isStepping = true

  func resetReport() {
    report = LockstepReport()
    sawGap = false
  }

  /// Both processors begin at `state`; the memories must be the same.
  func restart(_ state: CPUState) {
    isComparing = true
    leader.state = state
    leader.translations = []
    follower.generalState = state
    interrupt = nil
    log.clear()
  }

  /// Lets each run to its HLT, and compares what came of it.
  func runToHalt(instructionsMax: UInt64) -> SequenceBench.Verdict {
    leader.setHorizon(instructionsRetired &+ instructionsMax)
    let stop = leader.run()
    guard stop == .halt || stop == .shutdown else { return .endless }
    let other = follower.runToHalt()
    if follower.hasEmulationGap { return .gap }
    guard other == stop else { return .different(["\(stop) on the simulator, \(other) on the other processor"]) }
    isStepping = false
    defer { isStepping = true }
    // After a shutdown registers are nobody's business.
    let problems = stop == .halt ? compare(0) : log.mismatches + log.missing
    return problems.isEmpty ? .same : .different(problems)
  }

  /// The bytes at the instruction pointer, as far as they are mapped.
  private func code(_ state: CPUState) -> [UInt8] {
    let paging = PagingState(cr0: state.cr0, cr3: state.cr3, cr4: state.cr4, efer: state.efer)
    var address = state.rip
    if state.efer & 0x400 == 0 { address = (address &+ state.segments[1].base) & 0xffff_ffff }
    var bytes: [UInt8] = []
    while bytes.count < 15 {
      let walk = PageWalker.walk(address, paging, in: memories.simulator)
      let count = min(15 - bytes.count, 4096 - Int(address & 0xfff))
      guard walk.hasTranslation, let part = memories.simulator.read(walk.physicalAddress, count: count) else { break }
      bytes += part
      address &+= UInt64(count)
    }
    return bytes
  }
}
