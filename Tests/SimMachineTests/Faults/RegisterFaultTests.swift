import Hexadecimal
import SimCPU
import Testing

@testable import SimMachine

/// Each bit of each register, on a guest in the midst of its work.
@Suite struct RegisterFaultTests {
  /// The machine after the fault differs in this one register, before it in nothing. With the bit inverted once more it is what it
  /// was, and the guest runs on with it as with anything else.
  @Test(arguments: 0..<8)
  func eachBitChangesAloneAndTheGuestRunsOn(part: Int) throws {
    guard let bench = try FaultBench() else { return }
    var (changed, refused): (Int, [String]) = (0, [])
    for (index, name) in RegisterFile.changeable.enumerated() where index % 8 == part {
      let bits = try #require(RegisterFile.changeableBits(of: name))
      for bit in 0..<64 as Range<UInt64> where bits >> bit & 1 == 1 {
        let machine = try bench.fork()
        let old = try #require(machine.registers[name])
        switch try FaultBench.inject(.register(name, .flip(1 << bit)), machine) {
        case .failure(let missed):
          refused.append("\(name) bit \(bit): \(missed)")
          #expect(try bench.differences(machine) == [])
        case .success(let injection):
          changed += 1
          #expect(injection.before == old.hexadecimal && injection.after == (old ^ 1 << bit).hexadecimal)
          #expect(try bench.differences(machine) == [name == "cr8" ? "localAPIC" : name], "\(name) bit \(bit)")
          _ = try FaultBench.inject(.register(name, .flip(1 << bit)), machine)
          #expect(try bench.differences(machine) == [], "\(name) bit \(bit) and back")
          _ = try FaultBench.inject(.register(name, .flip(1 << bit)), machine)
        }
        try machine.hold(at: .instruction(machine.instructions + 2_000))
        let stop = machine.run(until: machine.time + 10_000_000)
        if case .defect(let problem) = stop { Issue.record("\(name) bit \(bit): \(problem)") }
      }
    }
    print("\(changed) bits changed alone, \(refused.count) refused: \(refused)")
    #expect(changed > 100)
  }

  @Test func aValueThatNoProcessorHoldsIsRefused() throws {
    guard let bench = try FaultBench() else { return }
    for (name, value) in [("cr0", 0x8000_0000), ("nothing", 1), ("cs", 8), ("rflags", 0x1_0002), ("rflags", 0x2_0002)]
      as [(String, UInt64)]
    {
      let machine = try bench.fork()
      guard case .failure = try FaultBench.inject(.register(name, .set(value)), machine) else {
        Issue.record("\(name) = \(value) was taken")
        continue
      }
      #expect(try bench.differences(machine) == [])
    }
  }

  /// A bit that sticks is what the fault has made it after each instruction, whatever the guest writes; and no longer.
  @Test func aBitThatSticksStaysForSoManyInstructions() throws {
    // inc eax; jmp back.
    let guest = try SmallGuest([0x31, 0xc0, 0xff, 0xc0, 0xeb, 0xfc])
    let machine = guest.machine
    var told = 0
    try machine.appoint(at: .instruction(1)) { machine in
      machine.inject(.register("rax", .set(0x10)), for: 20) { _, _ in told += 1 }
      return nil
    }
    for number in 1...40 as ClosedRange<UInt64> {
      try machine.hold(at: .instruction(number))
      _ = machine.run(until: .max)
      let rounds = number / 2
      let expected: UInt64 = number <= 21 ? 0x10 : 0x10 + rounds - 10
      #expect(machine.registers["rax"] == expected, "instruction \(number)")
    }
    #expect(told == 1)
  }
}
