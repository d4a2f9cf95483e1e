import Foundation
import ResultDatabases
import Scenarios
import SeededRandom
import SimUnicorn
import Testing

@testable import Campaigns

@Suite struct BadCampaignTests {
  /// What is wrong, and words of the one line that says so.
  private static let wrong: [(members: String, words: String)] = [
    (#""models": []"#, "$.models: names none"),
    (#""models": [{"register": {"names": ["rox"]}}]"#, "\"rox\" is no register; did you mean \"rax\"?"),
    (#""models": [{"regster": {}}]"#, "did you mean \"register\"?"),
    (#""models": [{"register": {}, "skip": {}}]"#, "says several things"),
    (#""models": [{"interrupt": {"vectors": [3]}}]"#, "is no vector of an interrupt"),
    (#""models": ["swarn"]"#, "\"swarn\" is no model; did you mean \"swarm\"?"),
    (#""models": ["memory"]"#, "says nothing"),
    (#""models": ["skip", "swarm"]"#, "has a swarm beside others"),
    (#""models": [{"swarm": {"models": []}}]"#, "$.models[0].swarm.models: names none"),
    (#""models": [{"swarm": {"models": ["swarm"]}}]"#, "a swarm draws from models"),
    (#""models": [{"ninePReply": {"messages": ["Tread"]}}]"#, "\"Tread\" is no reply of 9P2000.L"),
    (#""models": [{"ninePReply": {"messages": []}}]"#, "names none"),
    (#""models": [{"ninePReply": {"changes": ["lose"]}}]"#, "\"lose\" is no change of this model"),
    (#""models": [{"ninePReply": {"changes": ["flip", "flip"]}}]"#, "is there twice"),
    (#""models": [{"ninePReply": {"changes": ["flip"], "delay": "1ms"}}]"#, "belongs to the change \"delay\""),
    (#""models": [{"usedEntry": {"changes": ["drop"], "fields": ["id"]}}]"#, "belongs to the change \"flip\""),
    (#""models": [{"descriptor": {"device": "disk"}}]"#, "\"disk\" is no device"),
    (#""models": [{"descriptor": {"fields": []}}]"#, "names none"),
    (#""interrupts": "all""#, "is nothing that is known"),
    (#""interrupts": {"every": 3}"#, "3 is out of range"),
    (#""interrupts": "every", "samples": 3"#, "which is exhaustive"),
    (#""interrupts": "every", "models": ["skip"]"#, "says several things"),
    (#""seed": 1"#, "says nothing"),
    (#""models": [{"pageTable": {"symbol": "count", "bits": ["sticky"]}}]"#, "\"sticky\" is no bit of an entry"),
    (#""models": [{"skip": {}}], "samples": 0"#, "0 is out of range"),
    (#""models": [{"skip": {}}], "samples": {"error": 2}"#, "is no share of a whole"),
    (#""models": [{"skip": {}}], "samples": "all""#, "\"exhaustive\", or {\"error\""),
    (#""models": [{"skip": {}}], "name": """#, "$.name: is empty"),
    (#""models": [{"skip": {}}], "name": "a\nb""#, "has characters that no line shows"),
    (#""models": [{"skip": {}}], "confidence": "100%""#, "is no share of a whole"),
    (#""models": [{"skip": {}}], "window": {"until": 3}"#, "unknown key \"until\""),
    (#""models": [{"skip": {}}], "limit": {"factor": 0}"#, "0 is out of range"),
    (#""models": [{"skip": {}}], "window": {"while": "nobody"}"#, "\"nobody\" is no actor"),
  ]

  @Test(arguments: wrong.indices) func eachMistakeIsNamed(index: Int) throws {
    let (members, words) = Self.wrong[index]
    let folder = try TestFolder()
    let problems = #expect(throws: ScenarioProblems.self) { try folder.campaign(members) }
    let text = problems?.description ?? ""
    #expect(text.contains(words) && text.contains("test.json"), "\(text)")
  }

  private static let impossible: [(members: String, words: String)] = [
    (#""models": [{"skip": {}}], "window": {"from": {"symbol": "set_cuont"}}"#, "did you mean \"set_count\"?"),
    (
      #""models": [{"skip": {}}], "window": {"from": {"instruction": 700}, "to": {"instruction": 7}}"#,
      "ends before it begins"
    ),
    (
      #""models": [{"skip": {}}], "window": {"from": {"symbol": "set_count"}, "to": {"time": "1us"}}"#,
      "ends before it begins"
    ),
    (#""models": [{"skip": {}}], "window": {"from": {"instruction": 99000000}}"#, "never begins"),
    (#""models": [{"skip": {}}], "window": {"to": {"instruction": 99000000}}"#, "never ends"),
    (#""models": [{"skip": {}}], "window": {"while": "application", "to": {"instruction": 5}}"#, "acts in the window"),
    (
      #""models": [{"skip": {}}], "window": {"from": {"instruction": 7}, "to": {"instruction": 7}}"#,
      "the window is empty"
    ),
    (#""models": [{"memory": {"symbol": "no_such"}}], "window": {"while": "extension"}"#, "no symbol \"no_such\""),
    (#""models": [{"pkru": {}}, {"register": {"names": ["pkru"]}}], "window": {"while": "extension"}"#, "count twice"),
    (#""models": [{"register": {}}], "samples": "exhaustive""#, "too large"),
    (#""models": ["ninePReply"], "window": {"while": "extension"}"#, "no 9P reply in the window"),
    (#""models": [{"ninePRequest": {"messages": ["Twrite"]}}]"#, "no 9P request Twrite in the window"),
    (#""models": ["sectors"]"#, "no transfer of sectors"),
    (#""models": [{"descriptor": {"queue": 77}}]"#, "no chain that a device takes from queue 77"),
    (#""models": ["interrupt"], "window": {"to": {"instruction": 5}}"#, "no interrupt in the window"),
    (#""models": ["ninePReply", {"ninePReply": {"changes": ["drop"]}}]"#, "count twice"),
    (
      #""models": [{"code": {"of": "programs"}}], "window": {"while": "gate"}"#,
      "no instruction of a program that was loaded"
    ),
    (#""models": ["swarm"]"#, "add \"liveness\""),
  ]

  @Test(arguments: impossible.indices) func whatCannotBeIsRefused(index: Int) throws {
    let (members, words) = Self.impossible[index]
    let folder = try TestFolder()
    let file = try folder.campaign(members)
    let problem = #expect(throws: CampaignError.self) { try Campaign.of(file) }
    #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "")")
  }

  @Test func aScenarioWithFaultsOfItsOwnIsNoBase() throws {
    let folder = try TestFolder()
    #expect(throws: ScenarioProblems.self) {
      try folder.campaign(#""models": [{"skip": {}}]"#, scenario: "corrupted-object")
    }
  }

  // MARK: Databases

  private static let few = #""window": {"while": "extension"}, "models": [{"skip": {}}], "samples": 12"#

  @Test func aDatabaseOfAnotherCampaignIsRefused() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(Self.few))
    try campaign.store(folder.path("a.db")).close()
    let other = try Campaign.of(folder.campaign(Self.few + #", "seed": 2"#, name: "other"))
    let refusal = #expect(throws: CampaignStore.Refusal.self) { try other.store(folder.path("a.db")) }
    #expect(refusal?.description.contains("another campaign") == true)
    #expect(try campaign.store(folder.path("a.db")).done().count == campaign.plan.classes.count)
  }

  @Test func twoProcessesDoNotShareADatabase() throws {
    let folder = try TestFolder()
    let first = try CampaignStore(folder.path("a.db"))
    let refusal = #expect(throws: CampaignStore.Refusal.self) { try CampaignStore(folder.path("a.db")) }
    #expect(refusal?.isTemporary == true)
    try first.close()
    try CampaignStore(folder.path("a.db")).close()
  }

  @Test func filesThatAreNoDatabaseOfOursAreRefused() throws {
    let folder = try TestFolder()
    try Data("no database, and long enough to have a header of a hundred bytes, as SQLite's files have, and more".utf8)
      .write(to: folder.url.appending(path: "text.db"))
    #expect(throws: CampaignStore.Refusal.self) { try CampaignStore(folder.path("text.db")) }
    #expect(throws: CampaignStore.Refusal.self) { try CampaignStore(folder.path("missing.db"), mustExist: true) }
    #expect(!FileManager.default.fileExists(atPath: folder.path("missing.db")))
    #expect(throws: CampaignStore.Refusal.self) { try CampaignStore(folder.path("no/folder/x.db")) }
  }

  /// Whatever has happened to a database: it is refused, or read as what it is; nothing crashes.
  @Test func damagedDatabasesDoNotCrash() throws {
    let folder = try TestFolder()
    try Campaign.of(folder.campaign(Self.few)).store(folder.path("a.db")).close()
    let whole = try Data(contentsOf: folder.url.appending(path: "a.db"))
    var generator = SeededGenerator(seed: 9)
    var refused = 0
    for number in 0..<120 {
      var bytes = whole
      if number % 3 == 0 { bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)) }
      for _ in 0..<Int.random(in: 1...30, using: &generator) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let path = folder.path("damaged\(number).db")
      try Data(bytes).write(to: URL(filePath: path))
      do {
        let store = try CampaignStore(path, mustExist: true)
        _ = try CampaignSummary(store).text
        _ = try store.lines()
        try store.close()
      } catch { refused += 1 }
    }
    #expect(refused > 20)
  }

  /// Whichever single bit of the file turns: the results are refused, or those that were written.
  @Test func aBitThatTurnsChangesNoResult() throws {
    let folder = try TestFolder()
    let original = try Campaign.of(folder.campaign(Self.few)).store(folder.path("a.db"))
    let (lines, summary) = (try original.lines(), try CampaignSummary(original))
    try original.close()
    let whole = try Data(contentsOf: folder.url.appending(path: "a.db"))
    // The text of the records lies at the end of their page: a turn there is one that no database engine sees.
    let record = try #require(whole.range(of: Data("the instruction".utf8)) ?? whole.range(of: Data("latent".utf8)))
    var generator = SeededGenerator(seed: 5)
    var refused = 0
    for number in 0..<150 {
      var bytes = whole
      let place =
        number < 50
        ? record.lowerBound + number % record.count : Int.random(in: 0..<bytes.count, using: &generator)
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      let path = folder.path("turned\(number).db")
      try bytes.write(to: URL(filePath: path))
      do {
        let store = try CampaignStore(path, mustExist: true)
        #expect(try store.lines() == lines && CampaignSummary(store) == summary, "byte \(place)")
        try store.close(isChanged: false)
        #expect(number >= 50, "byte \(place) is one of a record's text")
      } catch let refusal as CampaignStore.Refusal {
        refused += 1
        #expect(refusal.description.contains(path), "\(refusal)")
      }
    }
    #expect(refused > 50)
  }

  /// On a medium for reading there are no locks and no journal.
  @Test func whatCanOnlyBeReadIsRead() throws {
    let folder = try TestFolder()
    let (path, names) = (
      folder.path("a #1?%20 b.db"), { try FileManager.default.contentsOfDirectory(atPath: $0).sorted() }
    )
    let store = try Campaign.of(folder.campaign(Self.few)).store(path)
    let lines = try store.lines()
    try store.close()
    let before = (try names(folder.url.path), try Data(contentsOf: URL(filePath: path)))
    let fixed = try CampaignStore(path, mustExist: true, readOnly: true)
    #expect(try fixed.lines() == lines && CampaignSummary(fixed).isDone && fixed.record(0) != nil)
    #expect(throws: CampaignStore.Refusal.self) { try fixed.add(sourceLines: [1: "x"]) }
    try fixed.close()
    #expect(try names(folder.url.path) == before.0 && Data(contentsOf: URL(filePath: path)) == before.1)
  }

  @Test func partsThatDoNotBelongTogetherAreRefused() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(Self.few))
    for number in 1...3 {
      try campaign.store(folder.path("\(number).db"), part: .init(number: number, count: 3)).close()
    }
    func merge(_ names: [String]) -> String {
      do {
        _ = try ShardMerging<CampaignStore>(names.map(folder.path)).write(to: folder.path("whole.db"))
        return "merged"
      } catch { return "\(error)" }
    }
    #expect(merge(["1.db", "2.db"]).contains("missing: 3/3"))
    #expect(merge(["1.db", "2.db", "2.db"]).contains("same file"))
    try FileManager.default.copyItem(atPath: folder.path("2.db"), toPath: folder.path("copy.db"))
    #expect(merge(["1.db", "2.db", "copy.db"]).contains("both part 2"))
    let other = try Campaign.of(folder.campaign(Self.few + #", "seed": 2"#, name: "other"))
    try other.store(folder.path("other.db"), part: .init(number: 3, count: 3)).close()
    #expect(merge(["1.db", "2.db", "other.db"]).contains("another campaign"))
    let begun = try CampaignStore(folder.path("begun.db"))
    try begun.adopt(CampaignHeader(campaign, part: .init(number: 3, count: 3)))
    try begun.close()
    #expect(merge(["1.db", "2.db", "begun.db"]).contains("run that part to its end first"))
    #expect(merge(["3.db", "1.db", "2.db"]) == "merged")
  }
}
