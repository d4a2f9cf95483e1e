import ArgumentParser
import Campaigns
import Foundation
import OutputFiles
import Scenarios
import Traces

/// Where the results of a campaign are written beside the database. The same results are the same bytes.
struct CampaignExports: ResultExports {
  @Option(
    help: "Write an object of JSON for each experiment to this file, one a line; - is standard output, for all files.",
    completion: .file())
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
    let places = jsonl == nil && csv == nil ? nil : try RecordedPlaces(store)
    if let jsonl, let places {
      try AtomicFile.writing(jsonl) { file in
        try store.visit { record in
          let json = record.json(disassembly: places.disassembly(record), source: places.source(record))
          file.write(Array("\(json.text)\n".utf8))
        }
      }
    }
    if let csv, let places {
      try AtomicFile.writing(csv) { file in
        file.write(Array("\(ExperimentRecord.csvHeader)\n".utf8))
        try store.visit { record in
          let line = record.csv(disassembly: places.disassembly(record), source: places.source(record))
          file.write(Array("\(line)\n".utf8))
        }
      }
    }
    if let junit { try AtomicFile.writing(junit) { $0.write(try CampaignJUnit(store, result).report.text) } }
    if let summary { try AtomicFile.writing(summary) { $0.write(Array("\(result.json.text)\n".utf8)) } }
    if !files.haveStandardOutput { StandardOutput.show(format == .json ? result.json.text : result.text) }
    if result.lines.contains(where: { $0.faultClass == .simulatorDefect && $0.samples > 0 }) {
      return ExitStatus.defect
    }
    if result.header.isDry { return result.lines.contains { $0.faultClass != .masked && $0.samples > 0 } ? 1 : 0 }
    return result.failures > 0 || result.isVoid ? 1 : 0
  }

  static func reporting(path: String, _ body: () throws -> Void) throws {
    try reportingFailures(path: path) {
      do {
        try body()
      } catch let error as CampaignError {
        throw CommandFailure(file: path, message: error.description)
      }
    }
  }
}

/// What the instructions are before which faults happened, as far as the host's tools know them.
struct RecordedPlaces {
  private let lines: [UInt64: String]
  private let texts: [[UInt8]: String]

  init(_ store: CampaignStore) throws {
    lines = try store.sourceLines()
    var codes: Set<[UInt8]> = []
    try store.visit { codes.insert(Self.bytes($0.code)) }
    texts = Disassembly.texts(of: codes)
  }

  func source(_ record: ExperimentRecord) -> String? { lines[record.instructionPointer] }
  func disassembly(_ record: ExperimentRecord) -> String? { texts[Self.bytes(record.code)] }

  private static func bytes(_ code: String) -> [UInt8] {
    code.split(separator: " ").prefix(15).compactMap { UInt8($0, radix: 16) }
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
