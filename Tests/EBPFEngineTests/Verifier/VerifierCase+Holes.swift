extension VerifierCase {
  private static let entry = "stdw [%r10-16], 0\nmov %r2, %r10\nadd %r2, -16\nmov %r3, %r10\nadd %r3, -16\nmov %r4, 0\n"

  /// Ways around what a program may do that were open once.
  static let holes: [VerifierCase] = [
    .init(
      "a helper writes to a read-only map", entry + "lddw %r1, map_fd 3\ncall 2\nmov %r0, 0\nexit", refusedAt: 8,
      "R1 cannot write map_ptr"),
    .init(
      "a helper writes to a map of either kind",
      """
      mov %r6, %r2
      lddw %r7, map_fd 3
      jeq %r6, 0, l
      lddw %r7, map_fd 2
      l: stdw [%r10-16], 0
      mov %r2, %r10
      add %r2, -16
      mov %r1, %r7
      call 1
      mov %r0, 0
      exit
      """),
    .init(
      "an offset that makes a pointer 0 tells where the context is",
      "sub %r1, %r2\njeq %r1, 0, l\nl: mov %r0, 0\nexit", refusedAt: 1, "R1 pointer comparison prohibited"),
    .init(
      "so does a pointer far outside of a region",
      "add %r3, -4096\njne %r3, 0, l\nl: mov %r0, 0\nexit", refusedAt: 1, "R3 pointer comparison prohibited"),
    .init(
      "with the 0 on the left", "sub %r3, %r2\nmov %r0, 0\njeq %r0, %r3, l\nl: exit", refusedAt: 2,
      "R3 pointer comparison prohibited"),
    .init(
      "a pointer to a byte of the context is not 0",
      "add %r1, 8\njeq %r1, 0, l\nmov %r0, 0\nexit\nl: ldxdw %r0, [%r2]\nexit"),
  ]
}
