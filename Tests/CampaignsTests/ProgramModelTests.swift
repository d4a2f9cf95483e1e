import Scenarios
import SimCPU
import SimMachine
import SimUnicorn
import Testing

@testable import Campaigns

/// Flips in the code of BPF programs.
@Suite struct ProgramModelTests {
  private func members(_ name: String, window: String = #""while": "extension""#) -> String {
    #""window": {\#(window)}, "models": [{"program": {"name": "\#(name)"}}], "samples": 60"#
  }

  /// What was found is what the interpreter reads: each operation's code, and nothing of it is written while the program runs.
  @Test func theInterpreterReadsWhatWasFound() throws {
    let folder = try TestFolder()
    let campaign = try Campaign.of(folder.campaign(members("hello.bpf.o"), scenario: "bpf-hello-verified"))
    let prepared = campaign.golden.prepared
    let hull = try #require(campaign.plan.instructions.hull)
    let code = try ProgramSurvey.code(of: "hello.bpf.o", prepared, before: hull.lowerBound, engine: .unicorn)
    #expect(campaign.plan.locations.count == code.count * 8 && code.count % 16 == 0)
    let addresses = campaign.plan.locations.compactMap { location -> UInt64? in
      if case .memory(let address, _, _, _) = location.target { address } else { nil }
    }
    #expect(addresses.first == code.lowerBound && addresses.last == code.upperBound - 1)
    var (read, written): (Set<UInt64>, Bool) = ([], false)
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, .unicorn))
    run.appoint(at: .instruction(hull.lowerBound)) { machine in
      for address in stride(from: code.lowerBound, to: code.upperBound, by: 16) {
        _ = try? machine.appoint(at: .watch(MemoryWatch(.read, at: address, count: 1), hit: 1)) { _ in
          read.insert(address)
          return nil
        }
        _ = try? machine.appoint(at: .watch(MemoryWatch(.write, at: address, count: 1), hit: 1)) { machine in
          written = written || campaign.plan.instructions.contains(machine.instructions)
          return nil
        }
      }
      return nil
    }
    _ = try run.run()
    #expect(read.count * 2 > code.count / 16 && !written, "\(read.count) of \(code.count / 16) operations")
    let summary = try CampaignSummary(campaign.store(folder.path("a.db"), workers: 2))
    #expect(summary.isWhole && summary.samples(.notTriggered) == 0 && summary.samples(.simulatorDefect) == 0)
    #expect(summary.lines.count { $0.samples > 0 } >= 2, "\(summary.text)")
  }

  @Test func onlyTheProgramsMachineCode() throws {
    let folder = try TestFolder()
    let window = #""window": {"while": "extension"}, "samples": 30, "models": "#
    let all = try Campaign.of(folder.campaign(window + #"["code"]"#, scenario: "bpf-jit"))
    let own = try Campaign.of(folder.campaign(window + #"[{"code": {"of": "programs"}}]"#, scenario: "bpf-jit"))
    #expect(own.plan.spaceSize > 0 && own.plan.spaceSize < all.plan.spaceSize)
    let runner = ExperimentRunner(own.golden, engine: .unicorn)
    let segments = own.golden.prepared.inputs.image.segments
    for number in own.plan.classes.indices {
      let injection = try #require(try runner.run(own.experiment(number)).injection)
      let address = injection.instructionPointer
      #expect(!segments.contains { address &- $0.virtualAddress < $0.memorySize } && injection.actor.isExtension)
    }
  }

  @Test func whatIsNoProgramIsRefused() throws {
    let folder = try TestFolder()
    for (members, words) in [
      (members("missing.bpf.o"), "no file \"missing.bpf.o\""), (members("hello.bpf.o:other"), "no program \"other\""),
      (members("hello.bpf.o", window: #""to": {"instruction": 1000}"#), "has not loaded the program"),
    ] {
      let file = try folder.campaign(members, scenario: "bpf-hello-verified")
      let problem = #expect(throws: CampaignError.self) { try Campaign.of(file) }
      #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "")")
    }
  }
}
