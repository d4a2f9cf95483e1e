import EBPFEngine
import TestSupport
import Testing

extension ReferenceMachine.End {
  init(_ outcome: RunResult.Outcome) {
    switch outcome {
    case .returned(let value): self = .returned(value)
    case .fault(let fault):
      switch fault.kind {
      case .read(let address, let size): self = .badRead(slot: fault.slot, address: address, size: Int(size))
      case .write(let address, let size): self = .badWrite(slot: fault.slot, address: address, size: Int(size))
      case .budgetExhausted: self = .budget(slot: fault.slot)
      case .callDepth: self = .depth(slot: fault.slot)
      case .helper, .addressSpaceInUse: self = .badHelper(slot: fault.slot)
      }
    }
  }
}

@Suite struct DifferentialTests {
  @Test func interpreterAgreesWithTheReferenceOnGeneratedPrograms() throws {
    let seed: UInt64 = 0xebbf_2024
    var programs = ProgramGenerator(generator: SeededGenerator(seed: seed))
    var executed = 0
    var ends = [0, 0, 0, 0, 0, 0]
    for number in 0..<8_000 {
      let program = programs.program(length: number % 60 + 4)
      let context = (0..<64).map { _ in UInt8.random(in: 0...255, using: &programs.generator) }
      let budget = Int.random(in: 0...600, using: &programs.generator)
      let run = try TestRun(program, context: context, budget: UInt64(budget))

      var reference = ReferenceMachine(words: program.slots.map(\.word), stackTop: AddressSpace().stackTop)
      for (index, byte) in context.enumerated() { reference.memory[TestRun.contextBase + UInt64(index)] = byte }
      reference.registers[1] = TestRun.contextBase
      reference.registers[2] = 64
      let end = reference.run(budget: budget)
      executed += reference.executed

      let finalContext = (0..<64).map { reference.memory[TestRun.contextBase + UInt64($0)]! }
      let agrees =
        ReferenceMachine.End(run.result.outcome) == end
        && run.result.instructionCount == UInt64(reference.executed) && run.context == finalContext
      if !agrees {
        let text = String(decoding: Disassembler.disassemble(program), as: UTF8.self)
        Issue.record(
          "seed \(seed), program \(number): \(run.result) but reference \(end) after \(reference.executed)\n\(text)")
        return
      }
      switch end {
      case .returned: ends[0] += 1
      case .badRead: ends[1] += 1
      case .badWrite: ends[2] += 1
      case .budget: ends[3] += 1
      case .depth: ends[4] += 1
      case .badHelper: ends[5] += 1
      }
    }
    print(
      "differential: seed \(seed), 8000 programs, \(executed) instructions; returned \(ends[0]), read fault \(ends[1]),",
      "write fault \(ends[2]), budget \(ends[3]), depth \(ends[4]), helper \(ends[5])")
    #expect(executed > 300_000)
    #expect(ends.allSatisfy { $0 > 20 })
  }

  @Test func disassemblyRoundTripsGeneratedPrograms() throws {
    var programs = ProgramGenerator(generator: SeededGenerator(seed: 7))
    var instructions = 0
    for number in 0..<2_000 {
      let program = programs.program(length: number % 40 + 2)
      #expect(try Assembler.assemble(Disassembler.disassemble(program)) == program)
      instructions += program.instructions.count
    }
    print("disassembly round trip: seed 7, \(instructions) instructions")
  }
}
