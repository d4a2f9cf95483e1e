// Measures how programs run: in the interpreter, translated with and without checks, and the same work in C at -O1;
// then how long the verifier takes. Times are processor time, the ways take turns, the best of many turns counts. Build
// with -c release. With the path of a libubpf.so as argument, uBPF runs the programs as well; with that of PREVAIL's check
// (a name without .so) and objects, PREVAIL judges these beside this verifier:
//
//   bpf-bench [LIBUBPF.so] [CHECK OBJECT.o...]
import EBPFEngine
import Glibc

/// Nanoseconds of the best turn.
struct Way {
  let name: String
  let run: () throws -> UInt64
  var best = Double.infinity

  init(_ name: String, _ run: @escaping () throws -> UInt64) {
    self.name = name
    self.run = run
  }
}

func value(_ result: RunResult) throws -> UInt64 {
  switch result.outcome {
  case .returned(let value): return value
  case .fault(let fault): throw BenchError.fault("\(fault)")
  }
}

func text(_ number: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let rounded = Int((number * scale).rounded())
  guard digits > 0 else { return "\(rounded)" }
  let fraction = "\(rounded % Int(scale))"
  return "\(rounded / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(width - text.count, 0)) + text
}

func measure(_ kernel: Kernel, _ other: OtherEngine?) throws -> [String] {
  let bench = try Bench()
  let source = kernel.source.split(separator: "ROUNDS", omittingEmptySubsequences: false)
    .joined(separator: "\(kernel.rounds)")
  let verified = try VerifiedProgram(verifying: Assembler.assemble(Array(source.utf8)), Bench.environment)
  let trusted = try VerifiedExecutable(verified, resolve: bench.maps.resolve)
  let checkedPages = try codePages(NativeProgram.codeSize(checking: trusted.executable, in: bench.space))
  let checked = try NativeProgram(checking: trusted.executable, in: bench.space, code: checkedPages)
  try makeExecutable(checkedPages)
  let trustedPages = try codePages(NativeProgram.codeSize(trusting: trusted, in: bench.space))
  let unchecked = try NativeProgram(trusting: trusted, in: bench.space, code: trustedPages)
  try makeExecutable(trustedPages)
  let thunk = bench.thunk(of: kernel)
  let arguments = bench.arguments
  var host = bench
  var ways = [
    Way("interpreter") {
      try value(
        Interpreter.run(
          trusted.executable, in: bench.space, arguments: arguments, budget: .max, helpers: &host))
    },
    Way("checked") { try value(checked.run(arguments: arguments, budget: .max, helpers: thunk)) },
    Way("unchecked") { try value(unchecked.run(arguments: arguments, budget: .max, helpers: thunk)) },
    Way("Swift host") {
      try value(
        unchecked.run(arguments: arguments, budget: .max, helpers: &host) { Bench.serve($0, $1, $2, $3, $4, $5) })
    },
    Way("C") { kernel.compiled(bench, kernel.rounds) },
  ]
  if let others = try other?.ways(verified.program, memory: bench.memory, size: 64) { ways += others }
  let expected = try ways[0].run()
  for _ in 0..<200 {
    for index in ways.indices {
      let start = processorTime()
      for _ in 0..<5 {
        guard try ways[index].run() == expected else { throw BenchError.fault("\(ways[index].name) differs") }
      }
      ways[index].best = min(ways[index].best, (processorTime() - start) / 5)
    }
  }
  let instructions = Double(
    Interpreter.run(trusted.executable, in: bench.space, arguments: arguments, budget: .max, helpers: &host)
      .instructionCount)
  let compiled = ways[4].best
  return [
    text(instructions * 1000 / ways[0].best, 0), text(instructions * 1000 / ways[1].best, 0),
    text(instructions * 1000 / ways[2].best, 0), text(ways[0].best / ways[2].best, 1),
    text(ways[1].best / compiled, 2), text(ways[2].best / compiled, 2), text(ways[3].best / compiled, 2),
  ] + ways[5...].enumerated().map { index, way in text(way.best / ways[index * 2].best, 2) }
}

let arguments = Array(CommandLine.arguments.dropFirst())
let library = arguments.first { $0.hasSuffix(".so") }
let others = arguments.filter { !$0.hasSuffix(".so") }

func printTable() throws {
  print(
    "million BPF instructions a second; time of the interpreter by that of unchecked code; time by that of C at -O1")
  var header = ["", "interpreter", "checked", "unchecked", "int./unch.", "checked/C", "unchecked/C", "Swift host/C"]
  let other = try library.map { try OtherEngine(path: $0) }
  if other != nil { header += ["uBPF/int.", "uBPF c./unch."] }
  print(header.map { padded($0, 14) }.joined())
  for kernel in Kernel.all {
    print(([kernel.name] + (try measure(kernel, other))).map { padded($0, 14) }.joined())
  }
}

do {
  try printTable()
  for bench in VerifierBench.all { try bench.run() }
  try VerifierBench.runScaling()
  try VerifierBench.runExtremes()
  if let check = others.first { try OtherVerifier(path: check).run(Array(others.dropFirst())) }
} catch {
  print("bpf-bench: \(error)")
  exit(1)
}
