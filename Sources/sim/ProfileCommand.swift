import ArgumentParser
import Engines
import OutputFiles
import Profiles
import Scenarios

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Tell where a run's virtual time goes: by actor, function and line of source.",
    discussion: """
      EXAMPLES
        sim profile scenarios/bpf-count.json
        sim profile scenarios/bpf-count.json --by line --top 20
        sim profile scenarios/bpf-count.json --folded stacks.txt
      """
  )

  @Argument(help: "Scenarios, JSON files (docs/scenario-format.md).", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "Write the stacks, a line each with its cycles, to this file.", completion: .file())
  var folded: String?

  @OptionGroup var start: SeedOption
  @OptionGroup var changes: ChangeOptions
  @OptionGroup var time: TimeoutOption

  func run() throws {
    let products = try buildProducts()
    let changes = try changes.changes
    for file in files {
      do {
        let inputs = try RunInputs(ScenarioFile(path: file, changes: changes), products: products, seed: start.seed)
        let run = try ScenarioRun(inputs)
        let profiled = try run.profiled(inputs)
        let summary = ProfileSummary(profiled.profile)
        StandardOutput.show("\(summary.cycles) \(summary.idle) \(profiled.result.digest)")
        for line in summary.actors { StandardOutput.show("\(line.own) \(line.name)") }
        for line in summary.symbols.prefix(25) { StandardOutput.show("\(line.own) \(line.total) \(line.name)") }
        if let folded { try AtomicFile.write(profiled.profile.folded, to: folded) }
      } catch let problems as ScenarioProblems {
        throw CommandFailure(problems)
      }
    }
  }
}
