import SimEvents
import Testing

@testable import SimMachine

/// Faults of the instruction that is next, against results worked out by hand.
@Suite struct InstructionFaultTests {
  /// mov eax, 5; inc eax; add eax, eax; then it halts for good.
  private static let code: [UInt8] = [0xb8, 5, 0, 0, 0, 0xff, 0xc0, 0x01, 0xc0, 0xfa, 0xf4]

  /// RAX at the end, and the number of instructions.
  private func run(
    _ effect: FaultEffect?, at number: UInt64, code: [UInt8] = Self.code, _ told: (Injection) -> Void = { _ in }
  ) throws -> (rax: UInt64, instructions: UInt64, machine: Machine) {
    let guest = try SmallGuest(code)
    let machine = guest.machine
    var injections: [Injection] = []
    if let effect {
      try machine.appoint(at: .instruction(number)) { machine in
        machine.inject(effect) { _, result in
          switch result {
          case .success(let injection): injections.append(injection)
          case .failure(let missed): Issue.record("\(missed)")
          }
        }
        return nil
      }
    }
    #expect(machine.run(until: 10_000) == .halted)
    if effect != nil { told(try #require(injections.first)) }
    return (machine.registers["rax"] ?? 0, machine.instructions, machine)
  }

  @Test func withoutAFaultTheResultIs12() throws {
    let end = try run(nil, at: 0)
    #expect(end.rax == 12 && end.instructions == 5)
  }

  @Test func aSkippedInstructionDoesNothing() throws {
    for (number, rax) in [(0, nil), (1, 10), (2, 6)] as [(UInt64, UInt64?)] {
      let end = try run(.instruction(.skip), at: number) { #expect($0.change == "skip") }
      if let rax { #expect(end.rax == rax) }
      #expect(end.instructions == 4, "what is passed over is not counted")
    }
  }

  @Test func aRepeatedInstructionIsExecutedTwice() throws {
    for (number, rax) in [(0, 12), (1, 14), (2, 24)] as [(UInt64, UInt64)] {
      let end = try run(.instruction(.repeat), at: number) { #expect($0.change == "repeat") }
      #expect(end.rax == rax && end.instructions == 6)
    }
  }

  @Test func aReplacedInstructionIsBackAfterOnce() throws {
    // Twice the same loop: dec ecx; jnz. Only one of its rounds has another instruction.
    // mov ecx, 3; xor eax, eax; again: inc eax; dec ecx; jnz again; cli; hlt.
    let loop: [UInt8] = [0xb9, 3, 0, 0, 0, 0x31, 0xc0, 0xff, 0xc0, 0xff, 0xc9, 0x75, 0xfa, 0xfa, 0xf4]
    #expect(try run(nil, at: 0, code: loop).rax == 3)
    // inc eax becomes dec eax in the second round: instruction 5.
    let end = try run(.instruction(.replace([0xff, 0xc8])), at: 5, code: loop) {
      #expect($0.before == "ff c0" && $0.after == "ff c8")
    }
    #expect(end.rax == 1)
    #expect(end.machine.memory.read(0x20_0000, count: loop.count) == loop)
  }

  @Test func aFunctionThatReturnsAtOnceHasDoneNothing() throws {
    // call f; cli; hlt; f: mov eax, 7; ret.
    let code: [UInt8] = [0xe8, 2, 0, 0, 0, 0xfa, 0xf4, 0xb8, 7, 0, 0, 0, 0xc3]
    let guest = try SmallGuest(code)
    let machine = guest.machine
    let stack = machine.registers["rsp"]
    try machine.appoint(at: .instruction(1)) { machine in
      machine.inject(.returns(0x1234_5678_9abc)) { _, result in
        #expect(throws: Never.self) { try result.get() }
      }
      return nil
    }
    #expect(machine.run(until: 10_000) == .halted)
    #expect(machine.registers["rax"] == 0x1234_5678_9abc && machine.registers["rsp"] == stack)
    #expect(machine.instructions == 3)
  }

  @Test func timeJumpsForwardAndNothingElseChanges() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    let (time, instructions) = (machine.time, machine.instructions)
    _ = try FaultBench.inject(.clockJump(12_345), machine).get()
    #expect(machine.time == time + 12_345 && machine.instructions == instructions)
    var state = try machine.snapshot().state
    state.extraCycles -= 12_345
    #expect(state == bench.base.state)
  }
}
