/// Runs executables with every check on: memory against the regions of the address space, instructions against the
/// budget, local calls against the depth. What is not checked here was settled by the decoder: registers, opcodes and
/// targets of an `Executable` are valid.
public enum Interpreter {
  /// How often a run goes on at `may_goto` before it jumps there, in all (Linux's BPF_MAX_LOOPS, there for each frame).
  static let maximumLoops: UInt64 = 1 << 23

  /// What `exit` restores in the caller, and what it needs where a helper called the function.
  private struct Frame {
    var returnTo: OperationPointer
    var r6: UInt64, r7: UInt64, r8: UInt64, r9: UInt64
    var callback: Callback?
  }

  /// Calls of a function by a helper, one round after the other.
  private struct Callback {
    let function: OperationPointer
    /// What the function gets beside the round's own arguments.
    let context: UInt64
    /// Map whose elements are visited; `nil` for a plain loop.
    let map: UInt64?
    var entry: UInt64 = 0
    /// Rounds that are over, and those of a plain loop in all.
    var rounds: UInt64 = 0
    var count: UInt64 = 0
  }

  /// Runs `executable` from its first instruction, or from the one at `entry` (index of an instruction), with r1 to r5
  /// from `arguments`, r10 the top of the stack, everything else 0, and the stack cleared. It ends after at most
  /// `budget` instructions.
  public static func run<Host: HelperHost>(
    _ executable: Executable, in space: AddressSpace, arguments: HelperArguments, budget: UInt64,
    helpers host: inout Host
  ) -> RunResult {
    guard !space.isRunning else {
      let fault = Fault(slot: 0, kind: .addressSpaceInUse)
      return RunResult(outcome: .fault(fault), instructionCount: 0)
    }
    space.isRunning = true
    defer { space.isRunning = false }
    space.clearStack(executable.clearedStackSize)
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 11) { registers in
      withUnsafeTemporaryAllocation(of: Frame.self, capacity: AddressSpace.maximumCallDepth) { frames in
        registers.initialize(repeating: 0)
        registers[1] = arguments.r1
        registers[2] = arguments.r2
        registers[3] = arguments.r3
        registers[4] = arguments.r4
        registers[5] = arguments.r5
        registers[10] = space.stackTop
        guard let base = registers.baseAddress, let frames = frames.baseAddress else {
          return RunResult(outcome: .returned(0), instructionCount: 0)
        }
        return loop(executable, space, RegisterFile(base: base), frames, from: 0, budget, &host)
      }
    }
  }

  /// Goes on at an instruction where translated code came to: the budget ends before the next jump, call or exit.
  static func resume<Host: HelperHost>(
    _ executable: Executable, in space: AddressSpace, at index: Int, registers: UnsafeMutablePointer<UInt64>,
    budget: UInt64, helpers host: inout Host
  ) -> RunResult {
    withUnsafeTemporaryAllocation(of: Frame.self, capacity: AddressSpace.maximumCallDepth) { frames in
      guard let frames = frames.baseAddress else { return RunResult(outcome: .returned(0), instructionCount: 0) }
      return loop(executable, space, RegisterFile(base: registers), frames, from: index, budget, &host)
    }
  }

  /// Takes the registers one by one: copied in the loop, they would be read in pairs just after they were written
  /// singly, which processors cannot forward.
  @inline(never)
  private static func call<Host: HelperHost>(
    _ host: inout Host, _ number: Int32, _ space: AddressSpace, _ r1: UInt64, _ r2: UInt64, _ r3: UInt64,
    _ r4: UInt64, _ r5: UInt64
  ) throws(HelperFault) -> UInt64 {
    try host.call(number, HelperArguments(r1: r1, r2: r2, r3: r3, r4: r4, r5: r5), memory: space)
  }

  /// Loads from the packet; gives the fault, which is `packetEnd` where the program ends there. A function of its own for
  /// the sake of the loop's registers.
  @inline(never)
  private static func loadPacket<Host: HelperHost>(
    _ operation: MicroOperation, _ r: RegisterFile, _ space: AddressSpace, _ host: inout Host
  ) -> Fault.Kind? {
    do throws(HelperFault) {
      let place = PacketLoad.offset(operation, r[operation.source])
      r[0] = try call(&host, PacketLoad.number, space, place, PacketLoad.size(operation), 0, 0, 0)
      return nil
    } catch { return .helper(number: Int64(PacketLoad.number), error) }
  }

  private static func loop<Host: HelperHost>(
    _ executable: Executable, _ space: AddressSpace, _ r: RegisterFile, _ frames: UnsafeMutablePointer<Frame>,
    from start: Int, _ budget: UInt64, _ host: inout Host
  ) -> RunResult {
    let operations = executable.operations
    let entries = space.entries
    var pc = operations + start
    var depth = 1
    // Counts down below zero at the instruction that goes beyond the budget.
    let limit = Int64(truncatingIfNeeded: min(budget, UInt64(Int64.max)))
    var remaining = limit
    var loopsLeft = maximumLoops
    var fault: Fault.Kind

    /// Leads to the function for one more round, or gives the helper's result after the last.
    func beginRound(_ callback: inout Callback) throws(HelperFault) -> UInt64? {
      if let map = callback.map {
        (r[1], r[2], r[3]) = (map, callback.entry, 0)
        let entry = try call(&host, CallbackHelper.elements, space, map, callback.entry, 0, 0, 0)
        guard entry != .max else { return callback.rounds }
        r[2] = try call(&host, CallbackHelper.elements, space, map, entry, 1, 0, 0)
        r[3] = try call(&host, CallbackHelper.elements, space, map, entry, 2, 0, 0)
        r[1] = map
        r[4] = callback.context
        callback.entry = entry + 1
      } else {
        guard callback.rounds < callback.count else { return callback.rounds }
        r[1] = callback.rounds
        r[2] = callback.context
      }
      r[0] = 0
      return nil
    }

    execution: while true {
      remaining &-= 1
      if remaining < 0 {
        fault = .budgetExhausted
        break execution
      }
      var taken = false
      switch pc.pointee.code {
      case .add64i: r.wideImmediate(pc, &+)
      case .add64r: r.wideRegister(pc, &+)
      case .add32i: r.narrowImmediate(pc, &+)
      case .add32r: r.narrowRegister(pc, &+)
      case .sub64i: r.wideImmediate(pc, &-)
      case .sub64r: r.wideRegister(pc, &-)
      case .sub32i: r.narrowImmediate(pc, &-)
      case .sub32r: r.narrowRegister(pc, &-)
      case .mul64i: r.wideImmediate(pc, &*)
      case .mul64r: r.wideRegister(pc, &*)
      case .mul32i: r.narrowImmediate(pc, &*)
      case .mul32r: r.narrowRegister(pc, &*)
      case .div64i: r.wideImmediate(pc, Arithmetic.divide)
      case .div64r: r.wideRegister(pc, Arithmetic.divide)
      case .div32i: r.narrowImmediate(pc, Arithmetic.divide)
      case .div32r: r.narrowRegister(pc, Arithmetic.divide)
      case .or64i: r.wideImmediate(pc, |)
      case .or64r: r.wideRegister(pc, |)
      case .or32i: r.narrowImmediate(pc, |)
      case .or32r: r.narrowRegister(pc, |)
      case .and64i: r.wideImmediate(pc, &)
      case .and64r: r.wideRegister(pc, &)
      case .and32i: r.narrowImmediate(pc, &)
      case .and32r: r.narrowRegister(pc, &)
      case .lsh64i: r.wideImmediate(pc, &<<)
      case .lsh64r: r.wideRegister(pc, &<<)
      case .lsh32i: r.narrowImmediate(pc, &<<)
      case .lsh32r: r.narrowRegister(pc, &<<)
      case .rsh64i: r.wideImmediate(pc, &>>)
      case .rsh64r: r.wideRegister(pc, &>>)
      case .rsh32i: r.narrowImmediate(pc, &>>)
      case .rsh32r: r.narrowRegister(pc, &>>)
      case .mod64i: r.wideImmediate(pc, Arithmetic.modulo)
      case .mod64r: r.wideRegister(pc, Arithmetic.modulo)
      case .mod32i: r.narrowImmediate(pc, Arithmetic.modulo)
      case .mod32r: r.narrowRegister(pc, Arithmetic.modulo)
      case .xor64i: r.wideImmediate(pc, ^)
      case .xor64r: r.wideRegister(pc, ^)
      case .xor32i: r.narrowImmediate(pc, ^)
      case .xor32r: r.narrowRegister(pc, ^)
      case .mov64i: r.wideImmediate(pc, Arithmetic.second)
      case .mov64r: r.wideRegister(pc, Arithmetic.second)
      case .mov32i: r.narrowImmediate(pc, Arithmetic.second)
      case .mov32r: r.narrowRegister(pc, Arithmetic.second)
      case .arsh64i: r.wideImmediate(pc, Arithmetic.shiftRight)
      case .arsh64r: r.wideRegister(pc, Arithmetic.shiftRight)
      case .arsh32i: r.narrowImmediate(pc, Arithmetic.shiftRight)
      case .arsh32r: r.narrowRegister(pc, Arithmetic.shiftRight)
      case .sdiv64i: r.wideImmediate(pc, Arithmetic.signedDivide)
      case .sdiv64r: r.wideRegister(pc, Arithmetic.signedDivide)
      case .sdiv32i: r.narrowImmediate(pc, Arithmetic.signedDivide)
      case .sdiv32r: r.narrowRegister(pc, Arithmetic.signedDivide)
      case .smod64i: r.wideImmediate(pc, Arithmetic.signedModulo)
      case .smod64r: r.wideRegister(pc, Arithmetic.signedModulo)
      case .smod32i: r.narrowImmediate(pc, Arithmetic.signedModulo)
      case .smod32r: r.narrowRegister(pc, Arithmetic.signedModulo)
      case .jeq64i: if r.wideImmediate(pc, ==) { taken = true }
      case .jeq64r: if r.wideRegister(pc, ==) { taken = true }
      case .jeq32i: if r.narrowImmediate(pc, ==) { taken = true }
      case .jeq32r: if r.narrowRegister(pc, ==) { taken = true }
      case .jgt64i: if r.wideImmediate(pc, >) { taken = true }
      case .jgt64r: if r.wideRegister(pc, >) { taken = true }
      case .jgt32i: if r.narrowImmediate(pc, >) { taken = true }
      case .jgt32r: if r.narrowRegister(pc, >) { taken = true }
      case .jge64i: if r.wideImmediate(pc, >=) { taken = true }
      case .jge64r: if r.wideRegister(pc, >=) { taken = true }
      case .jge32i: if r.narrowImmediate(pc, >=) { taken = true }
      case .jge32r: if r.narrowRegister(pc, >=) { taken = true }
      case .jset64i: if r.wideImmediate(pc, Arithmetic.intersect) { taken = true }
      case .jset64r: if r.wideRegister(pc, Arithmetic.intersect) { taken = true }
      case .jset32i: if r.narrowImmediate(pc, Arithmetic.intersect) { taken = true }
      case .jset32r: if r.narrowRegister(pc, Arithmetic.intersect) { taken = true }
      case .jne64i: if r.wideImmediate(pc, !=) { taken = true }
      case .jne64r: if r.wideRegister(pc, !=) { taken = true }
      case .jne32i: if r.narrowImmediate(pc, !=) { taken = true }
      case .jne32r: if r.narrowRegister(pc, !=) { taken = true }
      case .jsgt64i: if r.wideImmediate(pc, Arithmetic.signedGreater) { taken = true }
      case .jsgt64r: if r.wideRegister(pc, Arithmetic.signedGreater) { taken = true }
      case .jsgt32i: if r.narrowImmediate(pc, Arithmetic.signedGreater) { taken = true }
      case .jsgt32r: if r.narrowRegister(pc, Arithmetic.signedGreater) { taken = true }
      case .jsge64i: if r.wideImmediate(pc, Arithmetic.signedGreaterOrEqual) { taken = true }
      case .jsge64r: if r.wideRegister(pc, Arithmetic.signedGreaterOrEqual) { taken = true }
      case .jsge32i: if r.narrowImmediate(pc, Arithmetic.signedGreaterOrEqual) { taken = true }
      case .jsge32r: if r.narrowRegister(pc, Arithmetic.signedGreaterOrEqual) { taken = true }
      case .jlt64i: if r.wideImmediate(pc, <) { taken = true }
      case .jlt64r: if r.wideRegister(pc, <) { taken = true }
      case .jlt32i: if r.narrowImmediate(pc, <) { taken = true }
      case .jlt32r: if r.narrowRegister(pc, <) { taken = true }
      case .jle64i: if r.wideImmediate(pc, <=) { taken = true }
      case .jle64r: if r.wideRegister(pc, <=) { taken = true }
      case .jle32i: if r.narrowImmediate(pc, <=) { taken = true }
      case .jle32r: if r.narrowRegister(pc, <=) { taken = true }
      case .jslt64i: if r.wideImmediate(pc, Arithmetic.signedLess) { taken = true }
      case .jslt64r: if r.wideRegister(pc, Arithmetic.signedLess) { taken = true }
      case .jslt32i: if r.narrowImmediate(pc, Arithmetic.signedLess) { taken = true }
      case .jslt32r: if r.narrowRegister(pc, Arithmetic.signedLess) { taken = true }
      case .jsle64i: if r.wideImmediate(pc, Arithmetic.signedLessOrEqual) { taken = true }
      case .jsle64r: if r.wideRegister(pc, Arithmetic.signedLessOrEqual) { taken = true }
      case .jsle32i: if r.narrowImmediate(pc, Arithmetic.signedLessOrEqual) { taken = true }
      case .jsle32r: if r.narrowRegister(pc, Arithmetic.signedLessOrEqual) { taken = true }
      case .neg64: r[pc.pointee.destination] = 0 &- r[pc.pointee.destination]
      case .neg32:
        r[pc.pointee.destination] = UInt64(0 &- UInt32(truncatingIfNeeded: r[pc.pointee.destination]))
      case .movsx8To64: r.extend(pc, Int8.self)
      case .movsx16To64: r.extend(pc, Int16.self)
      case .movsx32To64: r.extend(pc, Int32.self)
      case .movsx8To32: r.extendNarrow(pc, Int8.self)
      case .movsx16To32: r.extendNarrow(pc, Int16.self)
      case .swap16: r.replace(pc) { UInt64(UInt16(truncatingIfNeeded: $0).byteSwapped) }
      case .swap32: r.replace(pc) { UInt64(UInt32(truncatingIfNeeded: $0).byteSwapped) }
      case .swap64: r.replace(pc) { $0.byteSwapped }
      case .truncate16: r.replace(pc) { $0 & 0xffff }
      case .truncate32: r.replace(pc) { $0 & 0xffff_ffff }
      case .wide: r[pc.pointee.destination] = UInt64(bitPattern: pc.pointee.immediate)
      case .nop: break

      case .load8:
        guard r.load(pc, UInt8.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 1)
          break execution
        }
      case .load16:
        guard r.load(pc, UInt16.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 2)
          break execution
        }
      case .load32:
        guard r.load(pc, UInt32.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 4)
          break execution
        }
      case .load64:
        guard r.load(pc, UInt64.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 8)
          break execution
        }
      case .loadSigned8:
        guard r.load(pc, Int8.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 1)
          break execution
        }
      case .loadSigned16:
        guard r.load(pc, Int16.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 2)
          break execution
        }
      case .loadSigned32:
        guard r.load(pc, Int32.self, entries, space) else {
          fault = .read(address: r.loadAddress(pc), size: 4)
          break execution
        }
      case .store8:
        guard r.store(pc, UInt8.self, entries, space) else {
          fault = .write(address: r.storeAddress(pc), size: 1)
          break execution
        }
      case .store16:
        guard r.store(pc, UInt16.self, entries, space) else {
          fault = .write(address: r.storeAddress(pc), size: 2)
          break execution
        }
      case .store32:
        guard r.store(pc, UInt32.self, entries, space) else {
          fault = .write(address: r.storeAddress(pc), size: 4)
          break execution
        }
      case .store64:
        guard r.store(pc, UInt64.self, entries, space) else {
          fault = .write(address: r.storeAddress(pc), size: 8)
          break execution
        }
      case .storeImmediate8:
        guard r.storeImmediate(pc, Int8.self, entries, space) else {
          fault = .write(address: r.storeImmediateAddress(pc), size: 1)
          break execution
        }
      case .storeImmediate16:
        guard r.storeImmediate(pc, Int16.self, entries, space) else {
          fault = .write(address: r.storeImmediateAddress(pc), size: 2)
          break execution
        }
      case .storeImmediate32:
        guard r.storeImmediate(pc, Int32.self, entries, space) else {
          fault = .write(address: r.storeImmediateAddress(pc), size: 4)
          break execution
        }
      case .storeImmediate64:
        guard r.storeImmediate(pc, Int64.self, entries, space) else {
          fault = .write(address: r.storeImmediateAddress(pc), size: 8)
          break execution
        }
      case .atomic32:
        if let kind = r.atomic(pc, UInt32.self, entries, space) {
          fault = kind
          break execution
        }
      case .atomic64:
        if let kind = r.atomic(pc, UInt64.self, entries, space) {
          fault = kind
          break execution
        }

      case .loadPacket:
        if let kind = loadPacket(pc.pointee, r, space, &host) {
          fault = kind
          break execution
        }

      case .jump: taken = true
      case .mayGoto:
        if loopsLeft == 0 { taken = true } else { loopsLeft &-= 1 }
      case .callLocal:
        guard depth < AddressSpace.maximumCallDepth else {
          fault = .callDepth
          break execution
        }
        (frames + depth).initialize(to: Frame(returnTo: pc + 1, r6: r[6], r7: r[7], r8: r[8], r9: r[9], callback: nil))
        depth += 1
        space.setStackDepth(depth)
        r[10] = r[10] &- UInt64(AddressSpace.frameSize)
        taken = true
      case .exit:
        guard depth > 1 else {
          return RunResult(outcome: .returned(r[0]), instructionCount: UInt64(limit &- remaining))
        }
        if var callback = frames[depth - 1].callback {
          callback.rounds &+= 1
          var result: UInt64? = callback.rounds
          if r[0] == 0 {
            do throws(HelperFault) { result = try beginRound(&callback) } catch {
              fault = .helper(number: Int64(CallbackHelper.elements), error)
              break execution
            }
          }
          guard let result else {
            frames[depth - 1].callback = callback
            pc = callback.function
            continue execution
          }
          r[0] = result
        }
        depth -= 1
        space.setStackDepth(depth)
        let frame = frames[depth]
        r[6] = frame.r6
        r[7] = frame.r7
        r[8] = frame.r8
        r[9] = frame.r9
        r[10] = r[10] &+ UInt64(AddressSpace.frameSize)
        pc = frame.returnTo
        continue execution

      case .callLoop, .callElements:
        let isLoop = pc.pointee.code == .callLoop
        let number = Int64(isLoop ? CallbackHelper.loop : CallbackHelper.elements)
        let index = r[2] &- Executable.functionBase
        guard index < UInt64(executable.count), executable.functions.contains(Int32(index)) else {
          fault = .helper(number: number, .badFunction)
          break execution
        }
        guard r[4] == 0 && (!isLoop || r[1] <= CallbackHelper.maximumRounds) else {
          r[0] = UInt64(bitPattern: r[4] == 0 ? -7 : -22)
          break
        }
        guard depth < AddressSpace.maximumCallDepth else {
          fault = .callDepth
          break execution
        }
        var callback = Callback(
          function: operations + Int(index), context: r[3], map: isLoop ? nil : r[1], count: isLoop ? r[1] : 0)
        do throws(HelperFault) {
          if let result = try beginRound(&callback) {
            r[0] = result
            break
          }
        } catch {
          fault = .helper(number: number, error)
          break execution
        }
        (frames + depth).initialize(
          to: Frame(returnTo: pc + 1, r6: r[6], r7: r[7], r8: r[8], r9: r[9], callback: callback))
        depth += 1
        space.setStackDepth(depth)
        r[10] = r[10] &- UInt64(AddressSpace.frameSize)
        pc = callback.function
        continue execution

      case .callHelper, .callRegister:
        let number =
          pc.pointee.code == .callHelper ? pc.pointee.immediate : Int64(bitPattern: r[pc.pointee.destination])
        do throws(HelperFault) {
          guard let number = Int32(exactly: number) else { throw .unknownHelper }
          r[0] = try call(&host, number, space, r[1], r[2], r[3], r[4], r[5])
        } catch {
          fault = .helper(number: number, error)
          break execution
        }
      }
      pc = taken ? operations + Int(pc.pointee.auxiliary) : pc + 1
    }
    space.setStackDepth(1)
    let slot = Int(executable.slots[pc - operations])
    let count = UInt64(limit &- remaining &- 1)
    if case .helper(_, .packetEnd) = fault, pc.pointee.code == .loadPacket {
      return RunResult(outcome: .returned(0), instructionCount: count &+ 1)
    }
    return RunResult(outcome: .fault(Fault(slot: slot, kind: fault)), instructionCount: count)
  }
}
