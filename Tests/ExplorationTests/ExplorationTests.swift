import Campaigns
import Foundation
import ResultDatabases
import Scenarios
import Testing

@testable import Exploration

@Suite struct ExplorationTests {
  private static let costs =
    #""parameters": [{"name": "costs", "pointer": "/machine/costs", "values": ["default", "flat"]}]"#

  @Test func resultsDependNeitherOnWorkersNorOnShards() throws {
    let folder = try ExplorationFolder()
    let members = "\(Self.costs), \"repeats\": 3"
    let exploration = try Exploration.of(folder.file(members))
    let alone = try exploration.store(folder.path("one.db")).exports()
    #expect(alone.count == 6 + 7)
    #expect(try exploration.store(folder.path("two.db"), workers: 2).exports() == alone)
    for number in 1...3 {
      try exploration.store(folder.path("part\(number).db"), shard: Shard(number: number, count: 3)).close()
    }
    let parts = [3, 1, 2].map { folder.path("part\($0).db") }
    let whole = try ShardMerging<ExplorationStore>(parts).write(to: folder.path("whole.db"))
    #expect(try whole.exports() == alone)
    #expect(throws: ResultDatabase.Refusal.self) { try ShardMerging<ExplorationStore>(Array(parts.dropLast())) }
  }

  @Test func whatIsThereIsNotRunAgain() throws {
    let folder = try ExplorationFolder()
    let exploration = try Exploration.of(folder.file(Self.costs))
    let half = try exploration.store(folder.path("a.db"), workers: 1)
    let all = try half.exports()
    var seen: [Int] = []
    try ExplorationRun(exploration).run(into: half, workers: 1) { seen.append($0.fresh) }
    #expect(seen.allSatisfy { $0 == 0 })
    #expect(try half.exports() == all)
  }

  @Test func aDatabaseOfAnotherExplorationIsRefused() throws {
    let folder = try ExplorationFolder()
    try Exploration.of(folder.file(Self.costs)).store(folder.path("a.db")).close()
    let other = try Exploration.of(folder.file("\(Self.costs), \"seed\": 2"))
    let refusal = #expect(throws: ResultDatabase.Refusal.self) { try other.store(folder.path("a.db")) }
    #expect(refusal?.description.contains("another exploration") == true)
  }

  /// The same scenario without anybody who measures has the same digest.
  @Test func measuringChangesNothing() throws {
    let folder = try ExplorationFolder()
    let members =
      #""parameters": [{"name": "seed", "pointer": "/seed", "values": [1]}], "measure": {"spans": [{"name": "print", "from": {"symbol": "get_count"}, "to": {"symbol": "set_count"}}]}"#
    let exploration = try Exploration.of(folder.file(members, scenario: "set-count"))
    let record = try exploration.run(0)
    let file = try ScenarioFile(path: root.appending(path: "scenarios/set-count.json").path)
    let plain = try ScenarioRun(
      file, products: built, seed: nil, on: SimulatedMachineMaker(engine: .unicorn, .unicorn)
    )
    .run()
    #expect(record.digest == plain.digest)
    #expect(record.measurements["instructions"] == plain.instructions)
    #expect(record.measurements["print.count"]! > 0)
  }

  @Test func sharesOfActorsAreTheWholeRun() throws {
    let folder = try ExplorationFolder()
    let members = #""parameters": [{"name": "seed", "pointer": "/seed", "values": [1]}]"#
    let measured = try Exploration.of(folder.file(members, scenario: "rogue-write")).run(0).measurements
    let shares = ActorMeter.Share.allCases.map { measured["\($0.rawValue).cycles"] ?? 0 }
    #expect(shares.reduce(0, +) == measured["cycles"])
    #expect(measured["extension.instructions"]! > 0)
    #expect(measured["accessesDenied"]! > 0)
  }

  /// A server's requests are counted by the host exactly, and one that a program traces takes longer.
  @Test func requestsAreCountedExactly() throws {
    let folder = try ExplorationFolder()
    let members =
      #""parameters": [{"name": "work", "pointer": "/guest/requests/work", "values": [100, 200]}], "measure": {"spans": [{"name": "request", "from": {"symbol": "receive_request"}, "to": {"symbol": "send_reply"}}]}"#
    let exploration = try Exploration.of(folder.file(members, scenario: "requests"))
    let (short, long) = (try exploration.run(0), try exploration.run(1))
    #expect(short.measurements["request.count"] == 3000)
    // 800 instructions more: a step is eight.
    #expect(long.measurements["request.min"]! - short.measurements["request.min"]! == 800)
    // The digest on the console is that of the scenario's own work, which is 200.
    #expect(long.passed && !short.passed)
  }

  /// Greater messages are fewer requests, fewer ticks are fewer interrupts, and without the event index drivers write less into their rings.
  @Test func messagesTicksAndTheEventIndexHaveAnEffect() throws {
    let folder = try ExplorationFolder()
    let members =
      #""parameters": [{"name": "msize", "pointer": "/guest/msize", "values": [4096, 32768]}, {"name": "limit", "pointer": "/share/msize", "values": [4096, 524288]}, {"name": "event", "pointer": "/machine/eventIndex", "values": [true, false]}, {"name": "tick", "pointer": "/guest/tick", "values": ["1ms", "16ms"]}], "points": [{"msize": 32768, "limit": 524288, "event": true, "tick": "16ms"}, {"msize": 4096, "limit": 524288, "event": true, "tick": "16ms"}, {"msize": 32768, "limit": 4096, "event": true, "tick": "16ms"}, {"msize": 32768, "limit": 524288, "event": false, "tick": "16ms"}, {"msize": 32768, "limit": 524288, "event": true, "tick": "1ms"}]"#
    let file = try folder.file(members, scenario: "\(root.path)/explorations/scenarios/platform.json")
    let exploration = try Exploration.of(file)
    let runs = try (0..<5).map { try exploration.run($0) }
    for run in runs { #expect(run.passed, "\(run.reason)") }
    let all = runs.map(\.measurements)
    #expect(all[1]["ninePRequests"]! > all[0]["ninePRequests"]! + 10)
    #expect(all[1]["deviceAccesses"]! > all[0]["deviceAccesses"]!)
    // Whichever side has the lower limit, it holds.
    #expect(all[2]["ninePRequests"] == all[1]["ninePRequests"])
    #expect(all[3]["ninePRequests"] == all[0]["ninePRequests"] && all[3]["boot.cycles"]! < all[0]["boot.cycles"]!)
    #expect(all[4]["interrupts"]! >= all[0]["interrupts"]! + 15)
  }

  @Test func aPointThatCannotBeRunIsARowWithItsReason() throws {
    let folder = try ExplorationFolder()
    let members = #""parameters": [{"name": "design", "pointer": "/guest/design", "values": ["uio-mpk", "ring3"]}]"#
    let exploration = try Exploration.of(folder.file(members))
    #expect(exploration.impossible.map(\.point) == [1])
    let results = try ExplorationResults(exploration.store(folder.path("a.db")))
    #expect(results.failed == 1)
    #expect(results.points[1].reason.hasPrefix("impossible: $.guest"))
    #expect(results.points[1].estimates.isEmpty)
  }

  private static let withCampaign =
    #""parameters": [{"name": "memory", "pointer": "/machine/memoryMiB", "values": [64, 32]}], "campaign": {"window": {"while": "gate"}, "models": [{"pkru": {}}, {"register": {}}], "samples": 400, "seed": 2}"#

  /// The campaign of a point finds what the same campaign finds alone, is not run again, and is whole in whatever part its point is.
  @Test func faultsAreTriedAtEachPoint() throws {
    let folder = try ExplorationFolder()
    let exploration = try Exploration.of(folder.file(Self.withCampaign, scenario: "set-count"))
    let store = try exploration.store(folder.path("a.db"))
    let campaigns = try #require(PointCampaigns(exploration))
    try campaigns.run(into: store, workers: 2)
    let found = try store.campaigns()
    #expect(found.count == 2)
    try folder.write(
      #"{"scenario": "\#(root.path)/scenarios/set-count.json", "window": {"while": "gate"}, "models": [{"pkru": {}}, {"register": {}}], "samples": 400, "seed": 2}"#,
      "alone.json")
    let alone = try Campaign(
      CampaignFile(path: folder.path("alone.json")), products: built, scenarioSeed: 1, simulator: "", engine: .unicorn)
    // 64 MiB are what the scenario has itself.
    #expect(try found[0]?.tally == alone.tally(workers: 1))
    #expect(found[1]?.tally.samples == 400)
    let results = try ExplorationResults(store)
    let point = try #require(results.points.last)
    #expect(point.estimates["campaign.samples"]?.mean == 400)
    #expect(point.estimates["campaign.lower"]!.mean <= point.estimates["campaign.extrapolated"]!.mean)
    #expect(point.estimates["campaign.upper"]!.mean > point.estimates["campaign.extrapolated"]!.mean)
    let exports = try store.exports()
    try campaigns.run(into: store, workers: 1) { _, _, _, _ in Issue.record("nothing is left to run") }
    for number in 1...2 {
      let shard = Shard(number: number, count: 2)
      let part = try exploration.store(folder.path("part\(number).db"), shard: shard)
      try campaigns.run(into: part, shard: shard, workers: 1)
      try part.close()
    }
    let whole = try ShardMerging<ExplorationStore>([1, 2].map { folder.path("part\($0).db") }).write(
      to: folder.path("whole.db"))
    #expect(try whole.exports() == exports)
  }

  @Test func aCampaignThatHasNoPlaceIsTold() throws {
    let folder = try ExplorationFolder()
    let members =
      #""parameters": [{"name": "seed", "pointer": "/seed", "values": [1]}], "campaign": {"window": {"while": "extension"}, "models": [{"pkru": {}}]}"#
    let exploration = try Exploration.of(folder.file(members, scenario: "boot"))
    let store = try exploration.store(folder.path("a.db"))
    #expect(try ExplorationResults(store).text.contains("points without the campaign yet: 1;"))
    try PointCampaigns(exploration)?.run(into: store, workers: 1)
    let results = try ExplorationResults(store)
    #expect(results.text.contains("points where the campaign can't be run: 1 of 1; point 0 (seed=1): nobody"))
    #expect(results.campaigns.areAllImpossible)
    #expect(try ExplorationResults(store).names.contains { $0.hasPrefix("campaign.") } == false)
  }

  /// SQLite would open another file, or none.
  @Test(arguments: ["", ":memory:", "-", "file:a.db", "file:a?mode=memory"])
  func databasesHaveNamesOfFiles(path: String) throws {
    #expect(throws: ResultDatabase.Refusal.self) { try ExplorationStore(path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// What was looked at is what is run, though the files change meanwhile.
  @Test func filesAreReadOnce() throws {
    let folder = try ExplorationFolder()
    try folder.write(
      #"{"guest": {"image": "x.elf"}, "script": [{"expect": "> "}]}"#, "s.json")
    let image = try Data(contentsOf: built.images.appending(path: "uio-ushellmpk.elf"))
    try image.write(to: folder.url.appending(path: "x.elf"))
    let members = #""parameters": [{"name": "seed", "pointer": "/seed", "values": [1, 2]}]"#
    let exploration = try Exploration.of(folder.file(members, scenario: "s.json"))
    try Data("no image".utf8).write(to: folder.url.appending(path: "x.elf"))
    #expect(try exploration.run(0).passed && exploration.run(1).passed)
  }

  @Test func resultsAreKeptInFiles() {
    for path in [":memory:", ""] {
      let refusal = #expect(throws: ResultDatabase.Refusal.self) { try ExplorationStore(path) }
      #expect(refusal?.description.contains("name a file") == true)
    }
  }

  @Test func damagedDatabasesAreRefused() throws {
    let folder = try ExplorationFolder()
    try Exploration.of(folder.file(Self.costs)).store(folder.path("a.db")).close()
    let bytes = try [UInt8](Data(contentsOf: folder.url.appending(path: "a.db")))
    var generator = SystemRandomNumberGenerator()
    for trial in 0..<60 {
      var damaged = bytes
      if trial % 3 == 0 { damaged.removeLast(Int.random(in: 1..<damaged.count, using: &generator)) }
      for _ in 0..<(trial % 3 == 0 ? 0 : 20) where !damaged.isEmpty {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
      }
      let path = folder.path("damaged.db")
      try Data(damaged).write(to: URL(filePath: path))
      // Whatever is read is what was written, or it is refused: no results of damaged rows.
      if let store = try? ExplorationStore(path, mustExist: true) {
        if let lines = try? store.exports() { #expect(lines.isEmpty == false) }
        try? store.close(isChanged: false)
      }
    }
  }
}
