import ArgumentParser
import Foundation
import Scenarios

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check scenarios without running them: every problem with its place and how to mend it.",
    discussion: """
      EXAMPLES
        sim validate scenarios/hello.json
        sim validate scenarios/*.json --format json
      """
  )

  @Argument(help: "Scenarios, JSON files.", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "How problems are printed: text or json.")
  var format = OutputFormat.text

  func run() throws {
    let products = try buildProducts()
    let checked = files.map { (file: $0, problems: problems(of: $0, products)) }
    switch format {
    case .json: print(json(checked).text)
    case .text:
      for (file, problems) in checked {
        if problems.isEmpty { print("\(file): \(Terminal.paint("valid", true))") }
        for problem in problems { StandardError.write("\(problem)\n") }
      }
    }
    if checked.contains(where: { !$0.problems.isEmpty }) { throw ExitCode(ExitStatus.badInput) }
  }

  private func problems(of file: String, _ products: BuildProducts) -> [ScenarioProblem] {
    if ScenarioSchema.isSchema(file) { return [] }
    do {
      _ = try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil)
      return []
    } catch {
      return error.problems
    }
  }

  private func json(_ checked: [(file: String, problems: [ScenarioProblem])]) -> JSONText {
    .array(
      checked.map { file, problems in
        .object([
          ("file", .string(file)), ("valid", .boolean(problems.isEmpty)),
          ("problems", .array(problems.map { .string($0.description) })),
        ])
      })
  }
}
