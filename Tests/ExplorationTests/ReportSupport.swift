import Foundation
import FoundationXML
import Scenarios
import TestSupport

@testable import Exploration

/// A folder that is taken away when the test is over, with the databases that a test makes up.
final class ReportFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "exploration-report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// A database of an exploration without a simulator.
  func store(
    _ example: ExampleExploration, name: String = "test", identity: String = "00",
    attacks: [AttackCounts] = [], _ record: (Int, [String]) -> RunRecord?
  ) throws -> ExplorationStore {
    let store = try ExplorationStore(path("\(name).db"))
    var values = [
      "name": example.name, "summary": example.summary, "identity": identity, "shard": "1/1", "file": example.file,
      "text": example.text,
    ]
    let plan = try ExplorationPlan(ExplorationFile(path: example.file, text: Array(example.text.utf8)))
    values["runCount"] = "\(plan.runCount)"
    guard let header = ExplorationHeader(values) else { throw ExampleError() }
    try store.adopt(header)
    let records = (0..<plan.runCount).compactMap { run in
      record(run, plan.labels(ofPoint: plan.pointNumber(ofRun: run)))
    }
    try store.add(records)
    for counts in attacks { try store.add(counts) }
    return store
  }

  func page(
    _ example: ExampleExploration, name: String = "test", attacks: [AttackCounts] = [],
    _ record: (Int, [String]) -> RunRecord?
  ) throws -> String {
    let store = try store(example, name: name, attacks: attacks, record)
    defer { try? store.close() }
    return try ExplorationReport(store).html
  }
}

struct ExampleError: Error {}

/// An exploration as its file would say it.
struct ExampleExploration {
  var name = "example"
  var summary = "what it is"
  var file = "explorations/example.json"
  /// Names with the labels of their values.
  var parameters: [(name: String, labels: [String])] = [("design", ["none", "mpk"]), ("costs", ["default", "slow"])]
  /// Of the parameters those that are contexts.
  var contexts: Set<String> = []
  var repeats = 1
  /// Further members of the file.
  var members = #""goals": [{"result": "request.mean"}], "baseline": {"design": "none", "costs": "default"}"#

  var text: String {
    let list = parameters.map { parameter in
      let values = parameter.labels.map { JSONText.object([("label", .string($0)), ("set", .object([]))]).text }
      let role = contexts.contains(parameter.name) ? "\"role\": \"context\", " : ""
      return
        "{\"name\": \(JSONText.string(parameter.name).text), \(role)\"values\": [\(values.joined(separator: ", "))]}"
    }
    let more = members.isEmpty ? "" : ", \(members)"
    return
      "{\"scenario\": \"x.json\", \"repeats\": \(repeats), \"parameters\": [\(list.joined(separator: ", "))]\(more)}"
  }
}

extension RunRecord {
  /// A run in which one span came so often and took that long.
  static func example(
    _ number: Int, design: String = "none", durations: [UInt64], instructions: UInt64 = 1000,
    timeline: Timeline? = nil
  ) -> RunRecord {
    var distribution = Distribution()
    for duration in durations { distribution.add(duration) }
    let total = durations.reduce(0, +)
    return RunRecord(
      number: number, seed: 1, outcome: "completed", passed: true, reason: "", digest: "11", design: design,
      measurements: Measurements(
        values: [
          ("cycles", total), ("instructions", instructions), ("clockHertz", 1_000_000_000),
          ("request.count", UInt64(durations.count)), ("request.total", total), ("request.window", total),
          ("request.p50", distribution.quantile(0.5)), ("request.p99", distribution.quantile(0.99)),
        ], distributions: [("request", distribution)], timelines: timeline.map { [("request", $0)] } ?? []))
  }

  static func failure(_ number: Int, _ reason: String) -> RunRecord {
    RunRecord(
      number: number, seed: 1, outcome: impossible, passed: false, reason: reason, digest: "", design: "",
      measurements: Measurements())
  }
}

extension Estimate {
  static func of(_ values: Double...) -> Estimate { Estimate(values) }
}

/// A page as XML, which a page that is well-formed can be read as.
struct ReportPage {
  private let document: XMLDocument

  init(_ page: String) throws { document = try XMLDocument(xmlString: page, options: []) }

  func elements(_ path: String) -> [XMLElement] {
    ((try? document.nodes(forXPath: path)) ?? []).compactMap { $0 as? XMLElement }
  }

  func texts(_ path: String) -> [String] {
    elements(path).map { element in
      (element.stringValue ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  /// All elements with the names of their attributes.
  var shape: [String] {
    elements("//*").map { element in
      "\(element.name ?? "") \((element.attributes ?? []).compactMap(\.name).sorted())"
    }
  }
}
