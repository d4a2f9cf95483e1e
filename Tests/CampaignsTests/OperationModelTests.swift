import Foundation
import ResultDatabases
import Scenarios
import SimEvents
import SimMachine
import SimUnicorn
import Testing

@testable import Campaigns

/// Faults at what happens in a run: how many there are, and that each is the one that it says.
@Suite struct OperationModelTests {
  private static let window = #""window": {"from": {"symbol": "uio_guest_main"}}"#

  private func campaign(_ models: String, samples: String = "10", _ folder: TestFolder) throws -> Campaign {
    try Campaign.of(folder.campaign("\(Self.window), \"models\": [\(models)], \"samples\": \(samples)"))
  }

  /// The spaces as the events of the fault-free run count them: these tell of messages and chains in other words.
  @Test func spacesAreAsTheEventsCount() throws {
    let folder = try TestFolder()
    let whole = try campaign(#""ninePReply""#, folder)
    let events = whole.golden.events.filter { whole.plan.instructions.contains($0.instruction) }
    var (replies, requests, replyBytes, requestBytes, interrupts, used):
      (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0)
    for event in events {
      switch event.payload {
      case .ninePReply: replies += 1
      case .ninePRequest: requests += 1
      case .usedChain(let device, _, _, let bytes):
        used += 1
        if device == "9p" { replyBytes += UInt64(bytes) }
      case .descriptorChain("9p", _, _, let bytes, _): requestBytes += UInt64(bytes)
      case .interrupt(32, _): interrupts += 1
      default: break
      }
    }
    #expect(replies > 5 && requests == replies && interrupts > 2 && used > replies)
    #expect(whole.plan.spaceSize == 8 * replyBytes + replyBytes + 3 * replies)
    #expect(whole.plan.operations.siteCount == replies)
    func size(_ models: String) throws -> UInt64 { try campaign(models, folder).plan.spaceSize }
    #expect(try size(#"{"ninePReply": {"changes": ["drop"]}}"#) == replies)
    #expect(try size(#"{"ninePReply": {"changes": ["flip"], "pattern": "byte"}}"#) == replyBytes)
    #expect(try size(#"{"ninePReply": {"changes": ["flip"], "pattern": "adjacent3"}}"#) == 8 * replyBytes - 2 * replies)
    #expect(try size(#""ninePRequest""#) == 9 * requestBytes + 3 * requests)
    #expect(try size(#"{"interrupt": {"vectors": [32]}}"#) == 3 * interrupts)
    #expect(try size(#""usedEntry""#) == used * (16 + 32 + 3))
    #expect(try size(#"{"ringIndex": {"rings": ["used"]}}, "skip""#) == used * 16 + whole.plan.instructions.count)
  }

  /// The chain of a descriptor has as many descriptors as were counted: one more is not there.
  @Test func descriptorsAreAllOfTheirChains() throws {
    let folder = try TestFolder()
    let campaign = try campaign(#"{"descriptor": {"device": "9p", "fields": ["length"]}}"#, folder)
    let chains = campaign.golden.events.count { event in
      guard case .descriptorChain("9p", _, _, _, _) = event.payload else { return false }
      return campaign.plan.instructions.contains(event.instruction)
    }
    #expect(campaign.plan.operations.siteCount == UInt64(chains))
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    var total: UInt64 = 0
    for (index, site) in campaign.plan.operations.sites.enumerated() {
      guard case .machine(.device("9p", .take(_, let count, _))) = site.operation else { continue }
      total += UInt64(count) * 32
      guard index % 4 == 0 else { continue }
      func fate(_ position: Int) throws -> ExperimentResult {
        let fault = try Fault.read(
          #"{"when":{"instruction":\#(site.instruction)},"what":{"descriptor":{"device":"9p","queue":0,"position":\#(position),"field":"length","flip":1}}}"#
        )
        return try runner.run(Experiment([fault], from: site.instruction))
      }
      #expect(try fate(count - 1).injection != nil)
      let beyond = try fate(count)
      #expect(beyond.faultClass == .notTriggered && beyond.reason.contains("the chain has only \(count)"))
    }
    #expect(total == campaign.plan.spaceSize && total > 0)
  }

  private static let all = """
    "ninePReply", "ninePRequest", "descriptor", "usedEntry", "ringIndex", "interrupt", "shareError"
    """

  /// Each fault happens, at the instruction that it names, and what it says of its target is what is there.
  @Test func eachFaultBefallsItsOperation() throws {
    let folder = try TestFolder()
    let campaign = try campaign(Self.all, samples: "90", folder)
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    var groups: Set<String> = []
    for (number, planned) in campaign.plan.classes.enumerated() {
      let location = campaign.plan.location(of: planned)
      let result = try runner.run(campaign.experiment(number), fromStart: number % 9 == 0)
      let found = try #require(result.injection, "\(location.name): \(result.reason)")
      #expect(found.instruction == planned.instruction, "\(location.name)")
      guard case .faultInjected(_, let target, _, let before, let after, _) = found.payload else { continue }
      #expect(before != after || target.contains("interrupt"), "\(location.name): \(target)")
      // What the campaign calls the place is what the device calls it: the queue, the descriptor, the field, the message.
      if location.group != "share error" {
        #expect(target.contains(location.group), "\(location.name): \(target)")
      }
      if let bit = Self.word(behind: "bit", in: location.name), before.hasPrefix("0x") {
        let (old, new) = (UInt64(before.dropFirst(2), radix: 16) ?? 0, UInt64(after.dropFirst(2), radix: 16) ?? 0)
        #expect(old ^ new == 1 << bit, "\(location.name): \(before) -> \(after)")
      }
      for fate in ["drop", "delay", "repeat"] where location.name.hasSuffix(" \(fate)") {
        guard case .faultInjected(_, _, let change, _, _, _) = found.payload else { continue }
        #expect(change.hasPrefix(fate), "\(location.name): \(change)")
      }
      // A message that is cut is told with its length.
      if let bytes = Self.word(behind: "cut to", in: location.name) {
        #expect(after.contains("\(bytes) bytes"), "\(location.name): \(after)")
      }
      groups.insert(String(location.group.prefix(6)))
    }
    #expect(groups.count >= 3, "\(groups)")
  }

  private static func word(behind words: String, in name: String) -> UInt64? {
    name.range(of: "\(words) ").flatMap { range in UInt64(name[range.upperBound...].prefix { $0.isNumber }) }
  }

  /// The n-th operation of its kind, counted by events of another kind: a reply that is lost is not in the used ring, and the one before is.
  @Test func theRightReplyIsLost() throws {
    let folder = try TestFolder()
    let campaign = try campaign(#"{"ninePReply": {"changes": ["drop"]}}"#, samples: #""exhaustive""#, folder)
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    let inWindow = campaign.golden.events.filter { campaign.plan.instructions.contains($0.instruction) }
    let golden = inWindow.filter { if case .ninePReply = $0.payload { true } else { false } }
    for (number, planned) in campaign.plan.classes.enumerated() {
      let result = try runner.run(campaign.experiment(number))
      let (found, expected) = (try #require(result.injection), golden[number])
      guard case .faultInjected(_, let target, _, _, _, _) = found.payload,
        case .ninePReply(_, let message, _) = expected.payload
      else { continue }
      #expect(target == "9p reply \(message)" && found.instruction == expected.instruction)
      // The first thing that is missing is that this chain comes back.
      guard case .usedChain("9p", _, _, _) = result.difference?.golden?.payload else {
        Issue.record("\(campaign.plan.location(of: planned).name): \(String(describing: result.difference))")
        continue
      }
      #expect(result.difference?.golden?.instruction == expected.instruction)
    }
    #expect(campaign.plan.classes.count == golden.count)
  }

  /// A fault of a model and the same fault alone, as `sim inject` has it, come to the same.
  @Test func theSameFaultInjectedAloneComesToTheSame() throws {
    let folder = try TestFolder()
    let campaign = try campaign(Self.all, samples: "8", folder)
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    let inputs = campaign.golden.prepared.inputs
    for number in campaign.plan.classes.indices {
      let planned = campaign.plan.classes[number]
      let record = campaign.record(number, try runner.run(campaign.experiment(number), endsEarly: false))
      let alone = try InjectionRun(inputs, faults: [Fault.read(record.fault)], engine: .unicorn)
      #expect(alone.faultClass == record.faultClass && alone.reason == record.reason, "\(record.location)")
      #expect(alone.injections.first?.instruction == planned.instruction)
      #expect(alone.result.digest == record.digest, "\(record.location)")
    }
  }

  @Test func partsAndWorkersMakeNoDifference() throws {
    let folder = try TestFolder()
    let campaign = try campaign(Self.all, samples: "40", folder)
    let whole = try campaign.store(folder.path("whole.db"))
    let lines = try whole.lines()
    let parts = (1...2).map { folder.path("part\($0).db") }
    for (index, path) in parts.enumerated() {
      try campaign.store(path, part: .init(number: index + 1, count: 2), workers: 2).close()
    }
    #expect(try ShardMerging<CampaignStore>(parts).write(to: folder.path("merged.db")).lines() == lines)
    let path = folder.path("stopped.db")
    let first = try CampaignStore(path)
    let run = CampaignRun(campaign)
    try run.run(into: first, workers: 1) { if $0.fresh > 5 { run.stop() } }
    try first.close()
    #expect(try campaign.store(path).lines() == lines && lines.count > 30)
    #expect(try CampaignSummary(whole).text.contains("operations with"))
  }

  @Test(arguments: [
    #""window": {"from": {"symbol": "uio_guest_main"}}, "models": ["ninePReply", "descriptor", "interrupt"], "samples": 20"#,
    #""window": {"from": {"enter": "gate"}, "to": {"leave": "gate"}}, "interrupts": "every""#,
  ]) func emptyFaultsAreMasked(members: String) throws {
    let folder = try TestFolder()
    let summary = try CampaignSummary(
      Campaign.of(folder.campaign(members), isDry: true).store(folder.path("dry.db")))
    #expect(summary.samples(.masked) == summary.header.sampleCount && summary.isWhole)
  }

  @Test func everyInstructionGetsTheTimersInterrupt() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(#""window": {"while": "gate"}, "interrupts": "every""#))
    #expect(campaign.plan.spaceSize == campaign.plan.instructions.count && campaign.plan.sampleCount > 100)
    #expect(
      campaign.plan.classes.map(\.instruction)
        == (0..<campaign.plan.instructions.count).map { campaign.plan.instructions[$0] })
    let vectors = Set(
      campaign.golden.events.compactMap { if case .interrupt(let vector, _) = $0.payload { vector } else { nil } })
    let fault = campaign.experiment(0).faults[0]
    guard case .interrupt(let vector, .spurious) = fault.what else {
      Issue.record("\(fault)")
      return
    }
    // The timer is what interrupts this guest most of all.
    #expect(vectors.contains(vector))
    let other = try Campaign.of(folder.campaign(#""window": {"while": "gate"}, "interrupts": {"every": 77}"#))
    #expect(other.experiment(3).faults[0].what == .interrupt(vector: 77, .spurious))
  }

  /// Where one instruction follows another and is no short jump, its length is the distance of their addresses.
  @Test func codeHasTheBitsOfItsInstructions() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(
      folder.campaign(#""window": {"while": "extension"}, "models": ["code"], "samples": 25"#))
    let instructions = campaign.plan.instructions
    var (pointers, jumps): ([UInt64: UInt64], Set<UInt64>) = ([:], [])
    let run = ScenarioRun(campaign.golden.prepared, on: SimulatedMachineMaker(engine: .unicorn, .unicorn))
    run.appoint(at: .instruction(try #require(instructions.hull).lowerBound)) { machine in
      pointers[machine.instructions] = machine.registers["rip"]
      if let first = machine.nextCode.first, first & 0xf0 == 0x70 || first == 0xeb {
        jumps.insert(machine.instructions)
      }
      return machine.instructions < instructions.hull!.upperBound ? .instruction(machine.instructions + 1) : nil
    }
    _ = try run.run()
    var (bytes, followed): (UInt64, Int) = (0, 0)
    for site in campaign.plan.operations.sites {
      guard case .execution(let count, _) = site.operation else { continue }
      bytes += UInt64(count)
      if jumps.contains(site.instruction) { continue }
      guard let here = pointers[site.instruction], let next = pointers[site.instruction + 1], next > here,
        next - here < 16
      else { continue }
      #expect(next - here == UInt64(count), "at \(here)")
      followed += 1
    }
    #expect(campaign.plan.operations.siteCount == instructions.count && campaign.plan.spaceSize == 8 * bytes)
    #expect(followed > 20)
    let runner = ExperimentRunner(campaign.golden, engine: .unicorn)
    for (number, planned) in campaign.plan.classes.enumerated() {
      let injection = try #require(try runner.run(campaign.experiment(number)).injection)
      #expect(injection.instruction == planned.instruction)
    }
  }

  /// Sites that no shipped guest has, made up: what is at them is counted, and faults of operations in the midst of others find theirs.
  @Test func sectorsAndRandomBytes() throws {
    func site(_ device: String, _ operation: DeviceOperation, at instruction: UInt64) -> OperationSite {
      OperationSite(instruction: instruction, operation: .machine(.device(device, operation)), ordinal: 1)
    }
    let sites = [
      site("block", .transfer(firstSector: 8, bytes: 1024, isWrite: false), at: 5),
      site("rng", .give(randomBytes: 16), at: 5),
      site("block", .transfer(firstSector: 9, bytes: 512, isWrite: false), at: 5),
      site("block", .transfer(firstSector: 9, bytes: 512, isWrite: true), at: 6),
    ]
    let space = try OperationSpace(
      sites, [.sectors([.read, .write], [.flip, .fail], .single), .randomBytes(.byte)])
    #expect(space.count == 8 * 1024 + 1 + 16 + 8 * 512 + 1 + 8 * 512 + 1 && space.siteCount == 4)
    func text(_ number: UInt64) -> String { space.location(number).text(at: space.instruction(number)) }
    #expect(text(0).contains(#"{"access":"read","sector":8,"bit":0}"#))
    #expect(text(4096 + 9).contains(#"{"access":"read","sector":9,"bit":9}"#))
    #expect(text(8192).contains(#"{"access":"read","sector":8,"count":2,"fail":true}"#))
    #expect(text(8193 + 3).contains(#"{"randomBytes":{"bit":24,"pattern":"byte"}}"#))
    // The first transfer before the same instruction has this sector too.
    #expect(text(8209 + 9).contains(#""sector":9,"bit":9,"nth":2}"#))
    #expect(text(8209 + 4096).contains(#""fail":true,"nth":2}"#))
    #expect(text(8209 + 4097).contains(#"{"instruction":6},"what":{"sectors":{"access":"write","sector":9,"bit":0}}"#))
    for number in stride(from: 0, to: space.count, by: 97) {
      #expect(space.location(number).faults(at: 1).count == 1)
    }
  }
}
