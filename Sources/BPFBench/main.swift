// Measures the interpreter in million eBPF instructions a second. Build with -c release.
import EBPFEngine

struct BenchHelpers: HelperHost {
  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    guard number == 1 else { throw .unknownHelper }
    return arguments.r1 &+ 1
  }
}

struct Kernel {
  var name: String
  var source: String
}

let kernels = [
  Kernel(
    name: "alu",
    source: """
      lddw %r6, 20000000
      mov %r0, 1
      loop: add %r0, 7
      xor %r0, %r6
      mul %r0, 3
      rsh32 %r0, 1
      sub %r6, 1
      jne %r6, 0, loop
      exit
      """),
  Kernel(
    name: "memory",
    source: """
      lddw %r6, 20000000
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
      """),
  Kernel(
    name: "helper",
    source: """
      lddw %r6, 20000000
      mov %r0, 0
      loop: mov %r1, %r0
      call 1
      sub %r6, 1
      jne %r6, 0, loop
      exit
      """),
]

let clock = ContinuousClock()
for kernel in kernels {
  let program = try Assembler.assemble(Array(kernel.source.utf8))
  let executable = try Executable(program)
  var best = Duration.seconds(1_000_000)
  var count: UInt64 = 0
  for _ in 0..<3 {
    let space = AddressSpace()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    memory.initializeMemory(as: UInt8.self, repeating: 1, count: 64)
    _ = try space.addRegion(memory, size: 64, base: 0x1000, rights: .readWrite)
    var helpers = BenchHelpers()
    let arguments = HelperArguments(r1: 0x1000, r2: 64)
    let start = clock.now
    let result = Interpreter.run(executable, in: space, arguments: arguments, budget: .max, helpers: &helpers)
    best = min(best, clock.now - start)
    if case .fault(let fault) = result.outcome { print("\(kernel.name): \(fault)") }
    count = result.instructionCount
    memory.deallocate()
  }
  let nanoseconds = Double(best.components.attoseconds) / 1e9 + Double(best.components.seconds) * 1e9
  print("\(kernel.name): \(Int(Double(count) * 1000 / nanoseconds)) M instructions/s")
}
