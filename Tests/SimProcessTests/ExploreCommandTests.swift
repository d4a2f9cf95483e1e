import Foundation
import Testing

/// `sim explore` and `sim profile` as programs: where results go, and what the runs of an exploration execute together.
@Suite(.enabled(if: canRun)) final class ExploreCommandTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "explorations-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try exploration(#"{"name": "memory", "pointer": "/machine/memoryMiB", "values": [64, 32]}"#)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let scenario = "\(root.path)/scenarios/hello.json"

  private func exploration(_ parameters: String, name: String = "e") throws {
    let text = "{\"scenario\": \"\(Self.scenario)\", \"parameters\": [\(parameters)]}"
    try Data(text.utf8).write(to: folder.appending(path: "\(name).json"))
  }

  private var files: [String] { ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).sorted() }

  @Test(arguments: [
    (["e.json", "-d", ":memory:"], "name a file"), (["e.json", "-d", ""], "is empty"),
    (["e.json", "--csv", "-", "--jsonl", "-"], "would write to the same place"),
  ])
  func whatIsRefusedLeavesNothing(arguments: [String], reason: String) throws {
    let before = files
    let answer = try sim(["explore"] + arguments, in: folder)
    #expect(answer.status == 2 && answer.error.contains(reason) && answer.output.isEmpty, "\(answer)")
    #expect(answer.error.split(separator: "\n").count == 1, "\(answer.error)")
    #expect(files == before)
  }

  @Test func aMinusIsStandardOutputAndNothingElseIsThere() throws {
    let answer = try sim(["explore", "e.json", "--csv", "-"], in: folder)
    #expect(answer.status == 0, "\(answer)")
    let lines = answer.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("run,point,repeat,runSeed,memory,"))
    #expect(files == ["e.db", "e.json"])
    let stacks = try sim(["profile", Self.scenario, "--folded", "-"], in: folder)
    let summary = try sim(["profile", Self.scenario, "--format", "json"], in: folder)
    let object = try #require(JSONSerialization.jsonObject(with: Data(summary.output.utf8)) as? [String: Any])
    let sum = stacks.output.split(separator: "\n").reduce(0) { $0 + (Int($1.split(separator: " ").last ?? "") ?? 0) }
    #expect(sum == object["cycles"] as? Int)
    #expect(files == ["e.db", "e.json"])
  }

  /// The counts of lines by `file:line`.
  private func counts(_ arguments: [String], _ name: String) throws -> [String: Int] {
    let answer = try sim(["profile"] + arguments + ["--lcov", name], in: folder)
    #expect(answer.status == 0, "\(answer)")
    var counts: [String: Int] = [:]
    var file: Substring = ""
    for line in try String(contentsOf: folder.appending(path: name), encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("SF:") { file = line.dropFirst(3) }
      let numbers = line.hasPrefix("DA:") ? line.dropFirst(3).split(separator: ",") : []
      if numbers.count == 2 { counts["\(file):\(numbers[0])"] = Int(numbers[1]) }
    }
    return counts
  }

  @Test func coverageOfAnExplorationIsTheSumOfItsPoints() throws {
    var sum = try counts([Self.scenario, "--set", "/machine/memoryMiB=64"], "64.info")
    for (line, count) in try counts([Self.scenario, "--set", "/machine/memoryMiB=32"], "32.info") {
      sum[line, default: 0] += count
    }
    let whole = try counts(["e.json"], "whole.info")
    #expect(whole == sum && whole.values.contains { $0 > 2 })
    // One of two runs is less.
    let half = try counts(["e.json", "--runs", "1"], "half.info")
    #expect(half.values.reduce(0, +) < whole.values.reduce(0, +))
  }

  @Test func coverageOfACampaignHasItsFaultFreeRun() throws {
    let scenario = "\(root.path)/scenarios/set-count.json"
    let text =
      "{\"scenario\": \"\(scenario)\", \"window\": {\"while\": \"extension\"}, \"models\": [\"skip\"], \"samples\": 4}"
    try Data(text.utf8).write(to: folder.appending(path: "c.json"))
    let golden = try counts([scenario], "golden.info")
    #expect(try counts(["c.json", "--runs", "1"], "one.info") == golden)
    let all = try counts(["c.json"], "all.info")
    #expect(golden.allSatisfy { line, count in all[line].map { $0 >= count } ?? false })
    #expect(all.values.reduce(0, +) > 2 * golden.values.reduce(0, +))
    let refused = try sim(["profile", "c.json", "--html", "x.html"], in: folder)
    #expect(refused.status == 2 && refused.error.contains("describes many runs"), "\(refused)")
    for change in [["--design", "ring3"], ["--seed", "5"], ["--timeout", "1ms"], ["--by", "line"], ["--top", "3"]] {
      let answer = try sim(["profile", "c.json", "--lcov", "x.info"] + change, in: folder)
      #expect(answer.status == 2 && answer.error.contains("which no option changes"), "\(answer)")
    }
  }
}
