import ArgumentParser
import Equivalence
import Foundation
import OutputFiles
import Scenarios
import SimMachine
import TerminalText

/// `sim verify --lockstep`: the simulator and the host's processor, instruction by instruction.
struct LockstepOptions: ParsableArguments {
  @Flag(
    help: """
      Compare registers and memory with the host's processor after each instruction: of scenarios, of generated \
      sequences (--sequences), or of a file that one of these wrote (docs/equivalence.md).
      """)
  var lockstep = false

  @Option(
    help: "With --lockstep: where comparison begins: an instruction's number, a time, or step:N of the script.",
    transform: LockstepPoint.parse)
  var from = LockstepPoint.instruction(0)

  @Option(
    help: "With --lockstep: where it ends: an instruction's number, a time, step:N, or end.",
    transform: LockstepPoint.parse)
  var to = LockstepPoint.step(0)

  @Option(help: "With --lockstep or --native: so many generated sequences.")
  var sequences: UInt64?

  @Option(help: "With --sequences or --native: the seed they are drawn from.")
  var seed: UInt64 = 1

  @Option(
    help: "With --sequences or --native: write each disagreement to a file in this folder.", completion: .directory)
  var output: String?

  func validate() throws {
    guard sequences != 0 else { throw ValidationError("--sequences 0 compares nothing; give at least 1") }
    guard lockstep || from == .instruction(0) && to == .step(0) else {
      throw ValidationError("--from and --to belong to --lockstep")
    }
    guard !from.isBehind(to) else {
      throw ValidationError("--from \(from) --to \(to): nothing lies between them to be compared")
    }
  }

  /// Options that `--native` has too are given.
  var hasSequenceOptions: Bool { sequences != nil || seed != 1 || output != nil }

  /// - Returns: the exit code.
  func run(files: [String], format: OutputFormat) throws -> Int32 {
    do {
      if let output { try reportingFailures(path: output) { try requireWritableFolder(output) } }
      var statuses: [Int32] = []
      if let sequences { statuses.append(try runSequences(sequences, format) ? 0 : 1) }
      for file in files where !ScenarioSchema.isSchema(file) {
        statuses.append(
          try file.hasSuffix(SequenceFile.suffix) ? runSequence(file, format) ? 0 : 1 : runScenario(file, format))
      }
      return ExitStatus.worst(statuses)
    } catch let refusal as MachineRefusal {
      throw CommandFailure(message: "verify --lockstep: \(refusal.problem)", remedy: refusal.remedy)
    }
  }

  /// Refuses a step that the script does not have: it would be looked for until the run's end.
  private func requireSteps(of scenario: Scenario, in file: String) throws {
    for (option, point) in [("--from", from), ("--to", to)] {
      guard case .step(let index) = point, index >= scenario.script.count else { continue }
      let known = scenario.script.isEmpty ? "no steps" : "steps 0 to \(scenario.script.count - 1)"
      throw CommandFailure(
        file: file, message: "\(option) \(point): the script has \(known)", remedy: "give one of them, or --to end")
    }
  }

  private func runScenario(_ file: String, _ format: OutputFormat) throws -> Int32 {
    var status: Int32 = 0
    try reportingFailures(path: file) {
      let inputs = try RunInputs(ScenarioFile(path: file), products: buildProducts(), seed: nil)
      try requireSteps(of: inputs.scenario, in: file)
      let hertz = inputs.scenario.machine.clockHertz
      guard let start = from.moment(hertz: hertz) else { preconditionFailure("the end was taken for a beginning") }
      let report = try ScenarioLockstep(inputs, from: start, to: to.moment(hertz: hertz)).run()
      StandardOutput.show(
        format == .json
          ? report.json(name: inputs.scenario.name).text
          : report.text(name: inputs.scenario.name, paint: Terminal.paint))
      status = report.passed ? 0 : report.isIncomplete ? ExitStatus.badInput : 1
    }
    return status
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
    StandardOutput.show(format == .json ? report.json.text : report.text(paint: Terminal.paint))
    if let output {
      for disagreement in report.disagreements {
        let path = try SequenceFile(seed: seed, disagreement).write(into: output)
        format == .json ? StandardError.show("written: \(path)") : StandardOutput.show("  written: \(path)")
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
    StandardOutput.show(
      JSONText.object([("file", .string(file)), ("same", .boolean(items == nil)), ("differences", differences)]).text)
    return items == nil
  }
  StandardOutput.show("\(file.terminalLine): \(Terminal.paint(items == nil ? "same" : "DIFFERENT", items == nil))")
  for item in items ?? [] { StandardOutput.show("  \(item)") }
  return items == nil
}
