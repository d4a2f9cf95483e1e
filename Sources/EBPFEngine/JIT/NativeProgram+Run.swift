extension NativeProgram {
  /// Runs the program as `Interpreter.run` does. `function` is `{ Host.serve($0, $1, $2, $3, $4, $5) }` for the type of
  /// `host`. No memory is allocated.
  public func run<Host: HelperHost>(
    arguments: HelperArguments, budget: UInt64, helpers host: inout Host, through function: HelperThunk.Function
  ) -> RunResult {
    withUnsafeMutablePointer(to: &host) { host in
      run(arguments: arguments, budget: budget, helpers: HelperThunk(function, context: host))
    }
  }

  /// Runs the program with helpers of a C function.
  public func run(arguments: HelperArguments, budget: UInt64, helpers thunk: HelperThunk) -> RunResult {
    guard !space.isRunning else {
      let fault = Fault(slot: 0, kind: .addressSpaceInUse)
      return RunResult(outcome: .fault(fault), instructionCount: 0)
    }
    space.isRunning = true
    space.clearStack(executable.clearedStackSize)
    // Without checks nobody keeps the region up to date, but helpers look at it.
    if !isChecked { space.setStackDepth(AddressSpace.maximumCallDepth) }
    defer {
      space.setStackDepth(1)
      space.isRunning = false
    }
    let limit = min(budget, UInt64(Int64.max))
    prepare(arguments, limit, thunk)
    let function = unsafeBitCast(entry, to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
    function(state)
    return result(limit, thunk)
  }

  private func prepare(_ arguments: HelperArguments, _ limit: UInt64, _ thunk: HelperThunk) {
    set(RunState.helperFault, 0)
    set(RunState.helperContext, pointer: thunk.context)
    set(RunState.helperFunction, pointer: unsafeBitCast(thunk.function, to: UnsafeRawPointer.self))
    set(RunState.callsLeft, UInt64(AddressSpace.maximumCallDepth - 1))
    set(RunState.end, RunEnd.returned.rawValue)
    set(RunState.remaining, limit)
    set(RunState.loopsLeft, Interpreter.maximumLoops)
    for index in UInt8(0)...9 { set(RunState.register(index), 0) }
    set(RunState.register(1), arguments.r1)
    set(RunState.register(2), arguments.r2)
    set(RunState.register(3), arguments.r3)
    set(RunState.register(4), arguments.r4)
    set(RunState.register(5), arguments.r5)
    set(RunState.register(10), space.stackTop)
  }

  private func result(_ limit: UInt64, _ thunk: HelperThunk) -> RunResult {
    let executed = limit &- word(RunState.remaining)
    let kind: Fault.Kind
    let size = { (site: NativeSite) in
      UInt8(truncatingIfNeeded: self.executable.operations[Int(site.operation)].code.access.size)
    }
    let place = Int(word(RunState.place))
    let end = RunEnd(rawValue: word(RunState.end)) ?? .returned
    switch end {
    case .returned: return RunResult(outcome: .returned(word(RunState.register(0))), instructionCount: executed)
    case .budget: return lastBlock(from: place, executed, thunk)
    case .helperFault:
      let number = Int64(bitPattern: word(RunState.helperNumber))
      let fault = HelperFault(code: word(RunState.helperFault))
      let site = sites[place]
      if fault == .packetEnd && executable.operations[Int(site.operation)].code == .loadPacket {
        return RunResult(outcome: .returned(0), instructionCount: executed &- UInt64(site.pending) &+ 1)
      }
      kind = .helper(number: number, fault)
    case .readFault: kind = .read(address: word(RunState.address), size: size(sites[place]))
    case .writeFault: kind = .write(address: word(RunState.address), size: size(sites[place]))
    case .callDepth: kind = .callDepth
    }
    let site = sites[place]
    let fault = Fault(slot: Int(executable.slots[Int(site.operation)]), kind: kind)
    return RunResult(outcome: .fault(fault), instructionCount: executed &- UInt64(site.pending))
  }

  /// The budget ends within the block at `index`: the interpreter executes what is left of it.
  private func lastBlock(from index: Int, _ executed: UInt64, _ thunk: HelperThunk) -> RunResult {
    var host = ThunkHost(thunk: thunk, record: state)
    let registers = (state + Int(RunState.registers)).assumingMemoryBound(to: UInt64.self)
    let result = Interpreter.resume(
      executable, in: space, at: index, registers: registers, budget: word(RunState.remaining), helpers: &host)
    return RunResult(outcome: result.outcome, instructionCount: executed &+ result.instructionCount)
  }
}
