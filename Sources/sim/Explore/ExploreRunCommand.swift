import ArgumentParser
import Attacks
import Engines
import Exploration
import Foundation
import OutputFiles
import ResultDatabases
import Scenarios

struct ExploreRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run an exploration, or go on with one that was interrupted. (default)")

  @Argument(
    help: "An exploration, a JSON file (docs/exploration-format.md).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(
    name: [.customLong("database"), .customShort("d")],
    help: "The database of the results. Default: the exploration's name with .db, in the current folder.",
    completion: .file(extensions: ["db"]))
  var database: String?

  @OptionGroup var threads: WorkersOption

  @Option(
    help: ArgumentHelp("Run only a part of the points, such as 3/8.", valueName: "I/N"), transform: parseShard)
  var shard: Shard?

  @Flag(help: "Say how many runs there are and how long they take, and run no more than a few of them.")
  var dryRun = false

  @Flag(help: "Fit what the exploration says is not known to measurements, and tell how well the rest agrees then.")
  var calibrate = false

  @OptionGroup var exports: ExploreExports

  func validate() throws {
    if calibrate, dryRun || shard != nil || !exports.files.isEmpty {
      throw ValidationError("--calibrate stands alone: it writes no database and takes no part of the points")
    }
  }

  func run() throws {
    try ExploreExports.reporting(path: file) {
      let explorationFile = try ExplorationFile(path: file)
      let products = try buildProducts()
      let path = database ?? "\(explorationFile.name)\(shard.map { "-\($0.number)of\($0.count)" } ?? "").db"
      try requireSeparate(
        outputs: databaseFiles(path, "--database") + exports.files,
        inputs: [CommandFile(file, "the exploration"), CommandFile(explorationFile.scenarioPath, "the scenario")])
      let survey = try explorationFile.attacks.map {
        try attackSurvey(explorationFile.placed($0), products)
      }
      let exploration = try Exploration(
        explorationFile, products: products, simulator: try SimulatorIdentity.current(), engine: .unicorn)
      if dryRun { return try showEstimate(exploration) }
      if calibrate { return try fit(exploration) }
      // What could not be written at the end is told now, and an exploration that can't be leaves no database behind.
      let isThere = FileManager.default.fileExists(atPath: path)
      try requireWritable(exports.files + (isThere ? [] : [CommandFile(path, "--database")]))
      let store = try ExplorationStore(path)
      let line = StatusLine()
      try ExplorationRun(exploration).run(
        into: store, shard: shard ?? .whole, workers: threads.workers
      ) { progress in line?.show(progress.line) }
      // What these can't do leaves the runs as they are, which are shown all the same.
      let failure = Result { () throws in
        if let survey { try countAttacks(survey, store, line) }
        try PointCampaigns(exploration)?.run(into: store, shard: shard ?? .whole, workers: threads.workers) {
          point, points, done, total in
          line?.show { _ in "campaigns: point \(point + 1) of \(points), \(done) of \(total) experiments" }
        }
      }
      line?.clear()
      let status = try exports.write(store)
      let campaigns = try store.campaigns()
      try store.close()
      try failure.get()
      if campaigns.areAllImpossible, let problem = campaigns.impossible(in: exploration.plan) {
        throw CommandFailure(
          file: file, message: "$.campaign: \(problem)", remedy: "choose another window or other models")
      }
      if status != 0 { throw ExitCode(status) }
    }
  }

  private func attackSurvey(_ path: String, _ products: BuildProducts) throws -> AttackSurvey {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw CommandFailure(
        file: file, message: "$.attacks: there is no folder \(path)", remedy: "write a path relative to the exploration"
      )
    }
    return try AttackSurvey(path: path, products: products, engine: .unicorn)
  }

  private func fit(_ exploration: Exploration) throws {
    let line = StatusLine()
    do {
      let outcome = try Calibrator(exploration, workers: threads.workers) { text in line?.show { _ in text } }.fit()
      line?.clear()
      StandardOutput.show(exports.format == .json ? outcome.json.text : outcome.text)
    } catch let refusal as Calibrator.Refusal { throw CommandFailure(file: file, message: refusal.description) }
  }

  /// Runs a few points to tell how long all of them take.
  private func showEstimate(_ exploration: Exploration) throws {
    let plan = exploration.plan
    let shard = shard ?? .whole
    let wanted = (0..<plan.runCount).filter { shard.contains($0) }
    let start = ContinuousClock.now
    let tried = wanted.indices.filter { $0 * 4 % wanted.count < 4 }.prefix(4)
    for place in tried { _ = try exploration.run(wanted[place]) }
    let seconds = (ContinuousClock.now - start) / .seconds(1) / Double(max(tried.count, 1))
    let whole = seconds * Double(wanted.count) / Double(threads.workers)
    if exports.format == .json {
      StandardOutput.show(
        JSONText.object([
          ("points", .integer(UInt64(plan.points.count))), ("runs", .integer(UInt64(wanted.count))),
          ("impossible", .integer(UInt64(exploration.impossible.count))),
          ("seconds", .number(String(format: "%.1f", whole))),
        ]).text)
      return
    }
    StandardOutput.show(
      "\(plan.points.count) points, \(wanted.count) runs; about \(Self.duration(whole)) with \(threads.workers) "
        + "workers, from \(tried.count) runs of \(String(format: "%.2f", seconds)) s on average")
    if plan.file.attacks != nil {
      StandardOutput.show("and the attacks, under each design that is run: some minutes more")
    }
    if plan.file.campaign != nil {
      StandardOutput.show("and the campaign, at each of the points: its experiments are not counted beforehand")
    }
    for (point, problem) in exploration.impossible.prefix(10) {
      let words = plan.words(ofPoint: point).joined(separator: ", ")
      StandardOutput.show("point \(point) (\(words)) can't be run: \(problem)")
    }
    if exploration.impossible.count > 10 {
      StandardOutput.show("… and \(exploration.impossible.count - 10) more; leave them out by \"skip\"")
    }
    if !exploration.impossible.isEmpty { throw ExitCode(1) }
  }

  private static func duration(_ seconds: Double) -> String {
    if seconds < 120 { return "\(Int(seconds.rounded(.up))) s" }
    return seconds < 7200 ? "\(Int((seconds / 60).rounded())) min" : "\(Int((seconds / 3600).rounded())) h"
  }

  /// What each design that was run holds off, once for all its points.
  private func countAttacks(_ survey: AttackSurvey, _ store: ExplorationStore, _ line: StatusLine?) throws {
    let known = try store.attacks()
    var designs: Set<String> = []
    try store.visit(withPictures: false) { record in
      if known[record.design] == nil { designs.insert(record.design) }
    }
    let counts = try survey.counts(under: designs, workers: threads.workers) { done, total in
      line?.show { _ in "attacks: \(done) of \(total) runs" }
    }
    for counts in counts { try store.add(counts) }
  }
}

extension ExplorationRun.Progress {
  /// How far an exploration is after so many seconds.
  func line(after seconds: Double) -> String {
    let rate = Double(fresh) / seconds
    let left = rate > 0 ? "\(Int(Double(total - done) / rate)) s left" : "time left unknown"
    let failures = failed > 0 ? "; \(failed) failed" : ""
    return "\(done) of \(total) runs, \(String(format: rate < 10 ? "%.1f" : "%.0f", rate)) a second, \(left)\(failures)"
  }
}
