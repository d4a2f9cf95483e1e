// Measures the interpreter in million eBPF instructions a second of processor time. Build with -c release.
import EBPFEngine
import Glibc

struct BenchHelpers: HelperHost {
  let maps: MapSet

  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    switch number {
    case 1: return arguments.r1 &+ 1
    case 17: return try maps.update(arguments)
    default: throw .unknownHelper
    }
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
  Kernel(
    name: "map update",
    source: """
      lddw %r6, 3000000
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
      """),
]

/// Processor time of this process in nanoseconds: other processes on the machine do not count.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

for kernel in kernels {
  let program = try Assembler.assemble(Array(kernel.source.utf8))
  var best = Double.infinity
  var count: UInt64 = 0
  for _ in 0..<5 {
    let space = AddressSpace()
    let maps = MapSet(space: space)
    try maps.add(Map(MapDefinition(kind: .hash, keySize: 4, valueSize: 8, entryCount: 1024)))
    let executable = try Executable(program, resolve: maps.resolve)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    memory.initializeMemory(as: UInt8.self, repeating: 1, count: 64)
    _ = try space.addRegion(memory, size: 64, base: 0x1000, rights: .readWrite)
    var helpers = BenchHelpers(maps: maps)
    let arguments = HelperArguments(r1: 0x1000, r2: 64)
    let start = processorTime()
    let result = Interpreter.run(executable, in: space, arguments: arguments, budget: .max, helpers: &helpers)
    best = min(best, processorTime() - start)
    if case .fault(let fault) = result.outcome { print("\(kernel.name): \(fault)") }
    count = result.instructionCount
    memory.deallocate()
  }
  print("\(kernel.name): \(Int(Double(count) * 1000 / best)) M instructions/s")
}
