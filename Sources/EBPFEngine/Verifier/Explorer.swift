/// Follows all ways through a program, one after the other, with what is known on each.
struct Explorer {
  typealias Reason = Refusal.Reason

  /// Where an instruction leads.
  enum Step {
    case next
    case jump(Int)
    case end
  }

  private struct Pending {
    var state: MachineState
    var index: Int
    var node: Int32
  }

  let program: Program
  let environment: VerifierEnvironment
  var state: MachineState
  var report = VerificationReport()
  /// Where the numbers come from, and which matter.
  var values = ValueGraph()
  let flow: ControlFlow
  private(set) var history: History
  /// Comparisons on the way here.
  var tests = RecentTests()
  /// Rounds of the loops that are summed up, those on common cycles multiplied.
  var rounds = LoopRounds()
  /// Heads of loops that have to be followed round by round; whether all have to be.
  private var followedHeads: [Int] = []
  private var followsAll = false
  private var attempts = 1
  /// Whether a summary did not hold, and no other was left to try.
  private var hasFailedSummary = false
  /// What the shift to the left at the instruction before has cut the upper half off, where the shift back follows.
  var cut: RegisterState?
  private var pending: [Pending] = []
  private var pendingBytes = 0
  #if !hasFeature(Embedded)
    /// Gets the index of each instruction that is explored, and what is known before it. For tests.
    var observer: ((Int, MachineState) -> Void)?
    var listener: ((VerifierEvent) -> Void)?
    /// Is told when all that was observed counts no more.
    var restarted: (() -> Void)?
  #endif

  init(_ program: Program, _ environment: VerifierEnvironment, _ flow: ControlFlow) {
    self.program = program
    self.environment = environment
    self.flow = flow
    history = History(flow, environment.limits)
    state = MachineState(frame: Frame(number: 0, returnIndex: -1))
    begin()
  }

  private mutating func begin() {
    state = MachineState(frame: Frame(number: 0, returnIndex: -1))
    for index in environment.arguments.indices.prefix(5) {
      var argument = Self.state(environment.arguments[index], environment)
      if argument.isScalar { argument.id = values.add() }
      state.frame.registers[index + 1] = argument
    }
  }

  /// Begins anew, without the summaries that the way here goes through: what they have forgotten may have been needed.
  ///
  /// - Returns: whether there were any.
  private mutating func beginAgain() -> Bool {
    let heads = history.openLoopHeads
    guard !heads.isEmpty else { return false }
    attempts += 1
    hasFailedSummary = false
    cut = nil
    followedHeads += heads
    followsAll = attempts > Self.attemptsWithSummaries
    report = VerificationReport()
    values.removeAll()
    history = History(flow, environment.limits)
    pending = []
    pendingBytes = 0
    tests = RecentTests()
    rounds = LoopRounds()
    begin()
    #if !hasFeature(Embedded)
      restarted?()
      listener?(.beginsAgain)
    #endif
    return true
  }

  private static var attemptsWithSummaries: Int { 3 }

  func allowsSummaries(at index: Int) -> Bool { !followsAll && !followedHeads.contains(index) }

  private static func state(
    _ argument: VerifierEnvironment.Argument, _ environment: VerifierEnvironment
  ) -> RegisterState {
    switch argument {
    case .uninitialised: .uninitialised
    case .context: RegisterState(.context)
    case .number(let number): number.map { RegisterState(Scalar($0)) } ?? RegisterState(.unknown)
    case .region(let number):
      environment.regionIndex(number).map { RegisterState(.region, object: $0) } ?? .uninitialised
    }
  }

  /// Calls `pause` after each `slice` instructions.
  mutating func explore(slice: Int = .max, pause: () -> Void = {}) throws(Refusal) -> VerificationReport {
    var index = 0
    var left = slice
    while true {
      if left == 0 {
        pause()
        left = slice
      }
      left -= 1
      let step: Step
      do throws(Reason) {
        step = try self.step(at: index)
      } catch {
        let refusal = Refusal(slot: Int(program.instructions[index].slot), reason: error, state: state)
        // What is too complex would be explored over and over: once is enough.
        guard hasFailedSummary || !error.isLimit, beginAgain() else { throw refusal }
        index = 0
        continue
      }
      switch step {
      case .next: index += 1
      case .jump(let target): index = target
      case .end:
        history.closePath()
        guard let next = pending.popLast() else { return finish() }
        pendingBytes -= next.state.byteCount
        state = next.state
        index = next.index
        history.resume(next.node)
        #if !hasFeature(Embedded)
          tell({ .resumes(slot: $0) }, at: index)
        #endif
      }
    }
  }

  private func finish() -> VerificationReport {
    var report = report
    report.rememberedStates = history.rememberedCount
    if report.isBounded {
      let (bound, overflow) = UInt64(report.exploredInstructions).multipliedReportingOverflow(by: rounds.most)
      report.instructionBound = overflow ? .max : bound
    }
    return report
  }

  private mutating func step(at index: Int) throws(Reason) -> Step {
    if flow.isJoin[index], try meet(at: index) {
      report.prunedPaths += 1
      #if !hasFeature(Embedded)
        tell({ .covered(slot: $0) }, at: index)
      #endif
      return .end
    }
    report.exploredInstructions += 1
    guard report.exploredInstructions <= environment.limits.instructions else {
      throw .tooComplex(limit: environment.limits.instructions)
    }
    #if !hasFeature(Embedded)
      observer?(index, state)
      tellState(at: index)
    #endif
    return try execute(program.instructions[index], at: index)
  }

  /// Compares the state with those met here before, and remembers it.
  ///
  /// - Returns: whether nothing new can happen.
  private mutating func meet(at index: Int) throws(Reason) -> Bool {
    if flow.isBounded[index], let last = history.openStates(at: index, limit: 1).first {
      state.widen(from: last.state, &values)
    }
    if try isKnown(at: index) { return true }
    var loop: LoopSummary?
    if !flow.isBounded[index] {
      switch sumUp(at: index) {
      case .none: break
      case .summary(let summary):
        loop = summary
        if try isKnown(at: index) { return true }
        #if !hasFeature(Embedded)
          tell({ .sumsUp(slot: $0) }, at: index)
        #endif
      case .failed:
        hasFailedSummary = true
        throw .tooComplex(limit: environment.limits.instructions)
      }
    }
    history.remember(state, at: index, time: report.exploredInstructions, loop: loop)
    return false
  }

  private mutating func isKnown(at index: Int) throws(Reason) -> Bool {
    switch history.visit(state, at: index, &values) {
    case .new: return false
    case .covered: return true
    case .repeated: throw .infiniteLoop
    }
  }

  /// Leaves a way for later.
  mutating func postpone(_ state: MachineState, at index: Int) throws(Reason) {
    pendingBytes += state.byteCount
    guard pending.count < environment.limits.pendingBranches && pendingBytes <= environment.limits.stateBytes else {
      throw .tooManyBranches(limit: pending.count)
    }
    pending.append(Pending(state: state, index: index, node: history.fork()))
    report.maximumPendingBranches = max(report.maximumPendingBranches, pending.count)
  }

  /// A number that the program makes, of at most two others; what is known of it may depend on what is known of them.
  mutating func newNumber(
    _ scalar: Scalar, of first: RegisterState? = nil, _ second: RegisterState? = nil
  ) -> RegisterState {
    RegisterState(scalar, id: values.add(first?.value ?? 0, second?.value ?? 0))
  }

  /// The proof relies on what is known of a number.
  mutating func require(_ number: RegisterState) { values.require(number.value) }

  /// What an initialised register holds.
  func read(_ register: Register) throws(Reason) -> RegisterState {
    let value = state.frame[register]
    guard value.kind != .uninitialised else { throw .uninitialised(register) }
    return value
  }

  /// Of a target that the decoder has found to be an instruction's beginning: were it none, another program would be verified.
  func index(ofSlot slot: Int32) -> Int {
    guard let index = program.index(ofSlot: Int(slot)) else { preconditionFailure("a target inside of an instruction") }
    return index
  }
}
