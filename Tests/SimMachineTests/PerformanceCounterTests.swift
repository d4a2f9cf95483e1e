import SimCPU
import Testing

@testable import SimMachine

/// Their places among the general registers.
private let (rbx, rsi) = (3, 6)

@Suite struct PerformanceCounterTests {
  /// MOV ECX, EAX and XOR EDX, EDX; WRMSR.
  private static func write(_ index: UInt32, _ value: UInt32) -> [UInt8] {
    [0xb9] + SmallELF.bytes(index) + [0xb8] + SmallELF.bytes(value) + [0x31, 0xd2, 0x0f, 0x30]
  }
  private static let nops = [UInt8](repeating: 0x90, count: 5)
  /// MOV ECX, 0C1H; RDMSR; MOV RBX, RAX; XOR ECX, ECX; RDPMC; MOV RSI, RAX; HLT.
  private static let reads: [UInt8] = [
    0xb9, 0xc1, 0, 0, 0, 0x0f, 0x32, 0x48, 0x89, 0xc3, 0x31, 0xc9, 0x0f, 0x33, 0x48, 0x89, 0xc6, 0xf4,
  ]

  @Test func instructionsAreCountedExactly() throws {
    let guest = try SmallGuest(Self.write(0x186, 0x43_00c0) + Self.nops + Self.reads)
    #expect(guest.machine.run(until: 1_000_000) == .halted)
    let state = guest.machine.processorState
    // WRMSR itself, the NOPs, MOV; then RDMSR, MOV, XOR.
    #expect(state.general[rbx] == 1 + 5 + 1)
    #expect(state.general[rsi] == 7 + 3)
  }

  @Test func cyclesAreThoseOfVirtualTimeAndEachAccessIsAnExit() throws {
    let guest = try SmallGuest(Self.write(0x186, 0x43_003c) + Self.nops + Self.reads) { $0.costs.msr = 1000 }
    #expect(guest.machine.run(until: 1_000_000) == .halted)
    let state = guest.machine.processorState
    #expect(state.general[rbx] == 7 + 1000)
    #expect(state.general[rsi] == 10 + 2000)
    #expect(guest.machine.time == guest.machine.instructions + 3000)
  }

  @Test func aForkCountsOnFromWhereItWasMade() throws {
    let guest = try SmallGuest(Self.write(0x186, 0x43_00c0) + Self.nops + Self.reads)
    try guest.machine.hold(at: .instruction(6))
    #expect(guest.machine.run(until: 1_000_000) == .held)
    let fork = try Machine(forking: guest.machine.snapshot(), engine: .unicorn)
    #expect(fork.run(until: 1_000_000) == .halted)
    #expect(fork.processorState.general[rbx] == 7)
  }

  @Test func aProcessorOfAMDsHasNone() throws {
    let guest = try SmallGuest(Self.write(0x186, 0x43_00c0) + Self.reads) { $0.cpu = .amd }
    _ = guest.machine.run(until: 1_000)
    #expect(guest.list.events.contains { if case .exception(13, _, _, _) = $0.payload { true } else { false } })
    #expect(CPUIDModel(clockHz: 1, vendor: .amd).leaf(0xa, 0, cr4: 0).eax == 0)
    #expect(CPUIDModel(clockHz: 1).leaf(0xa, 0, cr4: 0).eax == 0x0730_0202)
  }
}
