import CBPFKernels
import EBPFEngine

/// A program and the C function that does the same. Loops are short enough for the verifier to follow them to the end;
/// each kernel runs many times.
struct Kernel: Sendable {
  let name: String
  /// Rounds of the loop in one run.
  let rounds: UInt64
  /// Assembly; ROUNDS stands for the number of rounds.
  let source: String
  /// Runs the loop in C once.
  let compiled: @Sendable (Bench, UInt64) -> UInt64

  static let all = [
    Kernel(
      name: "alu", rounds: 20_000,
      source: """
        mov %r6, ROUNDS
        mov %r0, 1
        loop: add %r0, 7
        xor %r0, %r6
        mul %r0, 3
        rsh32 %r0, 1
        sub %r6, 1
        jne %r6, 0, loop
        exit
        """,
      compiled: { _, rounds in bpf_kernel_alu(rounds) }),
    Kernel(
      name: "memory", rounds: 20_000,
      source: """
        mov %r6, ROUNDS
        mov %r0, 0
        loop: ldxdw %r2, [%r1+8]
        add %r2, %r6
        stxdw [%r10-8], %r2
        ldxw %r3, [%r10-8]
        add %r0, %r3
        stxb [%r1+3], %r0
        sub %r6, 1
        jne %r6, 0, loop
        exit
        """,
      compiled: { bench, rounds in
        bpf_kernel_memory(bench.memory.assumingMemoryBound(to: UInt64.self), rounds)
      }),
    Kernel(
      name: "helper", rounds: 20_000,
      source: """
        mov %r6, ROUNDS
        mov %r0, 0
        loop: mov %r1, %r0
        call 8
        sub %r6, 1
        jne %r6, 0, loop
        exit
        """,
      compiled: { _, rounds in bpf_kernel_helper_calls(bpf_kernel_increment, rounds) }),
    Kernel(
      name: "map update", rounds: 5_000,
      source: """
        mov %r6, ROUNDS
        loop: mov %r2, %r6
        and %r2, 1023
        stxw [%r10-4], %r2
        stxdw [%r10-16], %r6
        mov %r2, %r10
        add %r2, -4
        mov %r3, %r10
        add %r3, -16
        lddw %r1, map_index 0
        mov %r4, 0
        call 17
        sub %r6, 1
        jne %r6, 0, loop
        exit
        """,
      compiled: { bench, rounds in
        let key = (bench.memory + 16).assumingMemoryBound(to: UInt32.self)
        let value = (bench.memory + 24).assumingMemoryBound(to: UInt64.self)
        return withUnsafeMutablePointer(to: &bench.record) { record in
          bpf_kernel_map_update(Bench.thunk, record, MapSet.handleBase, key, value, rounds)
        }
      }),
  ]
}
