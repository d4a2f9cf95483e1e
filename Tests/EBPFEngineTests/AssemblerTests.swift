import EBPFEngine
import TestSupport
import Testing

private func assemble(_ source: String) throws -> [EncodedSlot] {
  try Assembler.assemble(Array(source.utf8)).slots
}

private func error(_ source: String) -> String? {
  do throws(AssemblyError) {
    _ = try Assembler.assemble(Array(source.utf8))
    return nil
  } catch { return error.description }
}

@Suite struct AssemblerTests {
  @Test(
    arguments: [
      ("add32 %r1, %r2", 0x0c, 1, 2, 0, 0), ("mov r3 -7", 0xb7, 3, 0, 0, -7), ("sdiv %r1, 3", 0x37, 1, 0, 1, 3),
      ("movsx1664 %r1, %r2", 0xbf, 1, 2, 16, 0), ("be32 %r4", 0xdc, 4, 0, 0, 32), ("swap16 %r4", 0xd7, 4, 0, 0, 16),
      ("ldxsw %r1, [%r2-4]", 0x81, 1, 2, -4, 0), ("stb [%r1+0x10], 0xff", 0x72, 1, 0, 16, 255),
      ("stxdw [%r10-8], %r1", 0x7b, 10, 1, -8, 0), ("lock fetch_add32 [%r1], %r2", 0xc3, 1, 2, 0, 1),
      ("lock fetch add [%r1], %r2", 0xdb, 1, 2, 0, 1), ("lock cmpxchg [%r1+8], %r2", 0xdb, 1, 2, 8, 0xf1),
      ("jslt32 %r1, -1, +0", 0xc6, 1, 0, 0, -1), ("call %r7", 0x8d, 7, 0, 0, 0), ("call helper 7", 0x85, 0, 0, 0, 7),
      ("neg32 %r1  # comment", 0x84, 1, 0, 0, 0), ("mov32 %r1, 0xffffffff ; x", 0xb4, 1, 0, 0, -1),
    ] as [(String, UInt8, UInt8, UInt8, Int16, Int32)])
  func oneLineIsOneSlot(source: String, op: UInt8, d: UInt8, s: UInt8, offset: Int16, immediate: Int32) throws {
    let expected = EncodedSlot(opcode: op, destination: d, source: s, offset: offset, immediate: immediate)
    #expect(try assemble(source + "\nexit") == [expected, EncodedSlot(opcode: 0x95)])
  }

  @Test func labelsAreSlotsAndExitIsOneByDefault() throws {
    let slots = try assemble("a: b:\n  lddw %r0, 1\n ja b\n jeq %r0, 0, exit\n mov %r0, 1\nexit\n")
    #expect(slots[2] == EncodedSlot(opcode: 0x05, offset: -3))
    #expect(slots[3] == EncodedSlot(opcode: 0x15, offset: 1))
    #expect(try assemble("ja exit\nexit: mov %r0, 1\nexit")[0].offset == 0)
  }

  @Test(arguments: [
    ("mov %r11, 1\nexit", "1:5: expected a register %r0 to %r10"),
    ("mov %r1, 1\n  frobnicate %r1\nexit", "2:3: unknown instruction 'frobnicate'"),
    ("mov %r1, x\nexit", "1:10: expected a register or a number"),
    ("mov %r1, 4294967296\nexit", "1:10: number does not fit into its field"),
    ("ldxw %r1, %r2\nexit", "1:11: expected a memory operand such as [%r1+8]"),
    ("ldxw %r1, [%r2+40000]\nexit", "1:15: offset does not fit into 16 bits"),
    ("mov %r1, 1 2\nexit", "1:12: unexpected text after the instruction"),
    ("ja nowhere\nexit", "1:1: unknown label 'nowhere'"), ("a:\na: exit", "2:1: second definition of the label 'a'"),
    ("ja +5\nexit", "1:1: jump or call out of the program"),
    ("mov %r10, 1\nexit", "1:1: frame pointer r10 is read-only"),
    ("mov %r1, 1", "1:1: execution runs past the last instruction"), ("", "1:1: the program is empty"),
    ("exit\nlddw %r1, 0x1ffffffffffffffff", "2:11: number does not fit into its field"),
    ("lock nand [%r1], %r2\nexit", "1:6: unknown instruction 'nand'"),
    ("ja\nexit", "1:3: expected a label or a distance such as +2"),
  ])
  func errorsNameLineAndColumn(source: String, expected: String) {
    #expect(error(source) == expected)
  }

  @Test func farTargetsAreRefusedOrLong() throws {
    let padding = String(repeating: "mov %r0, 1\n", count: 40_000)
    #expect(error("ja end\n\(padding)end: exit") == "1:1: target is too far away")
    #expect(try assemble("ja32 end\n\(padding)end: exit")[0] == EncodedSlot(opcode: 0x06, immediate: 40_000))
  }

  @Test func wideImmediatesOfEveryKindRoundTrip() throws {
    let source = """
      lddw %r1, 0xffffffffffffffff
      lddw %r1, map_fd 3
      lddw %r2, map_fd_value 3, 8
      lddw %r3, var -1
      lddw %r4, code +1
      lddw %r5, map_index 1
      lddw %r6, map_index_value 1, -4
      exit

      """
    let program = try Assembler.assemble(Array(source.utf8))
    #expect(String(decoding: Disassembler.disassemble(program), as: UTF8.self) == source)
  }

  @Test func randomTextNeverTraps() {
    let seed: UInt64 = 99
    var generator = SeededGenerator(seed: seed)
    let words = [
      "mov", "%r1", ",", " ", "\n", "[", "]", "+", "-", "0x", "9999999999999999999999", "lock", "lddw", "exit", ":",
      "a",
      "jeq", "32", "ldxw", "call", "local", "\u{0}", "é", "#", "r10", "fetch", "movsx",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...20, using: &generator)).map { _ in words.randomElement(using: &generator)! }
      _ = error(text.joined())
    }
    print("random assembly: seed \(seed), 20000 texts")
  }
}
