import ArgumentParser
import Engines
import Foundation
import OutputFiles
import Profiles
import Scenarios
import TerminalText

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Tell where a run's virtual time goes: by actor, function and line of source.",
    discussion: """
      Every cycle of the run is there, and the run is the same as without (docs/profiling.md).

      EXAMPLES
        sim profile scenarios/bpf-count.json                    actors, and the functions with most cycles
        sim profile scenarios/bpf-count.json --by line --top 30
        sim profile scenarios/bpf-count.json --html flame.html  a flame graph, one file without network
        sim profile FILE --folded stacks.txt                    for flamegraph.pl and others: a;b;c cycles
        sim profile FILE --pprof run.pb                         for pprof
        sim profile scenarios/*.json --lcov all.info            which lines of the guest were executed, summed up
        sim profile campaigns/skips.json --lcov all.info        by the runs of a campaign, or of an exploration

      EXIT CODES
        0 also where the run does not come to what its scenario expects, which is told; others as for all commands
      """
  )

  enum Table: String, ExpressibleByArgument, CaseIterable { case actor, symbol, line }

  @Argument(
    help: "Scenarios, JSON files (docs/scenario-format.md); for --lcov campaigns and explorations too.",
    completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "text, or json: one object a scenario, on a line of its own.")
  var format = OutputFormat.text

  @Option(help: "The table to print: actor, symbol or line; otherwise actors and symbols.")
  var by: Table?

  @Option(help: "Print so many lines of a table (text: 20, json: all).")
  var top: Int?

  @Option(help: "Write a flame graph to this file.", completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: "Write the stacks to this file, a line each with its cycles; - is standard output, for all files.",
    completion: .file())
  var folded: String?

  @Option(help: "Write the profile to this file as pprof reads it.", completion: .file())
  var pprof: String?

  @Option(
    help: "Write which lines were executed, and how often, to this file, as lcov and genhtml read it.",
    completion: .file(extensions: ["info"]))
  var lcov: String?

  @Option(
    help:
      "With a campaign or an exploration and --lcov: do at most so many of its runs, spread over all (default: 200).")
  var runs: Int?

  @OptionGroup var threads: WorkersOption
  @OptionGroup var start: SeedOption
  @OptionGroup var changes: ChangeOptions
  @OptionGroup var time: TimeoutOption

  func validate() throws {
    guard files.count == 1 || html == nil && folded == nil && pprof == nil else {
      throw ValidationError("--html, --folded and --pprof hold one run; name one scenario, or write --lcov of all")
    }
    if let runs, runs < 1 { throw ValidationError("--runs \(runs): write a number from 1") }
    if runs != nil, lcov == nil { throw ValidationError("--runs is for --lcov of a campaign or an exploration") }
    if let top, top < 1 { throw ValidationError("--top \(top): write a number from 1") }
  }

  func run() throws {
    try reportingFailures(path: "sim profile") {
      try checkOutputs()
      let outputs = try outputs.map { (output: $0, file: try AtomicFile($0.path)) }
      defer { for output in outputs { output.file.discard() } }
      var coverage = Coverage()
      var statuses: [Int32] = []
      // The schema lies beside the scenarios and is easily taken along with them.
      for path in files where files.count == 1 || !ScenarioSchema.isSchema(path) {
        do throws(CommandFailure) {
          if let many = try manyRuns(path) {
            try cover(many, path, &coverage)
            statuses.append(0)
            continue
          }
          let run = try profile(path)
          if lcov != nil { coverage.add(run.profile, run.lines) }
          for (output, file) in outputs { output.write(run, to: file) }
          show(run, path)
          statuses.append(run.result.exitCode == ExitStatus.defect ? ExitStatus.defect : 0)
        } catch {
          error.show([("file", .string(path))])
          statuses.append(error.status)
        }
      }
      let status = ExitStatus.worst(statuses)
      // What can't hold all that was asked for is not written.
      guard status == 0 || status == ExitStatus.defect else { throw ExitCode(status) }
      for (output, file) in outputs {
        if output.option == "--lcov" { file.write(coverage.tracefile(test: testName)) }
        try file.finish()
      }
      if status != 0 { throw ExitCode(status) }
    }
  }

  /// A file that was asked for goes there, and tables would be in the way.
  private var writesStandardOutput: Bool { outputs.map { CommandFile($0.path, $0.option) }.haveStandardOutput }

  private func manyRuns(_ path: String) throws(CommandFailure) -> ManyRuns? {
    do throws(ScenarioProblems) { return try ManyRuns(path) } catch { throw CommandFailure(error) }
  }

  /// Adds what the runs of a campaign or an exploration have executed.
  private func cover(_ runs: ManyRuns, _ path: String, _ coverage: inout Coverage) throws(CommandFailure) {
    guard lcov != nil, outputs.count == 1 else {
      throw CommandFailure(
        file: path, message: "describes many runs", remedy: "profile one scenario, or write --lcov only")
    }
    guard changes.isEmpty, start.seed == nil, time.timeout == nil, by == nil, top == nil else {
      throw CommandFailure(
        file: path, message: "describes many runs, which no option changes",
        remedy: "leave out --design, --bpf, --set, --seed, --timeout, --by and --top")
    }
    let line = StatusLine()
    defer { line?.clear() }
    do {
      let found = try CoverageOfRuns(
        runs, runMax: self.runs ?? 200, products: buildProducts(), workers: threads.workers
      ) { done, wanted in line?.show { _ in "\(done) of \(wanted) runs" } }
      line?.clear()
      coverage.add(found.coverage)
      if writesStandardOutput { return }
      let (all, executed) = found.coverage.lineCounts
      switch format {
      case .text:
        StandardOutput.show(
          "\(path.terminalLine): \(found.done) of \(found.all) runs: \(executed) of \(all) lines of source executed")
      case .json:
        StandardOutput.show(
          JSONText.object([
            ("file", .string(path)), ("runs", .integer(UInt64(found.done))), ("allRuns", .integer(UInt64(found.all))),
            ("lines", .integer(UInt64(all))), ("executed", .integer(UInt64(executed))),
          ]).text)
      }
    } catch let problems as ScenarioProblems {
      throw CommandFailure(problems)
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure(file: path, message: "\(error)") }
  }

  /// What a tracefile calls its test.
  private var testName: String {
    files.count == 1 ? URL(fileURLWithPath: files[0]).deletingPathExtension().lastPathComponent : "scenarios"
  }

  private func show(_ run: LinedRun, _ path: String) {
    if !run.result.passed {
      StandardError.show("\(path.terminalLine): not as expected: \(run.result.outcome.rawValue): \(run.result.reason)")
    }
    if writesStandardOutput { return }
    let summary = ProfileSummary(run.profile) { run.lineTexts[$0] }
    switch format {
    case .text: StandardOutput.show(summary.text(name: run.profile.name, by: by, top: top ?? 20))
    case .json: StandardOutput.show(summary.json(run.result, by: by, top: top ?? .max).text)
    }
  }
}
