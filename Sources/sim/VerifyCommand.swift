import ArgumentParser
import Equivalence
import Foundation
import OutputFiles
import Scenarios

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Run scenarios on the simulator and on real engines, and compare what they show.",
    discussion: """
      EXAMPLES
        sim verify scenarios/hello.json --against kvm,qemu-tcg
        sim verify scenarios/*.json --against qemu-tcg --format json
        sim verify scenarios/hello.json --against kvm --record traces/real
        sim verify --pku                         every access decision, on QEMU's and the host's processor too
        sim verify traces/real/*.trace           beside runs that were recorded, on any host
        sim verify --lockstep scenarios/hello.json          the boot, instruction by instruction
        sim verify --lockstep --sequences 20000 --seed 1    generated instruction sequences
        sim verify --native --seconds 60         generated programs on the host's own processor
        sim verify --native --forms              every form of every instruction on it

      EXIT CODES
        0  agreement in everything that both show
        1  a disagreement
        2  wrong usage or input, none of the engines could run, or a run ended before --from or --to
      """
  )

  @Argument(
    help: "Scenarios, JSON files; or traces of real runs, which --record wrote.",
    completion: .file(extensions: ["json", "trace"]))
  var files: [String] = []

  @Flag(help: "Compare PKRUModel with processors: every combination of rights, keys, modes and control bits.")
  var pku = false

  @OptionGroup var lockstep: LockstepOptions
  @OptionGroup var native: NativeOptions

  @Option(help: "Engines, separated by commas: kvm, qemu-tcg, qemu-kvm (the default is all of them).")
  var against: String?

  @Option(
    help: "Record the engines' runs as traces in this folder; with --pku, what the host's own processor decides.",
    completion: .directory)
  var record: String?

  @Option(help: "text, or json: one object a scenario.")
  var format = OutputFormat.text

  private static let engineNames = "kvm,qemu-tcg,qemu-kvm"

  func validate() throws {
    let other = [("--native", native.native), ("--lockstep", lockstep.lockstep), ("--pku", pku)].first(where: \.1)?.0
    if let other {
      guard against == nil else { throw ValidationError("--against goes with scenarios, not with \(other)") }
      guard record == nil || pku else {
        throw ValidationError("--record goes with scenarios and --pku, not with \(other)")
      }
    }
    guard against?.split(separator: ",").isEmpty != true else {
      throw ValidationError("--against names no engine; known: \(Self.engineNames)")
    }
    if native.native {
      guard !pku, !lockstep.lockstep else { throw ValidationError("give one of --native, --lockstep and --pku") }
      guard files.isEmpty || !native.forms && lockstep.sequences == nil else {
        throw ValidationError("--native takes files, or --sequences, or --forms")
      }
    } else if !lockstep.lockstep, lockstep.hasSequenceOptions {
      throw ValidationError("--sequences, --seed and --output belong to --lockstep and --native")
    } else if lockstep.sequences != nil {
      guard lockstep.lockstep, !pku else { throw ValidationError("--sequences goes with --lockstep or --native") }
    } else {
      guard pku == files.isEmpty else {
        throw ValidationError(pku ? "--pku takes no files" : "name a scenario, or give --pku")
      }
    }
  }

  func run() throws {
    if pku { return try compareProtectionKeys() }
    if native.native {
      let agrees = try native.run(
        files: files, sequences: lockstep.sequences, seed: lockstep.seed, output: lockstep.output, format: format)
      if !agrees { throw ExitCode(1) }
      return
    }
    if lockstep.lockstep {
      let status = try lockstep.run(files: files, format: format)
      if status != 0 { throw ExitCode(status) }
      return
    }
    let engines = try (against ?? Self.engineNames).split(separator: ",").map { name in
      guard let engine = EngineKind(rawValue: String(name)), engine != .unicorn else {
        throw CommandFailure(
          message: "--against \(name): there is no such engine", remedy: "known: \(Self.engineNames)")
      }
      return engine
    }
    var reports: [VerifyReport] = []
    for file in files where !ScenarioSchema.isSchema(file) {
      try reportingFailures(path: file) {
        let report = try file.hasSuffix(".trace") ? compareRecorded(file) : compare(file, against: engines)
        StandardOutput.show(format == .json ? report.json.text : report.text(paint: Terminal.paint))
        reports.append(report)
      }
    }
    if reports.contains(where: \.disagrees) { throw ExitCode(1) }
    let hasRun = reports.contains { $0.results.contains { if case .unavailable = $0.verdict { false } else { true } } }
    if !hasRun { throw ExitCode(ExitStatus.badInput) }
  }

  private func compareProtectionKeys() throws {
    let report = try KeyMatrixReport()
    StandardOutput.show(format == .json ? report.json.text : report.text(paint: Terminal.paint))
    if let record, let run = report.siliconRun {
      StandardError.show("recorded \(try run.write(into: record))")
    }
    if !report.agrees { throw ExitCode(1) }
  }

  private func compare(_ file: String, against engines: [EngineKind]) throws -> VerifyReport {
    let products = try buildProducts()
    let scenario = try ScenarioFile(path: file)
    if let record {
      let traces = engines.map { "\(record)/\(RealRun.fileName(of: scenario.scenario, on: $0))" }
      try requireSeparate(outputs: traces.map { CommandFile($0, "--record") }, inputs: scenario.inputs(products))
    }
    let inputs = try RunInputs(scenario, products: products, seed: nil)
    let check = EquivalenceCheck(inputs)
    let results = try check.results(against: engines, keepsEvents: record != nil)
    if let record {
      for path in try check.record(results, to: record) {
        StandardError.show("recorded \(path)")
      }
    }
    return VerifyReport(scenario: inputs.scenario.name, results: results)
  }

  private func compareRecorded(_ file: String) throws -> VerifyReport {
    let run = try RealRun(path: file)
    return VerifyReport(scenario: run.inputs.scenario.name, results: [try run.check()])
  }
}
