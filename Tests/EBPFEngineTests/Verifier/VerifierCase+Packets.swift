extension VerifierCase {
  /// Loads from the packet (BPF_ABS and BPF_IND).
  static let packets: [VerifierCase] = [
    .init("a byte of the packet", "mov %r6, %r1\nldabsb 12\nexit"),
    .init(
      "numbers of the packet as indices",
      """
      mov %r6, %r1
      mov %r7, %r3
      ldabsb 3
      and %r0, 15
      mov %r8, %r0
      ldindh %r8, 4
      and %r0, 63
      add %r7, %r0
      ldxb %r0, [%r7]
      stxb [%r10-1], %r0
      ldindw %r0, -2
      exit
      """),
    .init(
      "a byte of the packet is a byte",
      "mov %r6, %r1\nmov %r9, %r3\nldabsb 0\nrsh %r0, 2\nadd %r9, %r0\nldxb %r0, [%r9]\nexit"),
    .init(
      "two bytes of the packet are two",
      "mov %r6, %r1\nmov %r9, %r3\nldabsh 0\nrsh %r0, 2\nadd %r9, %r0\nldxb %r0, [%r9]\nexit",
      refusedAt: 5, "R9 invalid access to mem"),
    .init("without a context", "mov %r6, 1\nldabsb 12\nexit", refusedAt: 1, "R6 type=scalar expected=ctx"),
    .init("with nothing in r6", "ldabsb 12\nexit", refusedAt: 0, "R6 !read_ok"),
    .init("inside of the context", "mov %r6, %r1\nadd %r6, 8\nldabsb 12\nexit", refusedAt: 2, "R6"),
    .init("with an address as index", "mov %r6, %r1\nldindb %r10, 0\nexit", refusedAt: 1, "R10"),
    .init(
      "arguments are gone after a packet's byte", "mov %r6, %r1\nldabsb 12\nldxb %r0, [%r1]\nexit", refusedAt: 2,
      "R1 !read_ok"),
    .init(
      "the packet in a function", "mov %r6, %r1\ncall local f\nexit\nf: mov %r6, %r1\nldabsb 1\nexit", refusedAt: 4,
      "not for its functions"),
    .init(
      "a loop over the packet",
      "mov %r6, %r1\nmov %r7, 0\nl: ldindb %r7, 2\nadd %r7, 1\njlt %r7, 60, l\nexit"),
  ]
}
