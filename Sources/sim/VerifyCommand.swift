import ArgumentParser
import Equivalence
import Foundation
import Scenarios

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run scenarios on the simulator and on real engines, and compare what they show.",
    discussion: """
      EXAMPLES
        sim verify scenarios/hello.json --against kvm,qemu-tcg
        sim verify scenarios/*.json --against qemu-tcg --format json

      EXIT CODES
        0  agreement in everything that both show
        1  a disagreement
        2  wrong usage or input, or none of the engines could run
      """
  )

  @Argument(help: "Scenarios, JSON files.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "Engines, separated by commas: kvm, qemu-tcg, qemu-kvm.")
  var against = "kvm,qemu-tcg,qemu-kvm"

  @Option(help: "text, or json: one object a scenario.")
  var format = OutputFormat.text

  func run() throws {
    let engines = try against.split(separator: ",").map { name in
      guard let engine = EngineKind(rawValue: String(name)), engine != .unicorn else {
        throw InputError(description: "--against \(name): there is no such engine; known: kvm, qemu-tcg, qemu-kvm")
      }
      return engine
    }
    let products = try buildProducts()
    var reports: [VerifyReport] = []
    for file in files where !ScenarioSchema.isSchema(file) {
      try reportingInputErrors(path: file) {
        let inputs = try RunInputs(ScenarioFile(path: file), products: products, seed: nil)
        let results = try EquivalenceCheck(inputs).results(against: engines)
        reports.append(VerifyReport(scenario: inputs.scenario.name, results: results))
      }
      if let report = reports.last { show(report) }
    }
    if reports.contains(where: \.disagrees) { throw ExitCode(1) }
    let hasRun = reports.contains { $0.results.contains { if case .unavailable = $0.verdict { false } else { true } } }
    if !hasRun { throw ExitCode(ExitStatus.badInput) }
  }

  private func show(_ report: VerifyReport) {
    print(format == .json ? report.json.text : report.text(paint: Terminal.paint))
  }
}
