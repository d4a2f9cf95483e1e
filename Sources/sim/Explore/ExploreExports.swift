import ArgumentParser
import Attacks
import Exploration
import OutputFiles

/// Where the results of an exploration are written beside the database. The same results are the same bytes.
struct ExploreExports: ResultExports {
  @Option(
    help: "Write an object of JSON for each run to this file, one a line; - is standard output, for all files.",
    completion: .file())
  var jsonl: String?

  @Option(help: "Write a line of comma-separated values for each run to this file.", completion: .file())
  var csv: String?

  @Option(help: "text, or json: the results by points as one JSON object.")
  var format = OutputFormat.text

  /// What is written, each with its option.
  var files: [CommandFile] {
    let named: [(String, String?)] = [("--jsonl", jsonl), ("--csv", csv)]
    return named.compactMap { option, path in path.map { CommandFile($0, option) } }
  }

  /// Writes what was asked for, and prints the results.
  ///
  /// - Returns: the exit code.
  func write(_ store: ExplorationStore) throws -> Int32 {
    let results = try ExplorationResults(store)
    let export = ExplorationExport(store, results)
    if let jsonl { try AtomicFile.writing(jsonl) { file in try export.visitJSONLines { file.write("\($0)\n") } } }
    if let csv { try AtomicFile.writing(csv) { file in try export.visitCSV { file.write("\($0)\n") } } }
    if !files.haveStandardOutput { StandardOutput.show(format == .json ? results.json.text : results.text) }
    return results.failed > 0 ? 1 : 0
  }

  static func reporting(path: String, _ body: () throws -> Void) throws {
    try reportingFailures(path: path) {
      do {
        try body()
      } catch let refusal as ExplorationPlan.Refusal {
        throw CommandFailure(file: path, message: refusal.description)
      } catch let error as MatrixError {
        throw CommandFailure(file: path, message: "the attacks: \(error.description)")
      }
    }
  }
}
