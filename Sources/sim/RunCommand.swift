import ArgumentParser
import Foundation
import OutputFiles
import Scenarios

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a scenario and check what it expects.",
    discussion: """
      EXAMPLES
        sim run scenarios/rogue-write.json
        sim run scenarios/hello.json --format json --seed 7
        sim run scenarios/hello.json --events events.jsonl
        sim run scenarios/hello.json --engine kvm
        sim run scenarios/bpf-count.json --bpf jit
      """
  )

  @Argument(help: "The scenario, a JSON file (docs/scenario-format.md).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  @Option(help: "Start of all random streams, instead of the scenario's.")
  var seed: UInt64?

  @Option(help: "Write each event as a line of JSON to this file.", completion: .file())
  var events: String?

  @Option(help: "Write the share as the guest left it to this folder, which must not exist.", completion: .directory)
  var exportShare: String?

  @Option(help: "Write the disk as the guest left it to this file.", completion: .file())
  var exportDisk: String?

  @Option(help: "How the guest executes BPF programs, instead of the scenario's choice: interpreter or jit.")
  var bpf: GuestSpecification.BPFEngine?

  @OptionGroup var engine: EngineOption

  func run() throws {
    if ScenarioSchema.isSchema(file) {
      StandardError.write("\(file): is the schema of scenarios: there is nothing to run\n")
      return
    }
    let result: RunResult
    do {
      if let events { try requireOutput(events, differsFrom: file) }
      if let exportDisk { try requireOutput(exportDisk, differsFrom: file) }
      var scenario = try ScenarioFile(path: file)
      if let bpf { scenario.scenario.guest.bpf = bpf }
      let run = try ScenarioRun(scenario, products: try buildProducts(), seed: seed, on: try engine.maker())
      let log = try events.map { try AtomicFile($0) }
      defer { log?.discard() }
      result = try run.run(observers: log.map { [EventLog($0)] } ?? [])
      try log?.finish()
      if let exportShare { try run.exportShare(to: exportShare) }
      if let exportDisk { try run.exportDisk(to: exportDisk) }
    } catch let problems as ScenarioProblems {
      throw InputError(problems)
    } catch let problem as OutputError {
      throw InputError(description: problem.description)
    }
    switch format {
    case .json: print(result.json.text)
    case .text: print(result.text(paint: Terminal.paint))
    }
    if result.exitCode != 0 { throw ExitCode(result.exitCode) }
  }
}

extension GuestSpecification.BPFEngine: ExpressibleByArgument {}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

/// The products beside this very program.
func buildProducts() throws -> BuildProducts {
  guard let program = Bundle.main.executableURL, let products = BuildProducts(above: program) else {
    throw InputError(description: "sim: the guest's images have not been built; run ./sim at the project's root")
  }
  return products
}
