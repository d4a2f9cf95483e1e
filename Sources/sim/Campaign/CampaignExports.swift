import ArgumentParser
import Campaigns
import Foundation
import OutputFiles
import Scenarios

/// Where the results of a campaign are written beside the database. The same results are the same bytes.
struct CampaignExports: ParsableArguments {
  @Option(help: "Write an object of JSON for each experiment to this file, one a line.", completion: .file())
  var jsonl: String?

  @Option(help: "Write a line of comma-separated values for each experiment to this file.", completion: .file())
  var csv: String?

  @Option(
    help: "Write a test case for each class as JUnit's XML to this file.", completion: .file(extensions: ["xml"]))
  var junit: String?

  @Option(help: "Write the summary as one JSON object to this file.", completion: .file(extensions: ["json"]))
  var summary: String?

  @Option(help: "text, or json: the summary as one JSON object.")
  var format = OutputFormat.text

  /// What is written, each with its option.
  var files: [CommandFile] {
    let named: [(String, String?)] = [("--jsonl", jsonl), ("--csv", csv), ("--junit", junit), ("--summary", summary)]
    return named.compactMap { option, path in path.map { CommandFile($0, option) } }
  }

  /// Writes what was asked for, and prints the summary.
  ///
  /// - Returns: the exit code.
  func write(_ store: CampaignStore) throws -> Int32 {
    let result = try CampaignSummary(store)
    if let jsonl {
      try export(jsonl) { file in try store.visit { file.write(Array("\($0.json.text)\n".utf8)) } }
    }
    if let csv {
      try export(csv) { file in
        file.write(Array("\(ExperimentRecord.csvHeader)\n".utf8))
        try store.visit { file.write(Array("\($0.csv)\n".utf8)) }
      }
    }
    if let junit { try export(junit) { $0.write(try CampaignJUnit(store, result).report.text) } }
    if let summary { try export(summary) { $0.write(Array("\(result.json.text)\n".utf8)) } }
    switch format {
    case .json: StandardOutput.show(result.json.text)
    case .text: StandardOutput.show(result.text)
    }
    if result.lines.contains(where: { $0.faultClass == .simulatorDefect && $0.samples > 0 }) {
      return ExitStatus.defect
    }
    if result.header.isDry { return result.lines.contains { $0.faultClass != .masked && $0.samples > 0 } ? 1 : 0 }
    return result.failures > 0 ? 1 : 0
  }

  private func export(_ path: String, _ body: (AtomicFile) throws -> Void) throws {
    let file = try AtomicFile(path)
    defer { file.discard() }
    try body(file)
    try file.finish()
  }
}

/// The results of a campaign as test cases, one a class: a hundred thousand would be too many for those who show them.
private struct CampaignJUnit {
  let report: JUnitReport

  init(_ store: CampaignStore, _ summary: CampaignSummary) throws {
    var first: [FaultClass: ExperimentRecord] = [:]
    try store.visit { record in
      if first[record.faultClass] == nil { first[record.faultClass] = record }
    }
    report = JUnitReport(
      summary.lines.map { line in
        let name = "\(summary.header.name): \(line.faultClass.rawValue)"
        guard line.faultClass.isFailure, line.samples > 0, let example = first[line.faultClass] else {
          return .init(name: name, file: summary.header.file, seconds: 0, verdict: .passed)
        }
        return .init(
          name: name, file: summary.header.file, seconds: 0,
          verdict: .failed(
            outcome: line.faultClass.rawValue,
            failures: [
              "\(line.samples) of \(summary.decided) samples; the first: \(example.location) before instruction "
                + "\(example.instruction): \(example.reason)",
              "sim campaign replay \(store.path) --experiment \(example.number)",
            ]))
      })
  }
}
