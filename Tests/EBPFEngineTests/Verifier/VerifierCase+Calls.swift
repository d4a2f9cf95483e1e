extension VerifierCase {
  /// Looks up key 0 of map 1; r0 is the value or null.
  private static let lookup = """
    stdw [%r10-8], 0
    lddw %r1, map_fd 1
    mov %r2, %r10
    add %r2, -8
    call 1

    """

  static let calls: [VerifierCase] = [
    .init("unknown helper", "call 99\nexit", refusedAt: 0, "invalid func unknown#99"),
    .init("helper by a known register", "mov %r4, 3\ncall %r4\nexit"),
    .init("helper by an unknown register", "call %r2\nexit", refusedAt: 0, "R2 helper number is not a known constant"),
    .init(
      "helper number of 64 bits", "lddw %r4, 0x100000003\ncall %r4\nexit", refusedAt: 2,
      "invalid func unknown#4294967299"),
    .init("argument that is not set", "mov %r1, 1\ncall 3\nmov %r2, 1\ncall 8\nexit", refusedAt: 3, "R1 !read_ok"),
    .init("r1 to r5 are gone after a call", "call 3\nmov %r0, %r2\nexit", refusedAt: 1, "R2 !read_ok"),
    .init("r6 to r9 stay", "mov %r6, %r1\ncall 3\nldxdw %r0, [%r6]\nexit"),
    .init("pointer where a number belongs", "mov %r2, 0\ncall 8\nexit", refusedAt: 1, "R1 type=ctx expected=scalar"),
    .init("the context itself", "call 7\nexit"),
    .init("moved context", "add %r1, 8\ncall 7\nexit", refusedAt: 1, "R1 has to lead to the start of the ctx"),

    .init("lookup, tested, read", lookup + "jeq %r0, 0, l\nldxdw %r0, [%r0+8]\nl: exit", refusedAt: nil),
    .init("lookup, tested the other way", lookup + "jne %r0, 0, l\nexit\nl: ldxdw %r0, [%r0]\nexit"),
    .init(
      "lookup, not tested", lookup + "ldxdw %r0, [%r0]\nexit", refusedAt: 6, "R0 invalid mem access 'map_value_or_null'"
    ),
    .init(
      "lookup, moved before the test", lookup + "add %r0, 8\nmov %r0, 0\nexit", refusedAt: 6, "null-check it first"),
    .init(
      "lookup, past the value", lookup + "jeq %r0, 0, l\nldxdw %r0, [%r0+16]\nl: exit", refusedAt: 7, "off=16 size=8"),
    .init("lookup, copy tested", lookup + "mov %r6, %r0\njeq %r6, 0, l\nldxdw %r0, [%r0]\nexit\nl: mov %r0, 0\nexit"),
    .init(
      "lookup, spilled copy tested",
      lookup + """
        stxdw [%r10-16], %r0
        jeq %r0, 0, l
        ldxdw %r1, [%r10-16]
        ldxdw %r0, [%r1]
        exit
        l: mov %r0, 0
        exit
        """),
    .init(
      "lookup, the wrong way read", lookup + "jne %r0, 0, l\nldxdw %r0, [%r0]\nexit\nl: mov %r0, 0\nexit", refusedAt: 7,
      "scalar"),
    .init(
      "lookup, other result tested",
      lookup + "mov %r6, %r0\n" + lookup + "jeq %r0, 0, l\nldxdw %r0, [%r6]\nexit\nl: mov %r0, 0\nexit", refusedAt: 14,
      "R6 invalid mem access"),
    .init("lookup, value returned", lookup + "exit", refusedAt: 6, "R0 leaks addr as return value"),
    .init(
      "lookup, address in the value", lookup + "jeq %r0, 0, l\nstxdw [%r0], %r10\nl: mov %r0, 0\nexit", refusedAt: 7,
      "R10 leaks addr into mem"),
    .init(
      "lookup, order of two values",
      lookup + "jeq %r0, 0, m\nmov %r6, %r0\n" + lookup + "jeq %r0, 0, m\njgt %r0, %r6, m\nm: mov %r0, 0\nexit",
      refusedAt: 15, "R0 pointer comparison prohibited"),
    .init(
      "lookup, distance of two values",
      lookup + "jeq %r0, 0, m\nmov %r6, %r0\n" + lookup + "jeq %r0, 0, m\nsub %r0, %r6\nm: mov %r0, 0\nexit",
      refusedAt: 15, "R0 this operation on map_value pointer prohibited"),
    .init(
      "lookup without a map", "mov %r1, 1\nmov %r2, %r10\ncall 1\nexit", refusedAt: 2, "R1 type=scalar expected=map_ptr"
    ),
    .init(
      "key that is not set",
      """
      lddw %r1, map_fd 1
      mov %r2, %r10
      add %r2, -8
      call 1
      mov %r0, 0
      exit
      """, refusedAt: 4, "uninitialised stack R2 off -8 size 8"),
    .init(
      "key that is half set",
      """
      stw [%r10-8], 0
      lddw %r1, map_fd 1
      mov %r2, %r10
      add %r2, -8
      call 1
      mov %r0, 0
      exit
      """, refusedAt: 5, "uninitialised stack"),
    .init(
      "address as key",
      """
      stxdw [%r10-8], %r1
      lddw %r1, map_fd 1
      mov %r2, %r10
      add %r2, -8
      call 1
      mov %r0, 0
      exit
      """, refusedAt: 5, "R2 leaks addr into mem"),
    .init("number as key", "lddw %r1, map_fd 1\ncall 1\nmov %r0, 0\nexit", refusedAt: 2, "R2 type=scalar expected=fp"),
    .init(
      "update from a region",
      """
      mov %r2, %r3
      add %r3, 48
      lddw %r1, map_fd 1
      mov %r4, 0
      call 2
      exit
      """),
    .init(
      "update from beyond a region",
      """
      mov %r2, %r3
      add %r3, 49
      lddw %r1, map_fd 1
      mov %r4, 0
      call 2
      exit
      """, refusedAt: 5, "R3 invalid access to mem"),

    .init("string on the stack", "stdw [%r10-8], 0x6968\nmov %r1, %r10\nadd %r1, -8\ncall 4\nexit"),
    .init(
      "string without an end", "stdw [%r10-8], -1\nmov %r1, %r10\nadd %r1, -8\ncall 4\nexit", refusedAt: 3,
      "R1 string is not zero-terminated"),
    .init(
      "string with a hole", "stb [%r10-8], 1\nstb [%r10-6], 0\nmov %r1, %r10\nadd %r1, -8\ncall 4\nexit", refusedAt: 4,
      "uninitialised stack R1 off -7"),
    .init(
      "string from an input", "stxdw [%r10-8], %r2\nmov %r1, %r10\nadd %r1, -8\ncall 4\nexit", refusedAt: 3,
      "not zero-terminated"),
    .init("string constant", "lddw %r1, map_fd_value 3, 0\ncall 4\nexit"),
    .init(
      "string constant after its zero", "lddw %r1, map_fd_value 3, 3\ncall 4\nexit", refusedAt: 2, "not zero-terminated"
    ),
    .init("string that may change", "lddw %r1, map_fd_value 2, 0\ncall 4\nexit", refusedAt: 2, "not zero-terminated"),
    .init("string in the context", "add %r1, 137\ncall 4\nexit"),
    .init("string somewhere in the context", "mov %r4, %r2\nand %r4, 7\nadd %r1, %r4\nadd %r1, 136\ncall 4\nexit"),
    .init("string in a buffer of the context", "add %r1, 16\ncall 4\nexit", refusedAt: 1, "not zero-terminated"),
    .init(
      "string perhaps behind the context", "mov %r4, %r2\nand %r4, 15\nadd %r1, %r4\nadd %r1, 136\ncall 4\nexit",
      refusedAt: 4, "invalid bpf_context access"),
    .init("string at a number", "mov %r1, 99\ncall 4\nexit", refusedAt: 1, "R1 type=scalar expected=fp"),

    .init("buffer filled by a helper", "mov %r1, %r10\nadd %r1, -16\nmov %r2, 16\ncall 5\nldxdw %r0, [%r10-8]\nexit"),
    .init(
      "buffer larger than the stack", "mov %r1, %r10\nadd %r1, -16\nmov %r2, 17\ncall 5\nexit", refusedAt: 3,
      "R1 invalid access to fp"),
    .init(
      "buffer of no bytes", "mov %r1, %r10\nadd %r1, -16\nmov %r2, 0\ncall 5\nexit", refusedAt: 3,
      "R2 invalid size of memory: min 0"),
    .init("buffer of any size", "mov %r1, %r3\ncall 5\nexit", refusedAt: 1, "R2 invalid size of memory"),
    .init("buffer of a bounded size", "mov %r1, %r3\nand %r2, 63\nadd %r2, 1\ncall 5\nexit"),
    .init(
      "partly filled buffer",
      """
      mov %r1, %r10
      add %r1, -16
      and %r2, 7
      add %r2, 1
      call 5
      ldxb %r0, [%r10-15]
      exit
      """, refusedAt: 5, "uninitialised stack"),
    .init(
      "buffer over a spilled pointer", "stxdw [%r10-8], %r1\nmov %r1, %r10\nadd %r1, -8\nmov %r2, 8\ncall 5\nexit",
      refusedAt: 4, "corrupt"),
    .init("nothing to send", "mov %r1, %r3\nmov %r2, 0\ncall 6\nexit"),
    .init(
      "sending what was not written", "mov %r1, %r10\nadd %r1, -8\nmov %r2, 8\ncall 6\nexit", refusedAt: 3,
      "uninitialised stack"),

    .init("function", "mov %r1, 5\ncall local f\nexit\nf: mov %r0, %r1\nadd %r0, 1\nexit"),
    .init(
      "callee reads the caller's r6", "mov %r6, 5\ncall local f\nexit\nf: mov %r0, %r6\nexit", refusedAt: 3,
      "R6 !read_ok"),
    .init("caller's r6 stays", "mov %r6, %r3\ncall local f\nldxb %r0, [%r6]\nexit\nf: mov %r6, 0\nmov %r0, 0\nexit"),
    .init(
      "r1 is gone after a function", "call local f\nmov %r0, %r1\nexit\nf: mov %r0, 0\nexit", refusedAt: 1,
      "R1 !read_ok"),
    .init("function without a result", "call local f\nmov %r0, 0\nexit\nf: exit"),
    .init("result that is not there", "call local f\nexit\nf: exit", refusedAt: 1, "R0 !read_ok"),
    .init(
      "function fills the caller's stack",
      """
      mov %r1, %r10
      add %r1, -8
      call local f
      ldxdw %r0, [%r10-8]
      exit
      f: stdw [%r1], 7
      exit
      """),
    .init(
      "function stores its stack's address in the caller's",
      """
      mov %r1, %r10
      add %r1, -8
      call local f
      mov %r0, 0
      exit
      f: stxdw [%r1], %r10
      exit
      """, refusedAt: 5, "R10 pointer to the stack frame outlives"),
    .init(
      "function returns its stack", "call local f\nldxb %r0, [%r0]\nexit\nf: mov %r0, %r10\nexit", refusedAt: 4,
      "R0 pointer to the stack frame"),
    .init("function returns a pointer", "mov %r1, %r3\ncall local f\nldxb %r0, [%r0+8]\nexit\nf: mov %r0, %r1\nexit"),
    .init(
      "function returns a bound",
      """
      mov %r6, %r3
      mov %r1, %r2
      call local f
      add %r6, %r0
      ldxb %r0, [%r6]
      exit
      f: mov %r0, %r1
      and %r0, 63
      exit
      """),
    .init(
      "two results, one bad",
      """
      mov %r6, %r3
      mov %r1, %r2
      call local f
      add %r6, %r0
      ldxb %r0, [%r6]
      exit
      f: mov %r0, 0
      jeq %r1, 0, l
      mov %r0, 64
      l: exit
      """, refusedAt: 4, "off=64"),
    .init("endless recursion", "call local -1\nmov %r0, 0\nexit", refusedAt: 0, "call stack of 9 frames"),
    .init(
      "recursion with a bound",
      """
      mov %r1, 6
      f: mov %r0, 0
      jeq %r1, 0, l
      add %r1, -1
      call local f
      l: exit
      """),
    .init(
      "recursion one too deep",
      """
      mov %r1, 8
      f: mov %r0, 0
      jeq %r1, 0, l
      add %r1, -1
      call local f
      l: exit
      """, refusedAt: 4, "call stack of 9 frames"),
  ]
}
