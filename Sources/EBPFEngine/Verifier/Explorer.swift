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
  private var history: History
  private var pending: [Pending] = []
  private var pendingBytes = 0
  #if !hasFeature(Embedded)
    /// Gets the index of each instruction that is explored, and what is known before it. For tests.
    var observer: ((Int, MachineState) -> Void)?
    var listener: ((VerifierEvent) -> Void)?
  #endif

  init(_ program: Program, _ environment: VerifierEnvironment, _ flow: ControlFlow) {
    self.program = program
    self.environment = environment
    self.flow = flow
    history = History(flow, environment.limits)
    state = MachineState(frame: Frame(number: 0, returnIndex: -1))
    for index in environment.arguments.indices.prefix(5) {
      var argument = Self.state(environment.arguments[index], environment)
      if argument.isScalar { argument.id = values.add() }
      state.frame.registers[index + 1] = argument
    }
  }

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
        throw Refusal(slot: Int(program.instructions[index].slot), reason: error, state: state)
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
    return report
  }

  private mutating func step(at index: Int) throws(Reason) -> Step {
    if flow.isJoin[index] {
      if flow.isBounded[index], let last = history.latestOpen(at: index) { state.widen(from: last, &values) }
      switch history.visit(state, at: index, &values) {
      case .new: break
      case .covered:
        report.prunedPaths += 1
        #if !hasFeature(Embedded)
          tell({ .covered(slot: $0) }, at: index)
        #endif
        return .end
      case .repeated: throw .infiniteLoop
      }
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

  func index(ofSlot slot: Int32) -> Int { program.index(ofSlot: Int(slot)) ?? 0 }
}
