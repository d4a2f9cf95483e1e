import SimCPU
import SimEvents
import SimMemory
import Testing

/// Events name the instruction that caused them, however the code before it was translated.
@Suite struct InstructionPointerTests {
  private typealias Place = CPUBench.Place

  /// A loop that jumps, so that its blocks are chained from the second turn on: a PKRU write and a CR3 write in each.
  private static func loop() throws -> (bench: CPUBench, wrpkru: UInt64, movCR3: UInt64) {
    let bench = try CPUBench()
    let head = Asm.setPKRU(0)
    let middle = Asm.jmp(2) + Asm.nop + Asm.nop + Asm.fromControl(.rbx, 3)
    let write = Asm.toControl(3, .rbx)
    let count: Code = [0x48, 0xff, 0xcd]  // dec rbp
    let turn = head + middle + write + count
    bench.place(Asm.mov(.rbp, 20))
    let start = Place.code + UInt64(Asm.mov(.rbp, 20).count)
    bench.place(turn, Asm.jnz(-Int8(turn.count + 2)), Asm.hlt, at: start)
    let wrpkru = start + UInt64(head.count - Asm.wrpkru.count)
    return (bench, wrpkru, start + UInt64(head.count + middle.count))
  }

  @Test func writesOfPKRUAndControlRegistersAreWhereTheyAre() throws {
    let (bench, wrpkru, movCR3) = try Self.loop()
    #expect(bench.run() == .halt)
    var seen = 0
    for event in bench.events {
      switch event.payload {
      case .pkruWrite(_, _, let pointer):
        #expect(pointer == wrpkru)
        seen += 1
      case .controlRegisterWrite(_, _, _, let pointer):
        #expect(pointer == movCR3)
        seen += 1
      default: break
      }
    }
    #expect(seen == 40)
  }

  @Test func stopsAlongTheWayChangeNoEvent() throws {
    let (whole, _, _) = try Self.loop()
    let (stopped, _, _) = try Self.loop()
    #expect(whole.run() == .halt)
    while stopped.run(3) != .halt {}
    #expect(stopped.events.map(\.payload) == whole.events.map(\.payload))
    #expect(stopped.events.map(\.retired) == whole.events.map(\.retired))
  }
}
