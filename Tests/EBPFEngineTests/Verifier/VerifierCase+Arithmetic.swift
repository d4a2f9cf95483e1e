extension VerifierCase {
  static let arithmetic: [VerifierCase] = [
    .init("the smallest program", "mov %r0, 0\nexit"),
    .init("r0 is not set at exit", "exit", refusedAt: 0, "R0 !read_ok"),
    .init("a register that was never written", "mov %r0, %r6\nexit", refusedAt: 0, "R6 !read_ok"),
    .init("a number may be returned", "mov %r0, %r2\nexit"),
    .init("the context's address as result", "mov %r0, %r1\nexit", refusedAt: 1, "R0 leaks addr as return value"),
    .init("half of a pointer", "mov32 %r0, %r1\nexit", refusedAt: 0, "R1 partial copy of pointer"),
    .init("division by a zero immediate", "mov %r0, 1\ndiv %r0, 0\nexit", refusedAt: 1, "div by zero"),
    .init("signed remainder by a zero immediate", "mov %r0, 1\nsmod32 %r0, 0\nexit", refusedAt: 1, "div by zero"),
    .init("division by a register that may be zero", "mov %r0, 1\ndiv %r0, %r2\nexit"),
    .init("a shift by 64", "mov %r0, 1\nlsh %r0, 64\nexit", refusedAt: 1, "invalid shift 64"),
    .init("a shift by 31", "mov %r0, 1\nlsh32 %r0, 31\nexit"),
    .init("a 32-bit shift by 32", "mov %r0, 1\nlsh32 %r0, 32\nexit", refusedAt: 1, "invalid shift 32"),
    .init("a shift by a register", "mov %r0, 1\nlsh %r0, %r2\nexit"),
    .init("pointer times number", "mul %r1, 2\nmov %r0, 0\nexit", refusedAt: 0, "R1 this operation on ctx pointer"),
    .init("32-bit sum with a pointer", "add32 %r1, 2\nmov %r0, 0\nexit", refusedAt: 0, "R1 this operation on ctx"),
    .init("number minus pointer", "sub %r2, %r1\nmov %r0, 0\nexit", refusedAt: 0, "R1 this operation on ctx"),
    .init("sum of pointers", "add %r1, %r10\nmov %r0, 0\nexit", refusedAt: 0, "R1 this operation on ctx"),
    .init("negated pointer", "neg %r1\nmov %r0, 0\nexit", refusedAt: 0, "R1 this operation on ctx"),
    .init("swapped pointer", "be64 %r1\nmov %r0, 0\nexit", refusedAt: 0, "R1 this operation on ctx"),
    .init("distance within one object", "mov %r0, %r10\nsub %r0, 8\nsub %r0, %r10\nexit"),
    .init("distance between objects", "mov %r0, %r10\nsub %r0, %r1\nexit", refusedAt: 1, "this operation on fp"),
    .init(
      "all conversions of numbers",
      "mov %r0, %r2\nneg %r0\nmovsx864 %r0, %r0\nbe16 %r0\nbswap64 %r0\nmovsx1632 %r0, %r0\nexit"),
    .init(
      "masked index", "ldxb %r4, [%r1]\nand %r4, 63\nadd %r3, %r4\nldxb %r0, [%r3]\nexit", refusedAt: nil),
    .init(
      "mask one too wide", "ldxb %r4, [%r1]\nand %r4, 64\nadd %r3, %r4\nldxb %r0, [%r3]\nexit", refusedAt: 3,
      "invalid access to mem, size of the memory=64 off=0..64 size=1"),
    .init("index as remainder", "mod %r2, 64\nadd %r3, %r2\nldxb %r0, [%r3]\nexit"),
    .init(
      "signed remainder can be negative", "smod %r2, 8\nadd %r3, %r2\nldxb %r0, [%r3]\nexit", refusedAt: 2, "off=-7..7"),
    .init("shifted index", "rsh %r2, 58\nadd %r3, %r2\nldxb %r0, [%r3]\nexit"),
    .init("scaled index", "and %r2, 7\nlsh %r2, 3\nadd %r3, %r2\nldxdw %r0, [%r3]\nexit"),
    .init(
      "scaled index, misaligned", "and %r2, 7\nlsh %r2, 2\nadd %r3, %r2\nldxdw %r0, [%r3]\nexit", refusedAt: 3,
      "misaligned mem access"),
    .init("index bounded by a branch", "jgt %r2, 63, out\nadd %r3, %r2\nldxb %r0, [%r3]\nexit\nout: mov %r0, 0\nexit"),
    .init(
      "index bounded by a signed branch only",
      "jsgt %r2, 63, out\nadd %r3, %r2\nldxb %r0, [%r3]\nexit\nout: mov %r0, 0\nexit", refusedAt: 2, "invalid access"),
    .init(
      "index bounded on both sides",
      """
      jsgt %r2, 63, out
      jslt %r2, 0, out
      add %r3, %r2
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """),
    .init(
      "index bounded in 32 bits only",
      """
      jgt32 %r2, 63, out
      add %r3, %r2
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """, refusedAt: 2, "invalid access"),
    .init(
      "index bounded in 32 bits and cut",
      """
      jgt32 %r2, 63, out
      mov32 %r2, %r2
      add %r3, %r2
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """),
    .init(
      "the bound of a copy",
      """
      mov %r4, %r2
      jgt %r4, 63, out
      add %r3, %r2
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """),
    .init(
      "the bound of a copy that changed since",
      """
      mov %r4, %r2
      add %r2, 1
      jgt %r4, 63, out
      add %r3, %r2
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """, refusedAt: 4, "invalid access"),
    .init(
      "sum that wraps", "jgt %r2, 63, out\nsub %r2, 64\nadd %r3, %r2\nldxb %r0, [%r3]\nexit\nout: mov %r0, 0\nexit",
      refusedAt: 3, "off=-64..-1"),
  ]
}
