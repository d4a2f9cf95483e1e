import Foundation
import Testing

/// `sim campaign` and `sim inject` as programs: what is refused leaves nothing behind, and records say where faults were.
@Suite(.enabled(if: canRun)) final class CampaignCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "campaigns-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try campaign("good", #""window": {"while": "extension"}, "models": ["skip"], "samples": 3"#)
    try campaign("nothing", #""models": ["sectors"]"#)
    try campaign("backwards", #""window": {"from": {"instruction": 9}, "to": {"instruction": 3}}, "models": ["skip"]"#)
    try campaign(
      "lines",
      #""window": {"from": {"symbol": "set_count"}, "to": {"access": {"symbol": "count", "access": "write", "count": 8}}}, "#
        + #""models": ["nmi"], "samples": "exhaustive""#)
    mkfifo(folder.appending(path: "pipe").path, 0o600)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func campaign(_ name: String, _ members: String) throws {
    let text = "{\"scenario\": \"\(root.path)/scenarios/set-count.json\", \(members)}"
    try Data(text.utf8).write(to: folder.appending(path: "\(name).json"))
  }

  private var files: [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test(arguments: [
    (["nothing.json"], "the space is empty"),
    (["backwards.json"], "ends before it begins"),
    (["good.json", "--jsonl", "no/x.jsonl"], "no/x.jsonl: can't be written: No such file or directory"),
    (["good.json", "--csv", "."], "is a folder; name a file"),
    (["good.json", "--database", "no/x.db"], "no/x.db: can't be written: No such file or directory"),
    (["good.json", "--database", "x.db", "--jsonl", "x.db-wal"], "would write to the same place"),
    (["good.json", "--database", "."], "is a folder; name a file"),
    (["pipe"], "pipe is no regular file"),
  ])
  func whatIsRefusedLeavesNothing(arguments: [String], reason: String) throws {
    let before = files
    let answer = try sim(["campaign"] + arguments, in: folder)
    #expect(answer.status == 2 && answer.error.contains(reason) && answer.output.isEmpty, "\(answer)")
    #expect(answer.error.split(separator: "\n").count == 1, "\(answer.error)")
    #expect(files == before)
  }

  @Test(arguments: [
    ("set-count", ["--fault", "@pipe"], 2, "pipe is no regular file"),
    ("fault-key", ["--fault", #"{"when": {"start": true}, "what": {"nmi": {}}}"#], 2, "has faults of its own"),
    (
      "set-count",
      [
        "--fault",
        #"{"when": {"time": "1ms"}, "what": {"descriptor": {"device": "9p", "queue": 7, "field": "flags", "set": 0}}}"#,
      ],
      1, "not-triggered: its moment came, but nothing that it waits for came after it"
    ),
    (
      "set-count", ["--fault", #"{"when": {"start": true}, "what": {"pkru": {"set": 0}}}"#], 0,
      "it was so already: this fault changed nothing"
    ),
    (
      "set-count",
      ["--fault", #"{"when": {"enter": "extension"}, "what": {"register": {"name": "rflags", "bit": 17}}}"#],
      1, "the processor does not hold RFLAGS.VM in long mode"
    ),
  ])
  func oneFault(scenario: String, arguments: [String], status: Int32, words: String) throws {
    let answer = try sim(["inject", "\(root.path)/scenarios/\(scenario).json"] + arguments, in: folder)
    #expect(answer.status == status && (answer.output + answer.error).contains(words), "\(answer)")
  }

  /// Which line was hit: the symbol, the instruction, and the line of source beside it.
  @Test func recordsSayWhichLineWasHit() throws {
    let answer = try sim(["campaign", "lines.json", "--jsonl", "lines.jsonl", "--csv", "lines.csv"], in: folder)
    #expect(answer.error.isEmpty, "\(answer)")
    let text = try String(contentsOf: folder.appending(path: "lines.jsonl"), encoding: .utf8)
    let records = try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    let first = try #require(records.first)
    #expect(first["symbol"] as? String == "set_count" && (first["code"] as? String)?.isEmpty == false)
    guard let source = first["source"] as? String, let instruction = first["disassembly"] as? String else {
      return print("no lines are looked at: the host has no tool for them")
    }
    #expect(source.hasPrefix("count.c:") && !instruction.isEmpty, "\(first)")
    let again = try sim(["campaign", "replay", "lines.db", "--experiment", "0", "--scenario", "s.json"], in: folder)
    #expect(again.output.contains("at set_count (\(source)), ") && again.status == 0, "\(again)")
    let fault = try #require(first["fault"] as? String)
    let scenario = try String(contentsOf: folder.appending(path: "s.json"), encoding: .utf8)
    #expect(scenario.filter { $0 != " " }.contains("[\(fault)]"), "\(scenario)")
    #expect(try String(contentsOf: folder.appending(path: "lines.csv"), encoding: .utf8).contains(",\(source)\n"))
  }
}
