@testable import EBPFEngine

/// Runs a program in the interpreter one instruction at a time. Calls of the program's own functions, which the
/// interpreter keeps in frames of its own, are done here.
enum SteppedRun {
  /// What there is before an instruction.
  struct Step {
    /// Index of the instruction.
    let index: Int
    let registers: [UInt64]
    /// Of each caller, the program's first: index of the instruction that it goes on at, and its r6 to r9.
    let callers: [(returnIndex: Int, saved: [UInt64])]
    let space: AddressSpace
  }

  static func run<Host: HelperHost>(
    _ executable: Executable, in space: AddressSpace, _ arguments: HelperArguments, budget: UInt64,
    _ host: inout Host, observe: (Step) -> Void
  ) -> RunResult {
    space.clearStack(executable.clearedStackSize)
    space.setStackDepth(1)
    var registers = [
      0, arguments.r1, arguments.r2, arguments.r3, arguments.r4, arguments.r5, 0, 0, 0, 0, space.stackTop,
    ]
    var callers: [(returnIndex: Int, saved: [UInt64])] = []
    var index = 0
    for count in 0..<budget {
      observe(Step(index: index, registers: registers, callers: callers, space: space))
      let operation = executable.operations[index]
      switch operation.code {
      case .callLocal:
        callers.append((index + 1, Array(registers[6...9])))
        registers[10] -= UInt64(AddressSpace.frameSize)
        index = Int(operation.auxiliary)
      case .exit:
        guard let caller = callers.popLast() else {
          space.setStackDepth(1)
          return RunResult(outcome: .returned(registers[0]), instructionCount: count + 1)
        }
        registers.replaceSubrange(6...9, with: caller.saved)
        registers[10] += UInt64(AddressSpace.frameSize)
        index = caller.returnIndex
      default:
        space.setStackDepth(callers.count + 1)
        let result = registers.withUnsafeMutableBufferPointer {
          Interpreter.resume(executable, in: space, at: index, registers: $0.baseAddress!, budget: 1, helpers: &host)
        }
        guard case .fault(let fault) = result.outcome, fault.kind == .budgetExhausted else { return result }
        index = (0..<executable.count).first { Int(executable.slots[$0]) == fault.slot } ?? 0
      }
    }
    space.setStackDepth(1)
    return RunResult(
      outcome: .fault(Fault(slot: Int(executable.slots[index]), kind: .budgetExhausted)), instructionCount: budget)
  }
}
