import ArgumentParser
import Engines
import Foundation
import Scenarios
import TerminalText

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check scenarios without running them: every problem with its place and how to mend it.",
    discussion: """
      EXAMPLES
        sim validate scenarios/hello.json
        sim validate scenarios/*.json --format json
        sim validate scenarios/hello.json --set /guest/variant=ushell --design none
      """
  )

  @Argument(help: "Scenarios, JSON files.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "text, or json: one object a scenario, on a line of its own.")
  var format = OutputFormat.text

  @OptionGroup var changes: ChangeOptions

  func run() throws {
    let products = try buildProducts()
    let changes = try changes.changes
    var statuses: [Int32] = []
    for file in files {
      let failure = failure(of: file, changes, products)
      statuses.append(failure?.status ?? 0)
      switch format {
      case .text where failure == nil: StandardOutput.show("\(file.terminalLine): \(Terminal.paint("valid", true))")
      case .text: failure?.show()
      case .json: StandardOutput.show(json(file, failure).text)
      }
    }
    let status = ExitStatus.worst(statuses)
    if status != 0 { throw ExitCode(status) }
  }

  private func failure(of file: String, _ changes: [ScenarioChange], _ products: BuildProducts) -> CommandFailure? {
    if ScenarioSchema.isSchema(file) { return nil }
    do {
      _ = try ScenarioRun(ScenarioFile(path: file, changes: changes), products: products, seed: nil)
      return nil
    } catch {
      return CommandFailure(error)
    }
  }

  private func json(_ file: String, _ failure: CommandFailure?) -> JSONText {
    .object([
      ("file", .string(file)), ("valid", .boolean(failure == nil)),
      ("problems", .array((failure?.problems ?? []).map(\.json))),
    ])
  }
}
