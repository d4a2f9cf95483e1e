import SimCPU
import SimEvents
import SimMemory
import Testing

/// Code that changes under the CPU, and code that may not be fetched.
@Suite struct CodeChangeTests {
  private typealias Place = CPUBench.Place

  /// A function at `at` that returns `value` in EAX.
  private static func returning(_ value: UInt32) -> Code { [0xb8] + Asm.bytes(value) + Asm.ret }
  private static func call(_ address: UInt64) -> Code { Asm.mov(.rbx, address) + [0xff, 0xd3] }
  private static let keep: Code = Asm.mov(.r8, .rax)

  @Test func aStoreIntoTheNextInstructionOfTheSameBlockCounts() throws {
    let bench = try CPUBench()
    // MOV byte [rip + 0], 0x42 changes the immediate of the MOV EAX that follows at once.
    bench.place([0xc6, 0x05] + Asm.bytes(UInt32(1)) + [0x42], [0xb8, 1, 0, 0, 0], Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.rax) == 0x42)
    #expect(bench.retired == 3)
  }

  @Test func aLoopThatRewritesItselfRunsWhatItWroteEachTime() throws {
    let bench = try CPUBench()
    // add byte [imm], 1; mov eax, imm; add r8, rax; dec rcx; jnz
    let body: Code =
      [0x80, 0x05] + Asm.bytes(UInt32(2)) + [0x01, 0x90, 0xb8, 0, 0, 0, 0, 0x49, 0x01, 0xc0] + Asm.decRCX
    bench.place(Asm.mov(.rcx, 50), body, Asm.jnz(-Int8(body.count + 2)), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r8) == (1...50).reduce(0, +))
    #expect(bench.retired == 1 + 50 * 6 + 1)
  }

  @Test func aStoreThroughAnotherAddressChangesTheCode() throws {
    let bench = try CPUBench()
    let frame: UInt64 = 0x80_0000
    let (code, alias) = (Place.test, Place.test + 0x7000)
    bench.map(code, frame | 1)
    bench.map(alias, frame | 3)
    bench.place(Self.returning(1), at: frame)
    bench.place(
      Self.call(code), Self.keep, Asm.mov(.rax, 7), Asm.storeByte(alias + 1), Self.call(code), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r8) == 1)
    #expect(bench.register(.rax) == 7)
  }

  @Test func aStoreToAPageThatBecomesCodeLaterIsSeenLater() throws {
    let bench = try CPUBench()
    let page: UInt64 = 0x80_0000
    bench.place(Self.returning(1), at: page)
    // Stored to before it holds code, executed, stored to again.
    bench.place(
      Asm.mov(.rax, 2), Asm.storeByte(page + 1), Self.call(page), Self.keep, Asm.mov(.rax, 3),
      Asm.storeByte(page + 1), Self.call(page), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r8) == 2)
    #expect(bench.register(.rax) == 3)
  }

  @Test func remappedCodeIsTheNewFramesCode() throws {
    let bench = try CPUBench()
    let (frameA, frameB): (UInt64, UInt64) = (0x80_0000, 0x90_0000)
    bench.place(Self.returning(1), at: frameA)
    bench.place(Self.returning(2), at: frameB)
    bench.map(Place.test, frameA | 1)
    bench.place(
      Self.call(Place.test), Self.keep, Asm.mov(.rax, frameB | 1), Asm.store(bench.entryAddress(Place.test), .rax),
      Asm.invlpg(Place.test), Self.call(Place.test), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r8) == 1)
    #expect(bench.register(.rax) == 2)
  }

  @Test func dmaIntoCodeBetweenRunsIsExecuted() throws {
    let bench = try CPUBench()
    bench.place(Self.returning(1), at: 0x80_0000)
    bench.place(Self.call(0x80_0000), Asm.hlt, Asm.jmp(-15))
    #expect(bench.run() == .halt)
    #expect(bench.register(.rax) == 1)
    #expect(bench.memory.write(Self.returning(5), at: 0x80_0000))
    #expect(bench.run() == .halt)
    #expect(bench.register(.rax) == 5)
  }

  @Test(arguments: [false, true])
  func dmaIntoCodeDuringADeviceAccessIsExecuted(samePage: Bool) throws {
    let bench = try CPUBench()
    let target = samePage ? Place.code + 0x800 : 0x80_0000
    bench.place(Self.returning(1), at: target)
    bench.onAccess = { [unowned bench] in _ = bench.memory.write(Self.returning(9), at: target) }
    bench.place(Self.call(target), Self.keep, [0xe6, 0x10], Self.call(target), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.r8) == 1)
    #expect(bench.register(.rax) == 9)
    #expect(bench.retired == 2 + 2 + 1 + 1 + 2 + 2 + 1)
  }

  @Test func dmaIntoTheCurrentBlockDuringAStoreToADeviceIsExecuted() throws {
    let bench = try CPUBench()
    bench.map(Place.test, 0xfee0_0000 | 3)
    let changed = bench.place(Asm.nop, Asm.storeByte(Place.test))
    bench.place([0xb8, 1, 0, 0, 0], Asm.hlt, at: changed)
    bench.onAccess = { [unowned bench] in _ = bench.memory.write8(0x33, at: changed + 1) }
    #expect(bench.run() == .halt)
    #expect(bench.register(.rax) == 0x33)
    #expect(bench.retired == 4)
  }

  @Test func codeOnAPageWithXDIsNotFetched() throws {
    let bench = try CPUBench()
    bench.map(Place.test, 0x80_0000 | 1 | 1 << 63)
    bench.handle(14, Asm.hlt)
    bench.place(Asm.mov(.rax, Place.test), Asm.jmp(.rax))
    #expect(bench.run() == .halt)
    #expect(
      bench.exceptions == [
        .init(vector: 14, errorCode: 0x11, instructionPointer: Place.test, address: Place.test, retired: 2)
      ])
  }

  @Test(arguments: 1..<10 as Range<UInt64>)
  func aFetchThatFaultsInTheSecondPageNamesBothAddresses(inside: UInt64) throws {
    let bench = try CPUBench()
    let end = Place.test + 0x1000
    bench.map(Place.test, 0x80_0000 | 3)
    bench.handle(14, Asm.hlt)
    let start = end - inside
    bench.place(Asm.mov(.rcx, 1), at: 0x80_1000 - inside)  // ten bytes; the frame behind is mapped elsewhere
    bench.place([0x90], at: 0x80_1000 - inside - 1)
    bench.place(Asm.mov(.rax, start - 1), Asm.jmp(.rax))
    #expect(bench.run() == .halt)
    #expect(
      bench.exceptions == [
        .init(vector: 14, errorCode: 0x10, instructionPointer: start, address: end, retired: 3)
      ])
    // Mapped, the same instruction runs.
    bench.map(end, 0x90_0000 | 1)
    bench.place([UInt8](Asm.mov(.rcx, 1)[Int(inside)...]), Asm.hlt, at: 0x90_0000)
    bench.enter(start - 1)
    #expect(bench.run() == .halt)
    #expect(bench.register(.rcx) == 1)
  }

  @Test func fallingOffTheEndOfCodeFaultsAtTheNextPage() throws {
    let bench = try CPUBench()
    bench.map(Place.test, 0x80_0000 | 3)
    bench.place([0x90, 0x90], at: 0x80_0ffe)
    bench.handle(14, Asm.hlt)
    bench.enter(Place.test + 0xffe)
    #expect(bench.run() == .halt)
    let next = Place.test + 0x1000
    #expect(
      bench.exceptions == [.init(vector: 14, errorCode: 0x10, instructionPointer: next, address: next, retired: 2)])
  }
}
