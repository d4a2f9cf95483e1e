import Engines
import OutputFiles
import Profiles
import Scenarios
import Traces

/// A run with its profile and the lines of its code.
struct LinedRun {
  var result: RunResult
  var profile: TimeProfile
  var lines: SourceLines
  /// `file:line` by the profile's numbers of places.
  var lineTexts: [String?]
}

extension LinedRun {
  /// Does a run.
  init(_ run: ScenarioRun, _ inputs: RunInputs, _ products: BuildProducts) throws(ScenarioProblems) {
    let profiled = try run.profiled(inputs)
    (result, profile) = (profiled.result, profiled.profile)
    lines = SourceLines(profile, of: inputs.image, products.debugFiles(for: inputs))
    lineTexts = lines.texts(profile)
  }
}

/// A file that was asked for.
struct ProfileOutput {
  var option: String
  var path: String

  /// Writes what one run says; a file of all runs is written at the end.
  func write(_ run: LinedRun, to file: AtomicFile) {
    switch option {
    case "--html": file.write(run.profile.html { run.lineTexts[$0] })
    case "--folded": file.write(run.profile.folded)
    case "--pprof": file.write(run.profile.pprof(lines: run.lines))
    default: break
    }
  }
}

extension ProfileCommand {
  var outputs: [ProfileOutput] {
    [("--html", html), ("--folded", folded), ("--pprof", pprof), ("--lcov", lcov)].compactMap { option, path in
      path.map { ProfileOutput(option: option, path: $0) }
    }
  }

  /// Refuses to write over what is read, before anything runs.
  func checkOutputs() throws {
    let products = try buildProducts()
    let changes = try changes.changes
    let inputs = files.flatMap { path in
      if let runs = try? ManyRuns(path) { return runs.inputs(products) }
      // What is wrong with the file itself is told when its turn comes.
      return (try? ScenarioFile(path: path, changes: changes))?.inputs(products) ?? [CommandFile(path, "the scenario")]
    }
    try requireSeparate(outputs: outputs.map { CommandFile($0.path, $0.option) }, inputs: inputs)
  }

  func profile(_ path: String) throws(CommandFailure) -> LinedRun {
    do {
      let products = try buildProducts()
      let file = try ScenarioFile(path: path, changes: changes.changes)
      let inputs = try RunInputs(file, products: products, seed: start.seed)
      let run = try ScenarioRun(inputs)
      let deadline = time.watch(run)
      let lined = try LinedRun(run, inputs, products)
      if let failure = deadline?.failure(path) { throw failure }
      return lined
    } catch let problems as ScenarioProblems {
      throw CommandFailure(problems)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(file: path, message: "\(error)")
    }
  }
}
