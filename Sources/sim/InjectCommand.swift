import ArgumentParser
import Campaigns
import Engines
import Foundation
import Hexadecimal
import OutputFiles
import Scenarios
import SimEvents
import Traces

struct InjectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inject",
    abstract: "Inject a fault into a scenario, and tell what came of it beside the fault-free run.",
    discussion: """
      A fault is JSON, as in a scenario's "faults" (docs/scenario-format.md), or @FILE with such JSON in it. Without --fault
      the scenario's own faults are the experiment.

      EXAMPLES
        sim inject scenarios/set-count.json --fault '{"when": {"enter": "extension"}, "what": {"pkru": {"set": 0}}}'
        sim inject scenarios/set-count.json --explain \\
          --fault '{"when": {"symbol": "set_count"}, "what": {"register": {"name": "rdi", "bit": 3}}}'
        sim inject scenarios/ls-cat.json --fault @fault.json --format json

      EXIT CODES
        0  the fault happened, and is masked, latent, contained or detected
        1  it was not triggered, or the run escaped, leaked, crashed, hung or was corrupted
        as for all commands besides (sim --help)
      """)

  @Argument(help: "A scenario, a JSON file.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: ArgumentHelp("The fault; may be given several times.", valueName: "json"))
  var fault: [String] = []

  @Flag(help: "Say by which rule the class was decided, and which rules come before it.")
  var explain = false

  @OptionGroup var start: SeedOption

  @OptionGroup var changes: ChangeOptions

  @Option(help: "text, or json: one object.")
  var format = OutputFormat.text

  func run() throws {
    try CampaignExports.reporting(path: file) {
      var faults: [Fault] = []
      for (index, text) in fault.enumerated() { faults.append(try read(text, index)) }
      let products = try buildProducts()
      var inputs = try RunInputs(
        ScenarioFile(path: file, changes: changes.changes), products: products, seed: start.seed)
      let own = inputs.scenario.faults
      guard faults.isEmpty || own.allSatisfy({ if case .file = $0.what { true } else { false } }) else {
        throw CommandFailure(
          file: file, message: "has faults of its own, and --fault gives others",
          remedy: "leave --fault out to inject its own, or take them away with --set /faults=[]")
      }
      if faults.isEmpty {
        faults = inputs.scenario.faults
        inputs.scenario.faults = []
      }
      guard !faults.isEmpty else {
        throw CommandFailure(
          file: file, message: "there is no fault to inject",
          remedy:
            "give one with --fault, such as '{\"when\": {\"instruction\": 1000}, \"what\": {\"register\": {\"name\": \"rax\", \"bit\": 0}}}'"
        )
      }
      let run = try InjectionRun(inputs, faults: faults, engine: .unicorn)
      let report = InjectionReport(run, explains: explain, products.debugFiles(for: inputs))
      switch format {
      case .json: StandardOutput.show(report.json.text)
      case .text: for line in report.lines { StandardOutput.show(line) }
      }
      if run.faultClass == .simulatorDefect { throw ExitCode(ExitStatus.defect) }
      if run.faultClass.isFailure || run.faultClass == .notTriggered { throw ExitCode(1) }
    }
  }

  private func read(_ text: String, _ index: Int) throws -> Fault {
    let source = text.hasPrefix("@") ? String(text.dropFirst()) : "--fault[\(index)]"
    guard text.hasPrefix("@") else { return try Fault.read(text, source: source) }
    let bytes = try readText(path: source, bytesMax: 1 << 16)
    guard let content = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(file: source, message: "is no UTF-8 text", remedy: "name a file with a fault as JSON")
    }
    return try Fault.read(content, source: source)
  }
}
