import ArgumentParser
import Equivalence
import Foundation
import OutputFiles
import Scenarios
import Traces

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Run a scenario and record it as a trace, which replays anywhere.",
    discussion: """
      EXAMPLES
        sim record scenarios/hello.json -o hello.trace
        sim record scenarios/hello.json -o hello.trace --thin    without the guest's image
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

  @Option(help: "Start of all random streams, instead of the scenario's.")
  var seed: UInt64?

  @OptionGroup var engine: EngineOption

  func validate() throws {
    guard engine.engine == .unicorn else {
      throw ValidationError(
        "a trace must replay event by event, which only the engine unicorn does; \"sim verify --record\" records real runs"
      )
    }
    if updateGolden {
      guard output == nil, seed == nil else { throw ValidationError("--update-golden takes neither -o nor --seed") }
    } else {
      guard output != nil else { throw ValidationError("name the trace with -o, or give --update-golden") }
      guard files.count == 1 else { throw ValidationError("one trace records one scenario") }
    }
  }

  func run() throws {
    let products = try buildProducts()
    var worst: Int32 = 0
    for file in files where !ScenarioSchema.isSchema(file) {
      try reportingInputErrors(path: file) {
        if let output { try requireOutput(output, differsFrom: file) }
        let inputs = try RunInputs(ScenarioFile(path: file), products: products, seed: seed)
        let place = try output ?? GoldenTraces(besideScenario: file).prepare(inputs)
        let result = try recordTrace(of: inputs, isThin: thin || updateGolden, to: place, keepsFailed: !updateGolden)
        print("\(place): \(Terminal.paint(result.passed ? "passed" : "FAILED", result.passed)): \(result.reason)")
        for failure in result.failures { print("  - \(failure)") }
        worst = max(worst, result.exitCode)
      }
    }
    if worst != 0 { throw ExitCode(worst) }
  }
}

/// Turns what files are to blame for into what the user reads.
func reportingInputErrors(path: String, _ body: () throws -> Void) throws {
  do {
    try body()
  } catch let problems as ScenarioProblems {
    throw InputError(problems)
  } catch let problem as OutputError {
    throw InputError(description: problem.description)
  } catch let problem as TraceError {
    throw InputError(description: "\(path): \(problem)")
  } catch let problem as RealRunError {
    throw InputError(description: "\(path): \(problem)")
  } catch let problem as RunSnapshotError {
    throw InputError(description: "\(path): \(problem)")
  } catch let problem as SnapshotError {
    throw InputError(description: "\(path): \(problem)")
  } catch let problem as MissingImage {
    throw InputError(description: "\(path): \(problem)")
  }
}
