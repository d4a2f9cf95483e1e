import ArgumentParser
import Equivalence
import Foundation
import OutputFiles
import ResultDatabases
import Scenarios
import TerminalText
import Traces

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Run a scenario and record it as a trace, which replays anywhere.",
    discussion: """
      EXAMPLES
        sim record scenarios/hello.json -o hello.trace
        sim record scenarios/hello.json -o hello.trace --thin    without the guest's image
        sim record scenarios/rogue-write.json --design none -o none.trace
        sim record --update-golden scenarios/*.json              docs/golden-traces.md says when

      EXIT CODES
        as for run; the trace is written also when an expectation failed
      """
  )

  @Argument(help: "The scenario, a JSON file.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(name: .shortAndLong, help: "The trace.", completion: .file(extensions: ["trace"]))
  var output: String?

  @Flag(help: "Name the guest's image by its digest instead of carrying it.")
  var thin = false

  @Flag(help: "Record into traces/ beside the scenarios' folder, with the images in traces/images/.")
  var updateGolden = false

  @OptionGroup var start: SeedOption

  @OptionGroup var changes: ChangeOptions

  @Option(help: "text, or json: one object a trace.")
  var format = OutputFormat.text

  @OptionGroup var engine: EngineOption

  func validate() throws {
    guard engine.engine == .unicorn else {
      throw ValidationError(
        "a trace must replay event by event, which only the engine unicorn does; \"sim verify --record\" records real runs"
      )
    }
    if updateGolden {
      guard output == nil, start.seed == nil, changes.isEmpty else {
        throw ValidationError(
          "--update-golden records the scenarios as they are: it takes no -o, --seed, --set, --design, --bpf"
        )
      }
    } else {
      guard output != nil else { throw ValidationError("name the trace with -o, or give --update-golden") }
      guard files.count == 1 else { throw ValidationError("one trace records one scenario") }
    }
  }

  func run() throws {
    let products = try buildProducts()
    let changes = try changes.changes
    var statuses: [Int32] = []
    for file in files where !ScenarioSchema.isSchema(file) {
      try reportingFailures(path: file) {
        let scenario = try ScenarioFile(path: file, changes: changes)
        try requireSeparate(
          outputs: [
            CommandFile(output ?? GoldenTraces(besideScenario: file).trace, output == nil ? "--update-golden" : "-o")
          ],
          inputs: scenario.inputs(products))
        let inputs = try RunInputs(scenario, products: products, seed: start.seed)
        let place = try output ?? GoldenTraces(besideScenario: file).prepare(inputs)
        let result = try recordTrace(of: inputs, isThin: thin || updateGolden, to: place, keepsFailed: !updateGolden)
        show(result, place)
        statuses.append(result.exitCode)
      }
    }
    let status = ExitStatus.worst(statuses)
    if status != 0 { throw ExitCode(status) }
  }

  private func show(_ result: RunResult, _ trace: String) {
    switch format {
    case .json: StandardOutput.show(result.json.adding([("trace", .string(trace))]).text)
    case .text:
      StandardOutput.show(
        "\(trace.terminalLine): \(Terminal.paint(result.passed ? "passed" : "FAILED", result.passed)): \(result.reason.terminalLine)"
      )
      for failure in result.failures { StandardOutput.show("  - \(failure)") }
    }
  }
}

/// Turns what files are to blame for into what the user reads.
func reportingFailures(path: String, _ body: () throws -> Void) throws {
  do {
    try body()
  } catch let problems as ScenarioProblems {
    throw CommandFailure(problems)
  } catch let refusal as ResultDatabase.Refusal {
    throw CommandFailure(
      message: refusal.description, status: refusal.isTemporary ? ExitStatus.tryAgain : ExitStatus.badInput)
  } catch let problem as OutputError {
    throw CommandFailure(problem)
  } catch let problem as TraceError {
    throw CommandFailure(file: path, message: "\(problem)")
  } catch let problem as RealRunError {
    throw CommandFailure(file: path, message: "\(problem)")
  } catch let problem as RunSnapshotError {
    throw CommandFailure(file: path, message: "\(problem)")
  } catch let problem as SnapshotError {
    throw CommandFailure(file: path, message: "\(problem)")
  } catch let problem as MissingImage {
    throw CommandFailure(file: path, message: "\(problem)")
  }
}
