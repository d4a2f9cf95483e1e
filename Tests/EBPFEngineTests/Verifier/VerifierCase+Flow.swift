extension VerifierCase {
  static let flow: [VerifierCase] = [
    .init("code after exit", "mov %r0, 0\nexit\nmov %r0, 1\nexit", refusedAt: 2, "unreachable insn"),
    .init("jump over code", "mov %r0, 0\nja +1\nmov %r0, 1\nexit", refusedAt: 2, "unreachable insn"),
    .init("endless loop", "mov %r0, 0\nja -1\nexit", refusedAt: 2, "unreachable"),
    .init(
      "endless loop with a way out that is never taken", "mov %r0, 0\njeq %r0, 0, -1\nexit", refusedAt: 1,
      "infinite loop"),
    .init("loop until a helper says so", "call 3\njeq %r0, 0, -2\nexit", refusedAt: 0, "infinite loop detected"),
    .init(
      "loop whose counter does not count", "mov %r0, 0\nl: add %r0, 0\njne %r0, 5, l\nexit", refusedAt: 1,
      "infinite loop"),
    .init("loop with a constant bound", "mov %r0, 0\nl: add %r0, 1\njne %r0, 1000, l\nexit"),
    .init(
      "loop that is too long", "mov %r0, 0\nl: add %r0, 1\njne %r0, 10000000, l\nexit", refusedAt: 2,
      "Processed 20000 insns"),
    .init("long loop", "mov %r0, 0\nl: add %r0, 1\njne %r0, 8000000, l\nexit"),
    .init("loop that misses its end", "mov %r0, 0\nl: add %r0, 2\njne %r0, 1001, l\nexit", refusedAt: 2, "too large"),
    .init(
      "loop bounded by an input",
      """
      and %r2, 63
      mov %r0, 0
      l: jge %r0, %r2, done
      add %r0, 1
      ja l
      done: exit
      """),
    .init(
      "loop bounded by nothing",
      """
      mov %r0, 0
      l: jge %r0, %r2, done
      add %r0, 1
      ja l
      done: exit
      """, refusedAt: 2, "too large"),
    .init(
      "loop that shifts its input away",
      """
      mov %r0, 0
      l: rsh %r2, 1
      add %r0, 1
      jne %r2, 0, l
      exit
      """),
    .init(
      "loop that fills memory",
      """
      mov %r4, 0
      l: mov %r5, %r3
      add %r5, %r4
      stb [%r5], 1
      add %r4, 1
      jlt %r4, 64, l
      mov %r0, 0
      exit
      """),
    .init(
      "loop that fills one byte too many",
      """
      mov %r4, 0
      l: mov %r5, %r3
      add %r5, %r4
      stb [%r5], 1
      add %r4, 1
      jle %r4, 64, l
      mov %r0, 0
      exit
      """, refusedAt: 3, "off=64 size=1"),
    .init(
      "loop that counts in memory",
      """
      l: ldxdw %r4, [%r3]
      add %r4, 1
      stxdw [%r3], %r4
      jlt %r4, 10, l
      mov %r0, 0
      exit
      """, refusedAt: 0, "infinite loop"),
    .init(
      "loop that counts on the stack",
      """
      stdw [%r10-8], 0
      l: ldxdw %r4, [%r10-8]
      add %r4, 1
      stxdw [%r10-8], %r4
      jlt %r4, 10, l
      mov %r0, 0
      exit
      """),
    .init("a branch that is never taken", "mov %r0, 1\njeq %r0, 1, l\nldxdw %r0, [%r9]\nl: exit"),
    .init(
      "one bad way of two", "mov %r0, 0\njne %r2, 7, l\nldxdw %r0, [%r2]\nl: exit", refusedAt: 2,
      "invalid mem access 'scalar'"),
    .init(
      "types that differ where ways meet",
      """
      mov %r4, %r3
      jeq %r2, 0, l
      mov %r4, 0
      l: ldxb %r0, [%r4]
      exit
      """, refusedAt: 3, "R4 invalid mem access 'scalar'"),
    .init(
      "sizes that differ where ways meet",
      """
      mov %r4, 56
      jeq %r2, 0, l
      mov %r4, 57
      l: add %r3, %r4
      ldxb %r0, [%r3+7]
      exit
      """, refusedAt: 4, "off=64 size=1"),
    .init(
      "comparison within one object",
      """
      mov %r4, %r3
      add %r4, 8
      mov %r0, 0
      jgt %r4, %r3, l
      mov %r0, 1
      l: exit
      """),
    .init(
      "order of a pointer that may have wrapped",
      """
      mov %r4, %r3
      add %r4, -2147483648
      mov %r0, 0
      jgt %r4, %r3, l
      mov %r0, 1
      l: exit
      """, refusedAt: 3, "R4 pointer comparison prohibited"),
    .init("equality far outside", "add %r3, -2147483648\nmov %r4, %r3\nmov %r0, 0\njne %r4, %r3, l\nl: exit"),
    .init(
      "comparison of two objects", "mov %r0, 0\njgt %r1, %r3, l\nl: exit", refusedAt: 1,
      "R1 pointer comparison prohibited"),
    .init("comparison with a number", "mov %r0, 0\njgt %r1, 4096, l\nl: exit", refusedAt: 1, "R1 pointer comparison"),
    .init(
      "32-bit comparison of a pointer", "mov %r0, 0\njeq32 %r1, 0, l\nl: exit", refusedAt: 1, "R1 pointer comparison"),
    .init("test of a pointer that is never null", "mov %r0, 0\njne %r1, 0, l\nldxb %r0, [%r9]\nl: exit"),
    .init(
      "test of one bit",
      """
      mov %r0, 0
      jset %r2, 64, out
      and %r2, 127
      add %r3, %r2
      ldxb %r0, [%r3]
      out: exit
      """),
  ]
}
