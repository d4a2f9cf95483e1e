import Foundation
import LineTables
import OutputFiles
import Scenarios
import TerminalText
import Traces

extension RunCommand {
  /// Runs each file, whatever becomes of the others, and prints what came of it.
  func runAll() throws -> (cases: [JUnitReport.Case], statuses: [Int32]) {
    let products = try buildProducts()
    let maker = try engine.maker()
    let changes = try changes.changes
    var cases: [JUnitReport.Case] = []
    var statuses: [Int32] = []
    for file in files {
      let start = ContinuousClock.now
      var name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
      var output = ""
      let verdict: JUnitReport.Verdict
      do {
        if let result = try run(file, changes, products, maker) {
          (name, output) = (result.scenario, result.transcriptText)
          verdict = result.passed ? .passed : .failed(outcome: result.outcome.rawValue, failures: result.failures)
          statuses.append(result.exitCode)
        } else {
          verdict = .skipped("the schema of scenarios: there is nothing to run")
        }
      } catch let failure as CommandFailure {
        failure.show([("file", .string(file)), ("passed", .boolean(false))])
        verdict = .error(kind: failure.kind, message: failure.description)
        statuses.append(failure.status)
      }
      let passed = (ContinuousClock.now - start) / .seconds(1)
      cases.append(.init(name: name, file: file, seconds: passed, verdict: verdict, output: output))
    }
    return (cases, statuses)
  }

  /// - Returns: nil if there is nothing to run.
  private func run(
    _ file: String, _ changes: [ScenarioChange], _ products: BuildProducts, _ maker: any MachineMaker
  ) throws -> RunResult? {
    if ScenarioSchema.isSchema(file) {
      StandardError.show("\(file): is the schema of scenarios: there is nothing to run")
      return nil
    }
    do {
      let inputs = try RunInputs(ScenarioFile(path: file, changes: changes), products: products, seed: start.seed)
      let run = try ScenarioRun(inputs, on: maker)
      let deadline = time.watch(run)
      let log = try events.map { try EventsOutput($0, filter, of: inputs) }
      defer { log?.discard() }
      let disk = try exportDisk.map { try AtomicFile($0) }
      defer { disk?.discard() }
      let consoles = follow ? FollowedConsoles() : nil
      let sinks = [log?.sink, consoles?.sink].compactMap { $0 }
      var result = try consoles?.follow { try run.run(observers: sinks) } ?? run.run(observers: sinks)
      if let failure = deadline?.failure(file) { throw failure }
      try log?.finish()
      if let exportShare {
        for link in try run.exportShare(to: exportShare) {
          StandardError.show(
            "\(exportShare.terminalLine): left out, as it leads out of the share: \(link.terminalLine)"
          )
        }
      }
      if let disk, let exportDisk {
        guard let image = run.diskAtEnd else {
          throw OutputError(path: exportDisk, problem: "the disk can't be read back")
        }
        disk.write(image)
        try disk.finish()
      }
      if let evidence = result.evidence {
        result.evidence?.sourceLine =
          SourceLine(
            of: evidence.instructionPointer, called: evidence.place, in: inputs.image, products.debugFiles(for: inputs)
          )?.place
      }
      StandardOutput.show(
        format == .json ? result.json.text : result.text(showsConsoles: !follow, paint: Terminal.paint))
      return result
    } catch let problems as ScenarioProblems {
      throw CommandFailure(problems)
    } catch let problem as OutputError {
      throw CommandFailure(problem)
    }
  }
}

/// The products beside this very program.
func buildProducts() throws -> BuildProducts {
  guard let program = Bundle.main.executableURL, let products = BuildProducts(above: program) else {
    throw CommandFailure(message: "the guest's images have not been built", remedy: "run ./sim at the project's root")
  }
  return products
}
