extension VerifierCase {
  static let memory: [VerifierCase] = [
    .init("a readable field of the context", "ldxdw %r0, [%r1]\nexit"),
    .init("part of a field", "ldxw %r0, [%r1+4]\nexit"),
    .init(
      "write to a read-only field", "stdw [%r1], 0\nmov %r0, 0\nexit", refusedAt: 0,
      "invalid bpf_context access (write)"),
    .init("write to a writable field", "stdw [%r1+8], 0\nmov %r0, 0\nexit"),
    .init(
      "past the context", "ldxdw %r0, [%r1+144]\nexit", refusedAt: 0, "invalid bpf_context access (read) off=144 size=8"
    ),
    .init("before the context", "ldxb %r0, [%r1-1]\nexit", refusedAt: 0, "invalid bpf_context access"),
    .init("across two fields", "ldxdw %r0, [%r1+4]\nexit", refusedAt: 0, "misaligned ctx access"),
    .init("an index into the context's buffer", "and %r2, 63\nadd %r1, %r2\nldxb %r0, [%r1+16]\nexit"),
    .init("a number as address", "ldxdw %r0, [%r2]\nexit", refusedAt: 0, "R2 invalid mem access 'scalar'"),
    .init("null as address", "mov %r1, 0\nldxdw %r0, [%r1]\nexit", refusedAt: 1, "R1 invalid mem access 'scalar'"),
    .init("pointer into the context", "stxdw [%r1+8], %r10\nmov %r0, 0\nexit", refusedAt: 0, "R10 leaks addr into mem"),
    .init("pointer into a region", "stxdw [%r3], %r1\nmov %r0, 0\nexit", refusedAt: 0, "R1 leaks addr into mem"),
    .init("pointer swapped into a region", "lock xchg [%r3], %r1\nmov %r0, 0\nexit", refusedAt: 0, "R1 leaks addr"),
    .init("atomic sum in a region", "mov %r0, 1\nlock fetch_add [%r3+8], %r0\nexit"),
    .init("misaligned atomic", "mov %r0, 1\nlock add [%r3+4], %r0\nexit", refusedAt: 1, "misaligned mem access off 4"),
    .init("compare and exchange without r0", "lock cmpxchg [%r3], %r2\nexit", refusedAt: 0, "R0 !read_ok"),
    .init(
      "compare and exchange with a pointer", "mov %r0, %r10\nlock cmpxchg [%r3], %r2\nexit", refusedAt: 1,
      "R0 leaks addr"),
    .init("last bytes of a region", "ldxdw %r0, [%r3+56]\nexit"),
    .init("past a region", "ldxdw %r0, [%r3+64]\nexit", refusedAt: 0, "off=64 size=8"),

    .init("stack, written then read", "stdw [%r10-8], 5\nldxdw %r0, [%r10-8]\nexit"),
    .init("stack, never written", "ldxdw %r0, [%r10-8]\nexit", refusedAt: 0, "uninitialised stack R10 off -8 size 8"),
    .init("stack, half written", "stw [%r10-8], 5\nldxdw %r0, [%r10-8]\nexit", refusedAt: 1, "uninitialised stack"),
    .init(
      "stack, written on one way",
      """
      jeq %r2, 0, l
      stdw [%r10-8], 5
      l: ldxdw %r0, [%r10-8]
      exit
      """, refusedAt: 2, "uninitialised stack"),
    .init("stack, last bytes", "stdw [%r10-512], 0\nmov %r0, 0\nexit"),
    .init("below the stack", "stdw [%r10-520], 0\nmov %r0, 0\nexit", refusedAt: 0, "R10 invalid access to fp"),
    .init("above the stack", "stdw [%r10], 0\nmov %r0, 0\nexit", refusedAt: 0, "R10 invalid access to fp"),
    .init("across the stack's end", "stdw [%r10-4], 0\nmov %r0, 0\nexit", refusedAt: 0, "misaligned fp access"),
    .init("misaligned stack", "stw [%r10-6], 0\nmov %r0, 0\nexit", refusedAt: 0, "misaligned fp access off -6 size 4"),
    .init("spilled and filled pointer", "stxdw [%r10-8], %r1\nldxdw %r1, [%r10-8]\nldxdw %r0, [%r1]\nexit"),
    .init(
      "part of a spilled pointer", "stxdw [%r10-8], %r1\nldxw %r0, [%r10-8]\nexit", refusedAt: 1,
      "corrupt spilled pointer"),
    .init(
      "spilled pointer, partly overwritten", "stxdw [%r10-8], %r1\nstw [%r10-8], 0\nmov %r0, 0\nexit", refusedAt: 1,
      "corrupt spilled"),
    .init("spilled pointer, overwritten", "stxdw [%r10-8], %r1\nstdw [%r10-8], 0\nldxdw %r0, [%r10-8]\nexit"),
    .init(
      "pointer cut to four bytes", "stxw [%r10-8], %r1\nmov %r0, 0\nexit", refusedAt: 0,
      "R1 invalid size of register spill"),
    .init(
      "a spilled bound",
      """
      stxdw [%r10-8], %r2
      jgt %r2, 63, out
      ldxdw %r4, [%r10-8]
      add %r3, %r4
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """),
    .init(
      "the filled copy's bound",
      """
      stxdw [%r10-8], %r2
      ldxdw %r4, [%r10-8]
      jgt %r4, 63, out
      ldxdw %r5, [%r10-8]
      add %r3, %r5
      ldxb %r0, [%r3]
      exit
      out: mov %r0, 0
      exit
      """),
    .init(
      "part of a spilled number",
      """
      stdw [%r10-8], 0x0520
      ldxb %r4, [%r10-7]
      add %r3, %r4
      ldxb %r0, [%r3+58]
      exit
      """),
    .init(
      "part of a spilled number, too large",
      """
      stdw [%r10-8], 0x0620
      ldxb %r4, [%r10-7]
      add %r3, %r4
      ldxb %r0, [%r3+58]
      exit
      """, refusedAt: 3, "off=64 size=1"),
    .init(
      "indexed stack",
      """
      stdw [%r10-8], 0
      stdw [%r10-16], 0
      and %r2, 15
      mov %r4, %r10
      sub %r4, %r2
      ldxb %r0, [%r4-1]
      exit
      """),
    .init(
      "indexed stack, partly written",
      """
      stdw [%r10-8], 0
      and %r2, 15
      mov %r4, %r10
      sub %r4, %r2
      ldxb %r0, [%r4-1]
      exit
      """, refusedAt: 4, "uninitialised stack"),
    .init(
      "indexed write over a pointer",
      """
      stxdw [%r10-8], %r1
      and %r2, 7
      mov %r4, %r10
      sub %r4, %r2
      stb [%r4-1], 0
      mov %r0, 0
      exit
      """, refusedAt: 4, "corrupt spilled pointer"),
    .init(
      "indexed write does not initialise",
      """
      and %r2, 7
      mov %r4, %r10
      sub %r4, %r2
      stb [%r4-1], 0
      ldxb %r0, [%r10-1]
      exit
      """, refusedAt: 4, "uninitialised stack"),
    .init(
      "indexed write forgets a bound",
      """
      stdw [%r10-8], 1
      and %r2, 7
      mov %r4, %r10
      sub %r4, %r2
      stb [%r4-1], 100
      ldxdw %r4, [%r10-8]
      add %r3, %r4
      ldxb %r0, [%r3]
      exit
      """, refusedAt: 7, "invalid access to mem"),

    .init("value of a direct map", "lddw %r1, map_fd_value 2, 8\nldxdw %r0, [%r1+16]\nexit"),
    .init(
      "past a direct value", "lddw %r1, map_fd_value 2, 8\nldxdw %r0, [%r1+24]\nexit", refusedAt: 2,
      "R1 invalid access to map_value"),
    .init(
      "offset past a direct value", "lddw %r1, map_fd_value 2, 32\nmov %r0, 0\nexit", refusedAt: 0, "no direct value"),
    .init(
      "direct value of a hash map", "lddw %r1, map_fd_value 1, 0\nmov %r0, 0\nexit", refusedAt: 0, "no direct value"),
    .init(
      "read-only value", "lddw %r1, map_fd_value 3, 0\nstb [%r1], 0\nmov %r0, 0\nexit", refusedAt: 2,
      "R1 cannot write map_value"),
    .init("map that nobody made", "lddw %r1, map_fd 9\nmov %r0, 0\nexit", refusedAt: 0, "map 9 is not known"),
    .init(
      "end of a direct value",
      """
      lddw %r1, map_fd_value 2, 0
      mov %r4, %r1
      add %r4, 32
      mov %r0, 0
      l: ldxb %r5, [%r1]
      add %r0, %r5
      add %r1, 1
      mov %r5, %r4
      sub %r5, %r1
      jne %r5, 0, l
      exit
      """),
    .init(
      "a map's inside", "lddw %r1, map_fd 1\nldxdw %r0, [%r1]\nexit", refusedAt: 2, "R1 invalid mem access 'map_ptr'"),
    .init("address of code", "lddw %r1, code +1\nmov %r0, 0\nexit"),
    .init(
      "address of code as memory", "lddw %r1, code +1\nldxdw %r0, [%r1]\nexit", refusedAt: 2,
      "R1 invalid mem access 'func'"),
    .init(
      "unknown map where no run comes", "mov %r0, 0\njeq %r0, 0, l\nlddw %r1, map_fd 9\nl: exit", refusedAt: 2,
      "map 9 is not known"),
    .init("variable", "lddw %r1, var 4\nldxdw %r0, [%r1+8]\nexit"),
    .init("unknown variable", "lddw %r1, var 5\nmov %r0, 0\nexit", refusedAt: 0, "variable 5 is not known"),
  ]
}
