import ArgumentParser
import Campaigns
import Engines
import Foundation
import OutputFiles
import Scenarios
import Traces

struct CampaignReplay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Run one experiment of a campaign again, alone and from the beginning.",
    discussion: "Exit code 0 if its class and its digest are those in the database, else 1.")

  @Argument(help: "The database of a campaign.", completion: .file(extensions: ["db"]))
  var database: String

  @Option(help: "The number of the experiment.")
  var experiment: Int

  @Option(help: "The campaign's file, if it is no longer where it was.", completion: .file(extensions: ["json"]))
  var campaign: String?

  @Option(help: "Record the run with the fault to its end as a trace in this file.", completion: .file())
  var trace: String?

  @Option(
    help: "Write a scenario with the fault to this file, for sim run and sim shrink.",
    completion: .file(extensions: ["json"]))
  var scenario: String?

  @Option(help: "text, or json: the experiment as one JSON object.")
  var format = OutputFormat.text

  func run() throws {
    try CampaignExports.reporting(path: database) {
      let store = try CampaignStore(database, mustExist: true)
      let header = try store.requireHeader()
      guard let saved = try store.record(experiment) else {
        throw CommandFailure(
          file: database, message: "has no experiment \(experiment)",
          remedy: "its numbers are 0 to \(header.classCount - 1); sim campaign show \(database) --jsonl FILE lists them"
        )
      }
      let line = try store.sourceLines()[saved.instructionPointer]
      try store.close(isChanged: false)
      let file = try CampaignFile(path: campaign ?? header.file)
      let products = try buildProducts()
      let outputs = [(trace, "--trace"), (scenario, "--scenario")].compactMap { path, option in
        path.map { CommandFile($0, option) }
      }
      try requireSeparate(outputs: outputs, inputs: [CommandFile(database, "the database")] + file.inputs(products))
      try requireWritable(outputs)
      let campaign = try Campaign(
        file, products: products, isDry: header.isDry, simulator: try SimulatorIdentity.current(),
        engine: .unicorn)
      guard campaign.identity == header.identity else {
        throw CommandFailure(
          file: database, message: "is of another version of the campaign, its scenario, the image or sim",
          remedy: "run the campaign again into another database")
      }
      let found = try again(campaign, saved)
      let isSame = found == saved
      show(found, saved, isSame, line)
      // What is written follows from the campaign: the database may say something else.
      if trace != nil || scenario != nil {
        let faulty = try withFault(found, file)
        if let trace { try record(faulty, products, trace) }
        if let scenario { try write(faulty, to: scenario) }
      }
      if !isSame { throw ExitCode(1) }
    }
  }

  /// The experiment as it comes now.
  private func again(_ campaign: Campaign, _ saved: ExperimentRecord) throws -> ExperimentRecord {
    if let known = campaign.known(experiment) { return known }
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    return campaign.record(experiment, try runner.run(campaign.experiment(experiment), fromStart: true))
  }

  private func show(_ found: ExperimentRecord, _ saved: ExperimentRecord, _ isSame: Bool, _ line: String?) {
    switch format {
    case .json:
      StandardOutput.show(
        found.json(disassembly: disassembly(found), source: line).adding([("same", .boolean(isSame))]).text)
    case .text:
      StandardOutput.show("experiment \(found.number): \(found.faultClass.rawValue): \(found.reason)")
      StandardOutput.show("  \(found.location) before instruction \(found.instruction), for \(found.weight) samples")
      if !found.place.isEmpty {
        let source = line.map { " (\($0))" } ?? ""
        StandardOutput.show("  at \(found.place)\(source), \(found.actor): \(found.before) -> \(found.after)")
      }
      if let at = found.convergedAt {
        StandardOutput.show("  the state is that of the fault-free run again before instruction \(at)")
      }
      if let event = found.firstDifference {
        let at = found.differenceAt.map { ", at instruction \($0)" } ?? ""
        StandardOutput.show("  the first event that differs: \(event)\(at)")
      }
      StandardOutput.show("  fault: \(found.fault)")
      if found.digest.isEmpty { StandardOutput.show("  not run: that follows from the fault-free run") }
      StandardOutput.show(
        isSame ? "the same as in the database" : "NOT the same: \(saved.faultClass.rawValue), digest \(saved.digest)")
    }
  }

  private func disassembly(_ record: ExperimentRecord) -> String? {
    Disassembly.text(of: record.code.split(separator: " ").compactMap { UInt8($0, radix: 16) })
  }

  /// The campaign's scenario with the experiment's fault.
  private func withFault(_ saved: ExperimentRecord, _ campaign: CampaignFile) throws -> ScenarioFile {
    let changes: [ScenarioChange]
    do throws(JSONPointer.SyntaxError) {
      let story =
        "Experiment \(saved.number) of \(campaign.name): \(saved.location) before instruction \(saved.instruction): "
        + "\(saved.faultClass.rawValue)."
      changes = [
        try ScenarioChange("/faults=[\(saved.fault)]"),
        ScenarioChange(try JSONPointer("/description"), to: story, title: "--scenario"),
      ]
    } catch {
      preconditionFailure("a fault is JSON: \(error.problem)")
    }
    return try ScenarioFile(path: campaign.scenario.path, changes: changes)
  }

  private func write(_ faulty: ScenarioFile, to path: String) throws {
    try AtomicFile.write(faulty.text(in: URL(fileURLWithPath: path).deletingLastPathComponent()), to: path)
    if format == .text { StandardOutput.show("\(path): written") }
  }

  private func record(_ faulty: ScenarioFile, _ products: BuildProducts, _ trace: String) throws {
    let inputs = try RunInputs(faulty, products: products, seed: nil)
    _ = try recordTrace(of: inputs, isThin: false, to: trace, keepsFailed: true)
    if format == .text { StandardOutput.show("\(trace): recorded") }
  }
}
