import SimPlatform
import Testing

private final class Board {
  var chip = IOAPIC()
  var apic = enabledAPIC()

  func set(_ register: UInt64, _ value: UInt64) {
    chip.write(0, register, size: 4)
    chip.write(0x10, value, size: 4)
    _ = chip.deliver(to: &apic.device)
  }

  func get(_ register: UInt64) -> UInt64 {
    chip.write(0, register, size: 4)
    return chip.read(0x10, size: 4)
  }

  func input(_ input: Int, _ asserted: Bool) {
    chip.setInput(input, asserted: asserted)
    _ = chip.deliver(to: &apic.device)
  }

  /// The processor takes the pending vector and ends it.
  func handle() -> UInt8? {
    guard apic.pendingVector != nil else { return nil }
    let vector = apic.acknowledge()
    if case .endOfInterrupt(let ended) = apic.write(0xb0, 0) {
      chip.endOfInterrupt(vector: ended)
      _ = chip.deliver(to: &apic.device)
    }
    return vector
  }
}

@Suite struct IOAPICTests {
  @Test func identifiesItself() {
    let board = Board()
    #expect(board.get(1) == 0x17_0020 && board.get(0) == 0)
    board.set(0, 0xffff_ffff)
    #expect(board.get(0) == 0x0f00_0000 && board.get(2) == 0x0f00_0000)
    #expect(board.get(0x3f) == 0 && board.get(0x40) == 0 && board.get(0xff) == 0 && board.get(3) == 0)
  }

  @Test func everyInputIsMaskedAtFirst() {
    let board = Board()
    for input in 0..<UInt64(24) { #expect(board.get(0x10 + 2 * input) == 0x1_0000 && board.get(0x11 + 2 * input) == 0) }
    for input in 0..<24 { board.input(input, true) }
    #expect(board.apic.pendingVector == nil && !board.chip.hasPending)
  }

  @Test func softwareCannotWriteStatusBits() {
    let board = Board()
    board.set(0x10, 0xffff_ffff)
    board.set(0x11, 0xffff_ffff)
    #expect(board.get(0x10) == 0x1_afff && board.get(0x11) == 0xff00_0000)
  }

  @Test func aLevelInterruptIsSentOnceUntilItsEnd() throws {
    let board = Board()
    board.set(0x10 + 2 * 3, 0x8040)
    board.input(3, true)
    try #require(board.apic.pendingVector != nil)
    #expect(board.apic.acknowledge() == 0x40)
    // Another input has the chip look at all of them again.
    board.input(4, true)
    #expect(!board.chip.hasPending && board.apic.pendingVector == nil)
    board.input(3, false)
    guard case .endOfInterrupt(let ended) = board.apic.write(0xb0, 0) else { return #expect(Bool(false), "no end") }
    board.chip.endOfInterrupt(vector: ended)
    _ = board.chip.deliver(to: &board.apic.device)
    #expect(board.apic.pendingVector == nil, "the line fell before the end")
  }

  @Test func anEdgeInterruptsOnce() {
    let board = Board()
    board.set(0x10 + 2 * 5, 0x45)
    board.input(5, true)
    board.input(5, true)
    #expect(board.handle() == 0x45 && board.handle() == nil)
    board.input(5, false)
    board.input(5, true)
    #expect(board.handle() == 0x45)
  }

  @Test func aLevelInterruptsUntilItFalls() {
    let board = Board()
    board.set(0x10 + 2 * 7, 0x8047)
    board.input(7, true)
    #expect(board.get(0x10 + 2 * 7) == 0xc047, "remote IRR")
    #expect(board.handle() == 0x47 && board.handle() == 0x47)
    board.input(7, false)
    #expect(board.handle() == 0x47, "the last one was on its way already")
    #expect(board.handle() == nil && board.get(0x10 + 2 * 7) == 0x8047)
  }

  @Test func aLevelThatIsMaskedWaitsAndAnEdgeIsLost() {
    let board = Board()
    board.set(0x10, 0x1_8040)
    board.set(0x12, 0x1_0041)
    board.input(0, true)
    board.input(1, true)
    board.set(0x10, 0x8040)
    board.set(0x12, 0x0041)
    #expect(board.handle() == 0x40)
    board.input(0, false)
    _ = board.handle()
    #expect(board.handle() == nil)
  }

  @Test func switchingToEdgeClearsAStuckRemoteIRR() {
    let board = Board()
    board.set(0x10, 0x8040)
    board.input(0, true)
    board.set(0x10, 0x1_0040)
    board.set(0x10, 0x8040)
    #expect(board.get(0x10) == 0xc040, "it is still asserted, so it requested again")
  }

  @Test func theEndRegisterEndsOneVector() {
    let board = Board()
    board.set(0x10, 0x8040)
    board.input(0, true)
    board.input(0, false)
    board.chip.write(0x40, 0x41, size: 4)
    #expect(board.get(0x10) == 0xc040)
    board.chip.write(0x40, 0x40, size: 4)
    #expect(board.get(0x10) == 0x8040)
  }

  @Test func destinationsSelectTheProcessor() {
    let board = Board()
    board.set(0x11, 1 << 24)
    board.set(0x10, 0x40)
    board.input(0, true)
    #expect(board.apic.pendingVector == nil)
    board.set(0x11, 0xff << 24)
    board.input(0, false)
    board.input(0, true)
    #expect(board.apic.pendingVector == 0x40)
  }

  @Test func aDisabledAPICDoesNotBlockTheLine() {
    let board = Board()
    board.apic = Bench(LocalAPIC())
    board.set(0x10, 0x8040)
    board.input(0, true)
    #expect(board.get(0x10) == 0x8040 && board.chip.hasPending)
    _ = board.apic.write(0xf0, 0x1ff)
    _ = board.chip.deliver(to: &board.apic.device)
    #expect(board.handle() == 0x40)
  }

  @Test func theSelectorTakesEverySize() {
    let board = Board()
    for (size, register) in [(1, 0x10), (2, 0x11), (4, 0x12)] as [(Int, UInt64)] {
      board.chip.write(0, register, size: size)
      for reading in [1, 2, 4] { #expect(board.chip.read(0, size: reading) == register) }
    }
    board.chip.write(1, 0x20, size: 1)
    #expect(board.chip.read(0, size: 4) == 0x12, "its other bytes hold nothing")
  }

  @Test func inputsAndRegistersThatDoNotExistAreIgnored() {
    let board = Board()
    for input in [-1, 24, 64, Int.max, Int.min] { board.input(input, true) }
    for register in [0x3, 0xf, 0x40, 0xff] as [UInt64] { board.set(register, .max) }
    board.chip.write(0x10, 5, size: 1)
    board.chip.write(.max, 5, size: 4)
    #expect(board.chip.read(0x11, size: 4) == 0 && board.chip.read(0x10, size: 2) == 0)
    #expect(board.chip.state.entries == IOAPIC().state.entries && !board.chip.hasPending)
  }
}
