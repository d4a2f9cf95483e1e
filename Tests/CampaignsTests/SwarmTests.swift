import Foundation
import Scenarios
import SimUnicorn
import Testing

@testable import Campaigns

@Suite struct SwarmTests {
  private func campaign(_ folder: TestFolder, _ model: String = #""swarm""#, samples: Int, isDry: Bool = false) throws
    -> Campaign
  {
    try Campaign.of(
      folder.campaign(#""models": [\#(model)], "samples": \#(samples)"#, scenario: "swarm"), isDry: isDry)
  }

  /// What a seed draws is a list of faults of the kinds that it says, in the order of their instructions, before the faults end.
  @Test func aSeedDrawsKindsAndRates() throws {
    let folder = try TestFolder()
    let campaign = try campaign(folder, samples: 300)
    let swarm = try #require(campaign.plan.swarm)
    let kinds = swarm.kindNames
    #expect(kinds.count > 15 && kinds.contains("ninePReply drop") && kinds.contains("interrupt delay"), "\(kinds)")
    var on: [String: Int] = [:]
    var texts: Set<String> = []
    for planned in campaign.plan.classes {
      let location = campaign.plan.location(of: planned)
      #expect(location == campaign.plan.location(of: planned) && location.name.hasPrefix("seed \(planned.location): "))
      texts.insert(location.text(at: 0))
      for kind in kinds where location.name.contains("\(kind) ") { on[kind, default: 0] += 1 }
      let moments = location.faults(at: 0).map { fault -> UInt64 in
        if case .instruction(let number) = fault.when.place { number } else { .max }
      }
      #expect(moments == moments.sorted() && moments.first == planned.instruction)
      #expect(moments.allSatisfy { campaign.plan.instructions.contains($0) })
    }
    #expect(texts.count == campaign.plan.classes.count && campaign.plan.classes.count == 300)
    // Each kind is on in a quarter of the runs: 75 of 300, with a deviation of 7.5.
    for kind in kinds { #expect((45...110).contains(on[kind] ?? 0), "\(kind): \(on[kind] ?? 0)") }
  }

  /// A rate is a rate: at one in eight an eighth of a kind's operations go wrong, whichever kind it is.
  @Test func ratesAreKept() throws {
    let folder = try TestFolder()
    let campaign = try campaign(folder, samples: 400)
    var drawn: [(kind: String, power: Int, count: Int)] = []
    for planned in campaign.plan.classes {
      for match in campaign.plan.location(of: planned).name.matches(of: /(\w+ \w+) (always|1\/(\d+)) \((\d+)\)/) {
        let rate = match.output.3.flatMap { Int($0) } ?? 1
        drawn.append((String(match.output.1), rate.trailingZeroBitCount, Int(match.output.4) ?? 0))
      }
    }
    let all = Dictionary(grouping: drawn.filter { $0.power == 0 }, by: \.kind).mapValues { Set($0.map(\.count)) }
    #expect(all.count > 15 && all.values.allSatisfy { $0.count == 1 }, "\(all)")
    for power in 1...6 {
      // Kinds with more operations than a run may have faults would be cut.
      let some = drawn.filter { $0.power == power && all[$0.kind]?.first ?? 64 < 64 }
      let operations = Double(some.reduce(0) { $0 + (all[$1.kind]?.first ?? 0) })
      let (share, found) = (1 / Double(1 << power), Double(some.reduce(0) { $0 + $1.count }))
      let deviation = (operations * share * (1 - share)).squareRoot()
      #expect(abs(found - operations * share) < 5 * deviation, "1/\(1 << power): \(found) of \(operations)")
      #expect(operations > 1000)
    }
  }

  @Test func emptySwarmsAreMasked() throws {
    let folder = try TestFolder()
    let summary = try CampaignSummary(campaign(folder, samples: 5, isDry: true).store(folder.path("dry.db")))
    #expect(summary.samples(.masked) == 5 && summary.text.contains("4294967296 seeds"))
  }

  /// From a snapshot or from the beginning, ended early or not, and as faults of a scenario: the same.
  @Test func eachSeedReplays() throws {
    let folder = try TestFolder()
    let campaign = try campaign(folder, samples: 8)
    let store = try campaign.store(folder.path("whole.db"), workers: 2)
    for number in campaign.plan.classes.indices {
      let saved = try #require(try store.record(number))
      let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
      let result = try runner.run(campaign.experiment(number), fromStart: true)
      #expect(saved == campaign.record(number, result))
      let change = try ScenarioChange("/faults=[\(saved.fault)]")
      let file = try ScenarioFile(path: "\(root.path)/scenarios/swarm.json", changes: [change])
      #expect(file.scenario.faults == campaign.experiment(number).faults)
      #expect(![FaultClass.notTriggered, .simulatorDefect, .corrupted].contains(saved.faultClass), "\(saved.reason)")
    }
  }

  /// Models of the processor are drawn as well, if they are named.
  @Test func aSwarmOfOtherModels() throws {
    let folder = try TestFolder()
    let model = #"{"swarm": {"models": ["skip", {"register": {"names": ["rax"]}}, {"interrupt": {"vectors": [32]}}]}}"#
    let campaign = try campaign(folder, model, samples: 4)
    #expect(
      campaign.plan.swarm?.kindNames == ["interrupt drop", "interrupt delay", "interrupt repeat", "skip", "register"])
    let summary = try CampaignSummary(campaign.store(folder.path("a.db")))
    #expect(summary.isWhole && summary.samples(.simulatorDefect) == 0)
  }
}
