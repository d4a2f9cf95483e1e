import Glibc
import SimCPU
import SimMemory
import Testing

@testable import SimKVM

private let hlt: UInt8 = 0xf4
private enum Unexpected: Error { case run }

@Test(.enabled(if: isKVMUsable)) func portsAndDevicesAreThoseOfTheEnvironment() throws {
  let bench = try KVMBench(
    [
      0x66, 0xba, 0xf8, 0x03, 0xb0, 0x41, 0xee,  // mov dx,0x3f8; mov al,'A'; out dx,al
      0xe5, 0x60,  // in eax,0x60
      0xa3, 0x00, 0x00, 0xb0, 0xfe,  // mov [0xfeb00000],eax
      0x0f, 0xb7, 0x0d, 0x04, 0x00, 0xb0, 0xfe,  // movzx ecx, word [0xfeb00004]
      hlt,
    ])
  bench.answer = 0x8765_4321
  #expect(bench.cpu.run() == .halt)
  #expect(
    bench.ports == [
      .init(address: 0x3f8, size: 1, value: 0x41, isWrite: true),
      .init(address: 0x60, size: 4, value: 0x8765_4321, isWrite: false),
    ])
  #expect(
    bench.devices == [
      .init(address: 0xfeb0_0000, size: 4, value: 0x8765_4321, isWrite: true),
      .init(address: 0xfeb0_0004, size: 2, value: 0x8765_4321, isWrite: false),
    ])
  #expect(bench.cpu.state.general[1] == 0x4321)
}

@Test(.enabled(if: isKVMUsable)) func stringOutputArrivesItemByItem() throws {
  let bench = try KVMBench([0xf3, 0x6e, hlt])  // rep outsb
  _ = bench.memory.write(Array("hello".utf8), at: 0x2000)
  var state = bench.cpu.state
  (state.general[1], state.general[2], state.general[6]) = (5, 0x5e0, 0x2000)
  bench.cpu.state = state
  #expect(bench.cpu.run() == .halt)
  #expect(bench.ports.map(\.value) == Array("hello".utf8).map(UInt64.init))
  #expect(bench.cpu.state.general[1] == 0)
}

@Test(.enabled(if: isKVMUsable)) func aStopInsideAnAccessLeavesTheInstructionDone() throws {
  let bench = try KVMBench([0xe6, 0x80, 0x40, hlt])  // out 0x80,al; inc eax; hlt
  bench.onAccess = { [unowned bench] in bench.cpu.setHorizon(bench.cpu.instructionsRetired) }
  #expect(bench.cpu.run() == .horizon)
  #expect(bench.cpu.instructionPointer == KVMBench.code + 2)
  bench.cpu.setHorizon(.max)
  #expect(bench.cpu.run() == .halt)
  #expect(bench.cpu.state.general[0] == 1)
}

@Test(.enabled(if: isKVMUsable)) func anEndlessLoopStopsAtItsHorizon() throws {
  let bench = try KVMBench([0xeb, 0xfe])
  bench.cpu.setHorizon(200_000)
  #expect(bench.cpu.run() == .horizon)
  #expect(bench.cpu.instructionsRetired >= 200_000)
}

@Test(.enabled(if: isKVMUsable)) func aSilentGuestLosesTheTimeToAFarHorizon() throws {
  let bench = try KVMBench([0xeb, 0xfe])
  bench.cpu.silence.inside = KVMEngine.Silence.insideMax
  bench.cpu.setHorizon(1 << 60)
  #expect(bench.cpu.run() == .horizon)
  #expect(bench.cpu.instructionsRetired >= 1 << 60)
}

@Test(.enabled(if: isKVMUsable)) func anInterruptIsTakenOnceTheWindowOpens() throws {
  let bench = try KVMBench([0x90, 0xfb, 0x90, 0x90, 0xeb, 0xfe])  // nop; sti; nop; nop; jmp $
  bench.setHandler(0x40, [0xb8, 7, 0, 0, 0, hlt], at: 0x3000)  // mov eax,7; hlt
  #expect(!bench.cpu.canTakeInterrupt)
  bench.cpu.requestInterruptWindow()
  #expect(bench.cpu.run() == .horizon)
  #expect(bench.cpu.canTakeInterrupt)
  bench.cpu.inject(interrupt: 0x40)
  #expect(bench.cpu.run() == .halt)
  #expect(bench.cpu.state.general[0] == 7)
  #expect(bench.events.map(\.kind) == [.interrupt])
}

@Test(.enabled(if: isKVMUsable)) func breakpointsStopBeforeTheirInstruction() throws {
  let bench = try KVMBench([0x40, 0x40, 0x40, 0x40, 0x40, 0x40, hlt])  // inc eax, six times
  for offset: UInt64 in [1, 2, 4, 5] {
    bench.cpu.addBreakpoint(KVMBench.code + offset)
    #expect(bench.cpu.run() == .breakpoint)
    #expect(bench.cpu.instructionPointer == KVMBench.code + offset)
    #expect(bench.cpu.state.general[0] == offset)
  }
  bench.cpu.addBreakpoint(0)
  guard case .defect = bench.cpu.run() else { throw Unexpected.run }
  for offset: UInt64 in [1, 2, 4, 5] { bench.cpu.removeBreakpoint(KVMBench.code + offset) }
  #expect(bench.cpu.run() == .halt)
  #expect(bench.cpu.state.general[0] == 6)
}

@Test(.enabled(if: isKVMUsable)) func stepsAreSingleInstructions() throws {
  let bench = try KVMBench([0x40, 0xe6, 0x80, 0x40, hlt])
  for address in [1, 3, 4] as [UInt64] {
    #expect(bench.cpu.step() == .horizon)
    #expect(bench.cpu.instructionPointer == KVMBench.code + address)
  }
  #expect(bench.ports.count == 1)
}

@Test(.enabled(if: isKVMUsable)) func aFaultWithoutHandlersIsAShutdown() throws {
  let bench = try KVMBench([0x0f, 0x0b])  // ud2
  #expect(bench.cpu.run() == .shutdown)
}

@Test(.enabled(if: isKVMUsable)) func registersSurviveBeingSet() throws {
  let bench = try KVMBench([hlt])
  var state = bench.cpu.state
  state.general = (0..<16).map { 0x1111_1111 &* $0 }
  state.rflags = 0xed7
  state.cr2 = 0x1234_5678
  state.debug[0] = 0x1000
  state.modelSpecific[1] = 0xffff_8000_0000_1000
  bench.cpu.state = state
  let read = bench.cpu.state
  #expect(read.general == state.general)
  #expect(read.rflags == state.rflags)
  #expect(read.segments == state.segments)
  #expect(read.cr2 == state.cr2)
  #expect(read.debug[0] == state.debug[0])
  #expect(read.modelSpecific[1] == state.modelSpecific[1])
}

@Test(.enabled(if: isKVMUsable)) func theDigestSeesWhatTheGuestWrote() throws {
  let bench = try KVMBench([0xa3, 0, 0x50, 0, 0, hlt, 0xa3, 0, 0x60, 0, 0, hlt])  // mov [0x5000],eax … [0x6000]
  let reference = try GuestMemory(size: bench.memory.size)
  _ = reference.write([0xa3, 0, 0x50, 0, 0, hlt, 0xa3, 0, 0x60, 0, 0, hlt], at: KVMBench.code)
  var state = bench.cpu.state
  state.general[0] = 9
  bench.cpu.state = state
  for address in [0x5000, 0x6000] as [UInt64] {
    #expect(bench.cpu.run() == .halt)
    _ = reference.write32(9, at: address)
    #expect(bench.memory.digest() == reference.digest())
  }
}

@Test(arguments: [ENOENT, EACCES, EPERM, EBUSY, ENODEV, ENXIO, EIO]) func aMissingKVMIsExplainedInOneLine(error: Int32)
{
  let text = KVMHost.unavailable(errno: error).description
  #expect(text.contains("/dev/kvm") || text.contains("processor"))
  #expect(text.contains("; "))
  #expect(!text.contains("\n"))
}

@Test func timeIsSlowedOnlyForSlowProcessors() {
  for (speed, cycles) in [(1_000_000, 1_000_000), (100_000, 1_000_000), (10_000, 100_000), (0, 0)] as [(UInt64, UInt64)]
  {
    var clock = GuestClock(clockHz: 1_000_000_000, instructionsPerMillisecond: speed)
    clock.advance(nanoseconds: 1_000_000)
    #expect(clock.cycles <= cycles && clock.cycles + 2 >= cycles)
    let needed = clock.nanoseconds(forCycles: 1_000)
    clock.advance(nanoseconds: needed)
    #expect(clock.cycles + 2 >= cycles + 1_000)
  }
}
