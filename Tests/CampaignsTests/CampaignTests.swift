import Foundation
import Hexadecimal
import ResultDatabases
import Scenarios
import SimUnicorn
import Testing

@testable import Campaigns

/// Bits of PKRU and of some registers, while an extension of eighty instructions runs.
private let small = """
  "window": {"while": "extension"}, "models": [{"pkru": {}}, {"register": {"names": ["rdi", "rbx", "rip"]}}], "samples": 250
  """

@Suite struct CampaignTests {
  @Test func emptyFaultsAreMasked() throws {
    let folder = try TestFolder()
    let store = try Campaign.of(folder.campaign(small), isDry: true).store(folder.path("dry.db"))
    let summary = try CampaignSummary(store)
    #expect(summary.samples(.masked) == 250 && summary.decided == 250)
  }

  /// Whoever runs what in whichever order: the results are the same bytes.
  @Test func resultsFollowFromTheCampaignAlone() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(small))
    let whole = try campaign.store(folder.path("one.db"))
    let (lines, summary) = (try whole.lines(), try CampaignSummary(whole).json.text)
    let two = try campaign.store(folder.path("two.db"), workers: 2)
    #expect(try two.lines() == lines)
    let parts = (1...3).map { folder.path("part\($0).db") }
    for (index, path) in parts.enumerated() {
      try campaign.store(path, part: .init(number: index + 1, count: 3)).close()
    }
    let merged = try ShardMerging<CampaignStore>(parts.reversed()).write(to: folder.path("merged.db"))
    #expect(try merged.lines() == lines)
    #expect(try CampaignSummary(merged).json.text == summary)
    #expect(Set(lines).count == lines.count && !lines.isEmpty)
  }

  @Test func aRunThatWasStoppedGoesOn() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(small))
    let whole = try campaign.store(folder.path("whole.db"))
    let path = folder.path("stopped.db")
    let first = try CampaignStore(path)
    let run = CampaignRun(campaign)
    try run.run(into: first, workers: 1) { if $0.fresh > 20 { run.stop() } }
    let done = try first.done().count
    #expect(done > 20 && done < campaign.plan.classes.count)
    // What is done first lies at the beginning of the window: it says nothing of the rest.
    let half = try CampaignSummary(first)
    #expect(!half.isDone && half.warnings.contains { $0.hasPrefix("The campaign is not done: ") })
    #expect(!half.text.contains("of all faults") && half.text.contains("not done"))
    #expect(!half.json.text.contains("\"lower\"") && !half.json.text.contains("\"faults\""))
    let all = try CampaignSummary(whole)
    #expect(all.isDone && all.warnings.isEmpty && all.text.contains("of all faults"))
    try first.close()
    #expect(try campaign.store(path).lines() == whole.lines())
  }

  /// Where nothing can be changed nothing is found, which is no good news.
  @Test func aCampaignInWhichNothingHappensSaysSo() throws {
    let folder = try TestFolder()
    let nowhere =
      #""window": {"while": "extension"}, "models": [{"memory": {"address": "0x7000000000000"}}], "samples": 3"#
    let summary = try CampaignSummary(Campaign.of(folder.campaign(nowhere)).store(folder.path("a.db")))
    #expect(summary.isVoid && summary.samples(.notTriggered) == 3)
    #expect(summary.text.contains("No fault happened") && summary.text.contains("nothing is mapped at 0x700000000000"))
  }

  /// A fault-free run that is wrong itself is a base that says little.
  @Test func aBaseThatFailsIsTold() throws {
    let folder = try TestFolder()
    let scenario = #"{"script": [{"expect": "> "}], "expect": {"console": {"contains": ["never shown"]}}}"#
    try Data(scenario.utf8).write(to: folder.url.appending(path: "failing.json"))
    let text = #"{"scenario": "failing.json", "models": ["skip"], "samples": 2}"#
    try Data(text.utf8).write(to: folder.url.appending(path: "c.json"))
    let campaign = try Campaign.of(CampaignFile(path: folder.path("c.json")))
    let summary = try CampaignSummary(campaign.store(folder.path("a.db")))
    #expect(summary.header.goldenFailure.contains("never shown"))
    #expect(summary.text.contains("not what its scenario expects") && summary.json.text.contains("never shown"))
  }

  /// A look at a database while its campaign is under way finds what is there, and takes nothing from whoever writes.
  @Test func aCampaignUnderWayIsShown() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(small))
    let path = folder.path("a.db")
    let writer = try CampaignStore(path)
    let run = CampaignRun(campaign)
    try run.run(into: writer, workers: 1) { if $0.fresh > 10 { run.stop() } }
    #expect(throws: CampaignStore.Refusal.self) { try CampaignStore(path, mustExist: true) }
    let shown = try CampaignStore(lookingAt: path)
    #expect(try !CampaignSummary(shown).isDone && shown.lines() == writer.lines())
    try shown.close(isChanged: false)
    try CampaignRun(campaign).run(into: writer, workers: 1)
    #expect(try CampaignSummary(writer).isDone && CampaignSummary(CampaignStore(lookingAt: path)).isDone)
  }

  /// Where a fault leads elsewhere it still happened at the instruction that was next.
  @Test func aFaultIsNamedByTheInstructionThatItBefalls() throws {
    let folder = try TestFolder()
    let text =
      #""window": {"while": "extension"}, "models": ["skip", "repeat", {"register": {"names": ["rip"]}}], "samples": 60"#
    let store = try Campaign.of(folder.campaign(text)).store(folder.path("a.db"))
    var befallen = 0
    try store.visit { record in
      guard record.group == "skip" || record.group == "rip", record.instructionPointer != 0 else { return }
      #expect(record.before == record.instructionPointer.hexadecimal, "\(record.location)")
      #expect(!record.place.isEmpty && !record.code.isEmpty)
      befallen += 1
    }
    #expect(befallen > 20)
  }

  /// From the nearest snapshot or from the beginning, alone or after others: the same.
  @Test func eachExperimentReplaysAlone() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(small))
    let store = try campaign.store(folder.path("whole.db"))
    let toRun = campaign.plan.classes.indices.filter { !campaign.plan.classes[$0].isOverwritten }
    for number in toRun.indices where number % 17 == 0 {
      let alone = ExperimentRunner(campaign.golden, engine: .unicorn)
      let result = try alone.run(campaign.experiment(toRun[number]), fromStart: true)
      #expect(try store.record(toRun[number]) == campaign.record(toRun[number], result))
    }
  }

  /// To end a run when its state has come back says the same as to run it to its end.
  @Test func endingEarlyChangesNoClass() throws {
    let folder = try TestFolder()
    // Where an extension runs most faults that come to nothing are known without a run.
    let window = #""window": {"from": {"instruction": 111000}, "to": {"instruction": 111100}}"#
    let boot = #"\#(window), "models": [{"register": {}}], "samples": 300"#
    var early = 0
    for (text, step) in [(small, 9), (boot, 2)] {
      let campaign = try Campaign.of(folder.campaign(text))
      let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
      for number in stride(from: 0, to: campaign.plan.classes.count, by: step)
      where !campaign.plan.classes[number].isOverwritten {
        let short = try runner.run(campaign.experiment(number))
        let long = try runner.run(campaign.experiment(number), endsEarly: false)
        #expect(short.faultClass == long.faultClass, "\(number): \(short.reason), \(long.reason)")
        if short.convergedAt != nil { early += 1 }
      }
    }
    #expect(early > 0)
  }

  /// What the classes of equal faults promise: each sample has the class of the one that was run for it.
  @Test func allSamplesOfAClassComeToTheSame() throws {
    let folder = try TestFolder()
    let registers = #"{"register": {"names": ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r15"]}}"#
    let campaign = try Campaign.of(
      folder.campaign(#""window": {"while": "extension"}, "models": [\#(registers)], "samples": "exhaustive""#))
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    let plan = campaign.plan
    let trace = try RegisterTrace(
      campaign.golden.prepared, window: #require(plan.instructions.hull), engine: .unicorn)
    var looked = 0
    for draw in CampaignPlan.draw(150, of: plan.spaceSize, seed: 11) {
      let count = UInt64(plan.locations.count)
      let (instruction, location) = (plan.instructions[draw / count], plan.locations[Int(draw % count)])
      let (register, bits) = try #require(location.followedBits)
      let own = try runner.run(Experiment(location.faults(at: instruction), from: instruction), endsEarly: false)
      switch trace.fate(ofRegister: register, bits: bits, before: instruction) {
      case .overwritten:
        #expect(own.faultClass == .masked, "\(location.name) before \(instruction): \(own.reason)")
      case .meets(let at):
        let representative = try runner.run(Experiment(location.faults(at: at), from: at), endsEarly: false)
        #expect(own.faultClass == representative.faultClass, "\(location.name) before \(instruction) and \(at)")
        looked += 1
      }
    }
    #expect(looked > 20)
    #expect(UInt64(plan.runCount) * 8 < plan.sampleCount, "\(plan.runCount) runs for \(plan.sampleCount)")
  }
}

/// What samples tell of a space, beside what is true of it.
@Suite struct EstimateTests {
  /// All faults of a small space are tried; then two hundred campaigns draw a few of them, and their intervals hold the truth as
  /// often as they claim.
  @Test func sampledCampaignsTellTheTruth() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(
      folder.campaign(
        #""window": {"while": "extension"}, "models": [{"register": {"names": ["rdi"]}}], "samples": "exhaustive""#))
    let store = try campaign.store(folder.path("all.db"))
    let truth = try CampaignSummary(store)
    #expect(truth.isExact && truth.lines.count { $0.samples > 0 } >= 2)
    var outcomes: [Place: FaultClass] = [:]
    for (number, planned) in campaign.plan.classes.enumerated() {
      outcomes[Place(planned)] = try #require(try store.record(number)).faultClass
    }
    let plan = campaign.plan
    let trace = try RegisterTrace(campaign.golden.prepared, window: #require(plan.instructions.hull), engine: .unicorn)
    var held: [FaultClass: Int] = [:]
    for seed in 0..<200 {
      let drawn = try CampaignPlan(
        instructions: plan.instructions, locations: plan.locations, sampling: .count(200), seed: UInt64(seed),
        trace: trace)
      var counts: [FaultClass: UInt64] = [:]
      for planned in drawn.classes { counts[try #require(outcomes[Place(planned)]), default: 0] += planned.weight }
      for line in truth.lines where line.samples > 0 {
        let share = Double(line.samples) / Double(truth.decided)
        let interval = WilsonInterval(counts[line.faultClass] ?? 0, of: 200, confidence: 0.95)
        if interval.lower <= share && share <= interval.upper { held[line.faultClass, default: 0] += 1 }
      }
    }
    for line in truth.lines where line.samples > 0 {
      #expect(
        (180...200).contains(held[line.faultClass] ?? 0), "\(line.faultClass): \(held[line.faultClass] ?? 0) of 200")
    }
  }

  private struct Place: Hashable {
    var location: Int
    var instruction: UInt64
    var isOverwritten: Bool

    init(_ planned: FaultClassPlan) {
      (location, instruction, isOverwritten) = (planned.location, planned.instruction, planned.isOverwritten)
    }
  }
}
