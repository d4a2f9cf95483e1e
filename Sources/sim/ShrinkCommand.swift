import ArgumentParser
import Campaigns
import Engines
import Foundation
import OutputFiles
import Scenarios

struct ShrinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shrink",
    abstract: "Make a failing scenario as small as can be, with the same outcome and the same evidence.",
    discussion: """
      Faults, steps, files, expectations and all other parts are taken away as long as the scenario fails in the same way, \
      then values get smaller. The result needs each of its parts (docs/shrinking.md). What fails in other ways on the way \
      is told, and never taken for the same.

      EXAMPLES
        sim shrink scenarios/fault-key.json                          prints the smallest scenario
        sim shrink failing.json -o small.json                        writes it
        sim shrink failing.json -o small.json --others others        and what else failed, to a new folder
        sim shrink failing.json --limit 200 --format json
        sim campaign replay x.db --experiment 17 --scenario e.json && sim shrink e.json

      EXIT CODES
        0  the smallest scenario was found, or the smallest within --limit and --time
        2  wrong usage or input: also a scenario that does not fail
        as for all commands besides (sim --help)
      """)

  @Argument(help: "The scenario, a JSON file.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(
    name: .shortAndLong, help: "Write the smallest scenario to this file.", completion: .file(extensions: ["json"]))
  var output: String?

  @Option(
    help: "Write a scenario for each other failure that is found to this folder, which must be new or empty.",
    completion: .directory)
  var others: String?

  @Option(
    parsing: .unconditional, help: "The most runs. Default: as many as are needed.", transform: wholeNumber)
  var limit: UInt64?

  @Option(
    help: ArgumentHelp(
      "End the search after so long on the host, such as 30s, with the smallest scenario so far.",
      valueName: "duration"),
    transform: TimeoutOption.duration)
  var time: VirtualDuration?

  @OptionGroup var start: SeedOption

  @OptionGroup var changes: ChangeOptions

  @Option(help: "text, or json: one object.")
  var format = OutputFormat.text

  func validate() throws {
    if limit == 0 { throw ValidationError("--limit is 1 or more") }
  }

  func run() throws {
    try reportingFailures(path: file) {
      let products = try buildProducts()
      let scenario = try ScenarioFile(path: file, changes: allChanges())
      try requireSeparate(outputs: outputs, inputs: scenario.inputs(products))
      if let others { try ScenarioRun.requireExportable(to: others) }
      let target = try output.map { try AtomicFile($0) }
      defer { target?.discard() }
      let shrinking = try shrink(scenario, products)
      let report = ShrinkReport(shrinking, scenario, output: output, others: others)
      if let target, let text = report.outputText {
        target.write(text)
        try target.finish()
      }
      try report.writeOthers()
      switch format {
      case .json: StandardOutput.show(report.json.text)
      case .text: StandardOutput.show(report.text)
      }
      // A simulator that contradicts itself makes all other answers doubtful.
      if report.hasDefect { throw ExitCode(ExitStatus.defect) }
    }
  }

  private func allChanges() throws -> [ScenarioChange] {
    try changes.changes + (start.seed.map { [try ScenarioChange("/seed=\($0)")] } ?? [])
  }

  private var outputs: [CommandFile] {
    (output.map { [CommandFile($0, "-o")] } ?? [])
      + (others.map { [CommandFile($0, "--others", isFolder: true)] } ?? [])
  }

  private func shrink(_ scenario: ScenarioFile, _ products: BuildProducts) throws -> ScenarioShrinking {
    let end = time.map { ContinuousClock.now + .nanoseconds(Int64($0.nanoseconds)) }
    let line = StatusLine()
    defer { line?.clear() }
    do {
      return try ScenarioRun.withProgress(nil) {
        try ScenarioShrinking(
          scenario, products: products, runsMax: limit.map { Int(clamping: $0) },
          isTimeUp: { end.map { ContinuousClock.now >= $0 } ?? false }, show: { line?.show($0.line) }, engine: .unicorn)
      }
    } catch is ScenarioShrinking.NoFailure {
      throw CommandFailure(
        file: file, message: "does not fail: it completed, and all that it expects came; there is nothing to shrink",
        remedy: "name a scenario that fails, or say with --set what it should expect")
    }
  }
}
