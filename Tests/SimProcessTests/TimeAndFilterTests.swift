import Foundation
import Testing

/// Times with units, and the filters that inspect, run and resume share.
@Suite(.enabled(if: canRun)) final class TimeAndFilterTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "filters \(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func place(_ name: String) -> String { folder.appending(path: name).path }

  private func inspect(_ options: [String]) throws -> String {
    let answer = try sim(["inspect", "traces/hello.trace"] + options)
    #expect(answer.status == 0, "\(answer.error)")
    return answer.output
  }

  // The clock of hello.json runs at 1 GHz.
  @Test func aTimeIsCyclesOrHasAUnit() throws {
    let some = try inspect(["--events", "--from", "350000", "--to", "400000"])
    #expect(!some.isEmpty)
    #expect(try inspect(["--events", "--from", "350us", "--to", "400000ns"]) == some)
    #expect(try inspect(["--at", "350us"]) == inspect(["--at", "350000"]))
    #expect(
      try inspect(["--last-writer", "count", "--at", "400us"]) == inspect(["--last-writer", "count", "--at", "400000"]))
  }

  @Test func aRunWritesTheEventsThatInspectLists() throws {
    let filters = [
      ["--kind", "pkruWrite"], ["--kind", "faults", "--kind", "console"], ["--from", "1500ms", "--to", "1501ms"],
      ["--symbol", "rogue-write.o"], ["--symbol", "count"], ["--key", "0"], ["--kind", "exception", "--key", "0"],
    ]
    for filter in filters {
      let run = try sim(["run", "scenarios/rogue-write.json", "--events", place("e.jsonl")] + filter)
      #expect(run.status == 0, "\(run.error)")
      let written = try String(contentsOf: folder.appending(path: "e.jsonl"), encoding: .utf8)
      let listed = try sim(["inspect", "traces/rogue-write.trace", "--events", "--format", "json"] + filter).output
      func events(_ text: String) throws -> [NSDictionary] {
        try text.split(separator: "\n").map {
          var object = try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
          // What inspect says besides: where in the trace, and what the addresses are called.
          for key in object.keys where key == "number" || key.lowercased().hasSuffix("symbol") { object[key] = nil }
          return object as NSDictionary
        }
      }
      #expect(try events(written) == events(listed), "\(filter)")
    }
  }

  @Test func aSnapshotsRunIsFilteredToo() throws {
    let snapshot = ["snapshot", "scenarios/rogue-write.json", "--at", "1s", "-o", place("s.snapshot")]
    #expect(try sim(snapshot).status == 0)
    for (command, file) in [("resume", place("s.snapshot")), ("run", "scenarios/rogue-write.json")] {
      let answer = try sim([command, file, "--events", place(command), "--symbol", "rogue-write.o"])
      #expect(answer.status == 0, "\(answer.error)")
    }
    let written = try Data(contentsOf: folder.appending(path: "run"))
    #expect(try !written.isEmpty && Data(contentsOf: folder.appending(path: "resume")) == written)
  }

  @Test(arguments: [
    (["--kind", "pkruWrit"], "pkruWrite"), (["--key", "16"], "0 to 15"), (["--symbol", "nothing.o"], "--symbol"),
    (["--from", "2ms", "--to", "1ms"], "--from 2ms is later than --to 1ms"),
    (["--from", "soon"], "with ns, us, ms or s"),
    (["--to", "-1us"], "--to"), (["--from", "1.5ms"], "with ns, us, ms or s"),
  ])
  func aFilterThatMakesNoSenseIsRefusedAndWritesNothing(filter: [String], message: String) throws {
    let answer = try sim(["run", "scenarios/hello.json", "--events", place("e")] + filter)
    #expect(answer.status == 2 && answer.output.isEmpty && answer.error.contains(message), "\(answer.error)")
    let listed = try sim(["inspect", "traces/hello.trace", "--events"] + filter)
    #expect(listed.status == 2 && listed.error.contains(message), "\(listed.error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test(arguments: [["run", "scenarios/hello.json"], ["resume", "x"], ["inspect", "traces/hello.trace"]])
  func filtersNeedEvents(command: [String]) throws {
    let answer = try sim(command + ["--kind", "halt"])
    #expect(answer.status == 2 && answer.error.contains("give it too"), "\(answer.error)")
  }

  @Test func anApplicationThatTheImageHasNotIsRefused() throws {
    for command in ["run", "validate"] {
      let answer = try sim([command, "scenarios/hello.json", "--set", "/guest/application=cuont"])
      #expect(answer.status == 2 && answer.error.contains("has no application \"cuont\"; did you mean \"count\"?"))
    }
    #expect(try sim(["validate", "scenarios/hello.json", "--set", "/guest/application=count"]).status == 0)
  }

  @Test func aLimitBeyondTheBudgetIsToldAndTheDefaultOneEndsWithIt() throws {
    let short = ["run", "scenarios/hello.json", "--set", "/budget/time=2s"]
    #expect(try sim(short).status == 0)
    let answer = try sim(short + ["--set", "/script/0/within=3s"])
    #expect(
      answer.status == 2 && answer.error.contains("the limit 3s is longer than the budget of 2s"), "\(answer.error)")
  }
}
