extension VerifierCase {
  static let all = arithmetic + memory + flow + calls + packets + precision + holes

  /// Two ways meet with different numbers in r6. The harmless one is explored first; what was proved for it holds for
  /// the other only where nothing relied on r6.
  private static func meeting(_ harmless: Int, _ other: Int, _ end: String) -> String {
    "mov %r6, \(other)\nldxb %r5, [%r1]\njset %r5, 1, l\nmov %r6, \(harmless)\nl: \(end)\nmov %r0, 0\nexit\n"
  }

  static let precision: [VerifierCase] = [
    .init(
      "a number that only the other way makes a bad index", meeting(4, 100, "add %r3, %r6\nldxb %r0, [%r3]"),
      refusedAt: 5, "R3 invalid access to mem"),
    .init("both are good indices", meeting(4, 60, "add %r3, %r6\nldxb %r0, [%r3]")),
    .init(
      "it comes back from the stack",
      meeting(4, 100, "stxdw [%r10-8], %r6\nldxdw %r7, [%r10-8]\nadd %r3, %r7\nldxb %r0, [%r3]"),
      refusedAt: 7, "R3 invalid access to mem"),
    .init(
      "half of it comes back from the stack",
      meeting(4, 100, "stxdw [%r10-8], %r6\nldxw %r7, [%r10-8]\nadd %r3, %r7\nldxb %r0, [%r3]"),
      refusedAt: 7, "R3 invalid access to mem"),
    .init(
      "its zeros come back when the rest is overwritten",
      meeting(4, 0x6400, "stxdw [%r10-8], %r6\nstb [%r10-8], 1\nldxb %r7, [%r10-7]\nadd %r3, %r7\nldxb %r0, [%r3]"),
      refusedAt: 8, "R3 invalid access to mem"),
    .init(
      "its zeros end a text",
      meeting(0, 0x0101, "stdw [%r10-8], -1\nstxh [%r10-2], %r6\nmov %r1, %r10\nadd %r1, -8\ncall 4"),
      refusedAt: 8, "string is not zero-terminated"),
    .init(
      "a function uses it",
      """
      mov %r1, %r3
      mov %r6, 100
      jeq %r2, 0, l
      mov %r6, 4
      l: mov %r2, %r6
      call local f
      mov %r0, 0
      exit
      f: add %r1, %r2
      ldxb %r0, [%r1]
      exit
      """, refusedAt: 9, "R1 invalid access to mem"),
    .init(
      "a function returns it",
      """
      mov %r7, %r3
      mov %r1, 100
      jeq %r2, 0, l
      mov %r1, 4
      l: call local f
      add %r7, %r0
      ldxb %r0, [%r7]
      exit
      f: mov %r0, %r1
      exit
      """, refusedAt: 6, "R7 invalid access to mem"),
    .init(
      "it bounds another number",
      meeting(10, 1000, "jge %r2, %r6, o\nadd %r3, %r2\nldxb %r0, [%r3]\no: mov %r7, 0"), refusedAt: 6,
      "R3 invalid access to mem"),
    .init(
      "it decides which way is taken",
      meeting(1, 2, "jeq %r6, 1, o\nldxdw %r0, [%r2]\no: mov %r7, 0"), refusedAt: 5, "R2 invalid mem access 'scalar'"),
    .init(
      "it is the size of a buffer", meeting(8, 100, "mov %r1, %r3\nmov %r2, %r6\ncall 6"), refusedAt: 6, "R1 invalid"),
    .init(
      "it is a copy on one way only",
      """
      ldxdw %r6, [%r3]
      ldxdw %r4, [%r3]
      jset %r4, 1, l
      mov %r6, %r2
      l: jgt %r2, 63, o
      add %r3, %r6
      ldxb %r0, [%r3]
      o: mov %r0, 0
      exit
      """, refusedAt: 6, "R3 invalid access to mem"),
    .init(
      "it is the lower half on one way only",
      """
      ldxw %r6, [%r3+8]
      ldxdw %r4, [%r3]
      jset %r4, 1, m
      mov32 %r6, %r2
      m: jgt32 %r2, 63, o
      add %r3, %r6
      ldxb %r0, [%r3]
      o: mov %r0, 0
      exit
      """, refusedAt: 6, "R3 invalid access to mem"),

    .init(
      "it bounds another number by its lower half",
      meeting(10, 1000, "mov32 %r4, %r2\njge32 %r2, %r6, o\nadd %r3, %r4\nldxb %r0, [%r3]\no: mov %r7, 0"),
      refusedAt: 7, "R3 invalid access to mem"),
    .init(
      "a byte of the stack is zero on the first way only",
      """
      jeq %r2, 0, b
      stdw [%r10-8], 0
      stb [%r10-8], 1
      ja m
      b: stdw [%r10-8], 0x6400
      stb [%r10-8], 1
      m: ldxb %r7, [%r10-7]
      add %r3, %r7
      ldxb %r0, [%r3]
      exit
      """, refusedAt: 8, "R3 invalid access to mem"),
    .init(
      "what was proved for others is relied on by a way that ended there",
      """
      ldxb %r4, [%r3]
      ldxb %r5, [%r3+1]
      jset %r4, 1, x
      ldxb %r6, [%r3+2]
      and %r6, 63
      ja l
      x: mov %r6, 7
      jset %r5, 1, y
      ja m
      y: mov %r6, 100
      m: mov %r7, 0
      l: add %r3, %r6
      ldxb %r0, [%r3]
      exit
      """, refusedAt: 12, "R3 invalid access to mem"),

    .init("a number less itself is 0", "sub %r2, %r2\nadd %r3, %r2\nldxb %r0, [%r3+63]\nexit"),
    .init("a copy less the number is 0", "mov %r4, %r2\nsub %r4, %r2\nadd %r3, %r4\nldxb %r0, [%r3+63]\nexit"),
    .init("a number xor itself is 0", "xor32 %r2, %r2\nadd %r3, %r2\nldxb %r0, [%r3+63]\nexit"),
    .init(
      "two numbers of one place are not one",
      "ldxdw %r4, [%r3]\nldxdw %r5, [%r3]\nsub %r4, %r5\nadd %r3, %r4\nldxb %r0, [%r3]\nexit", refusedAt: 4,
      "R3 invalid access"),
    .init(
      "what is learnt of a number holds for its lower half",
      "mov32 %r4, %r2\njgt32 %r2, 63, o\nadd %r3, %r4\nldxb %r0, [%r3]\nexit\no: mov %r0, 0\nexit"),
    .init(
      "what is learnt of a number holds for its lower half in the stack",
      """
      stxw [%r10-4], %r2
      jgt32 %r2, 63, o
      ldxw %r4, [%r10-4]
      add %r3, %r4
      ldxb %r0, [%r3]
      exit
      o: mov %r0, 0
      exit
      """
    ),
    .init(
      "a number is not its lower half",
      "mov32 %r4, %r2\njgt32 %r4, 63, o\nadd %r3, %r2\nldxb %r0, [%r3]\nexit\no: mov %r0, 0\nexit", refusedAt: 3,
      "R3 invalid access"),
  ]
}
