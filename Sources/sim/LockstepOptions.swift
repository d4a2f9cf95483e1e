import ArgumentParser
import Equivalence
import Foundation
import Scenarios
import SimMachine

/// `sim verify --lockstep`: the simulator and the host's processor, instruction by instruction.
struct LockstepOptions: ParsableArguments {
  @Flag(
    help: """
      Compare registers and memory with the host's processor after each instruction: of scenarios, of generated \
      sequences (--sequences), or of a file that one of these wrote (docs/equivalence.md).
      """)
  var lockstep = false

  @Option(help: "With --lockstep: where comparison begins: an instruction's number, a time, or step:N of the script.")
  var from = "0"

  @Option(help: "With --lockstep: where it ends: an instruction's number, a time, step:N, or end.")
  var to = "step:0"

  @Option(help: "With --lockstep or --native: so many generated sequences.")
  var sequences: UInt64?

  @Option(help: "With --sequences or --native: the seed they are drawn from.")
  var seed: UInt64 = 1

  @Option(
    help: "With --sequences or --native: write each disagreement to a file in this folder.", completion: .directory)
  var output: String?

  func validate() throws {
    guard sequences != 0 else { throw ValidationError("--sequences 0 compares nothing; give at least 1") }
    guard lockstep || from == "0" && to == "step:0" else {
      throw ValidationError("--from and --to belong to --lockstep")
    }
  }

  /// Options that `--native` has too are given.
  var hasSequenceOptions: Bool { sequences != nil || seed != 1 || output != nil }

  /// - Returns: whether everything agreed.
  func run(files: [String], format: OutputFormat) throws -> Bool {
    do {
      var agrees = true
      if let sequences { agrees = try runSequences(sequences, format) && agrees }
      for file in files where !ScenarioSchema.isSchema(file) {
        agrees =
          try (file.hasSuffix(SequenceFile.suffix) ? runSequence(file, format) : runScenario(file, format)) && agrees
      }
      return agrees
    } catch let refusal as MachineRefusal {
      throw CommandFailure(message: "verify --lockstep: \(refusal.problem)", remedy: refusal.remedy)
    }
  }

  /// Reads "12345", "350us" or "step:0"; nil stands for "end".
  private func moment(_ text: String, _ option: String, hertz: UInt64) throws -> Moment? {
    if text == "end" { return nil }
    if let number = UInt64(text) { return .instruction(number) }
    if let time = VirtualDuration(text) { return .time(time.cycles(hertz: hertz)) }
    if text.hasPrefix("step:"), let index = UInt64(text.dropFirst(5)) { return ScenarioLockstep.step(index) }
    throw CommandFailure(
      message: "\(option) \(text): is no place in a run",
      remedy: "write an instruction's number, a time such as 350us, step:N or end")
  }

  private func runScenario(_ file: String, _ format: OutputFormat) throws -> Bool {
    var agrees = false
    try reportingFailures(path: file) {
      let inputs = try RunInputs(ScenarioFile(path: file), products: buildProducts(), seed: nil)
      let hertz = inputs.scenario.machine.clockMHz * 1_000_000
      guard let start = try moment(from, "--from", hertz: hertz) else {
        throw CommandFailure(
          message: "--from end: nothing would be compared", remedy: "write an instruction's number, a time or step:N")
      }
      let end = try moment(to, "--to", hertz: hertz)
      let report = try ScenarioLockstep(inputs, from: start, to: end).run()
      print(
        format == .json
          ? report.json(name: inputs.scenario.name).text
          : report.text(name: inputs.scenario.name, paint: Terminal.paint))
      agrees = report.passed
    }
    return agrees
  }

  private func runSequence(_ file: String, _ format: OutputFormat) throws -> Bool {
    var agrees = false
    try reportingFailures(path: file) {
      agrees = printComparison(try SequenceCheck().differs(SequenceFile.sequence(path: file)), of: file, format)
    }
    return agrees
  }

  private func runSequences(_ count: UInt64, _ format: OutputFormat) throws -> Bool {
    let report = try SequenceCheck().run(seed: seed, count: count)
    print(format == .json ? report.json.text : report.text(paint: Terminal.paint))
    if let output {
      for disagreement in report.disagreements {
        let path = try SequenceFile(seed: seed, disagreement).write(into: output)
        format == .json ? StandardError.write("written: \(path)\n") : print("  written: \(path)")
      }
    }
    return report.passed
  }
}

/// Prints what a program in a file shows on two processors: nil if they agree.
///
/// - Returns: whether they agree.
func printComparison(_ items: [String]?, of file: String, _ format: OutputFormat) -> Bool {
  guard format == .text else {
    let differences = JSONText.array((items ?? []).map { .string($0) })
    print(
      JSONText.object([("file", .string(file)), ("same", .boolean(items == nil)), ("differences", differences)]).text)
    return items == nil
  }
  print("\(file): \(Terminal.paint(items == nil ? "same" : "DIFFERENT", items == nil))")
  for item in items ?? [] { print("  \(item)") }
  return items == nil
}
