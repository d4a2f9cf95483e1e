import Engines
import Scenarios
import SimEvents
import SimUnicorn
import Testing

@testable import Campaigns
@testable import SimMachine

/// Who acts before which instruction, beside where the processor stands before it.
@Suite struct WindowSurveyTests {
  /// Faults of an extension, breakpoints, software interrupts, gates and host functions, a timer's interrupt in its midst.
  @Test(arguments: ["rogue-write", "software-interrupt", "rogue-breakpoint", "set-count", "short-budget"])
  func eachInstructionBelongsToWhoIsAboutToExecuteIt(scenario: String) throws {
    let folder = try TestFolder()
    let file = try folder.campaign(#""models": ["skip"]"#, scenario: scenario)
    let prepared = try PreparedRun(RunInputs(file.scenario, products: products, seed: nil))
    let programs = ProgramWatch()
    var (first, inPrograms, last) = (UInt64?.none, Set<UInt64>(), UInt64(0))
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, .unicorn))
    run.appoint(at: .enter(.extension, hit: 1)) { machine in
      first = machine.instructions
      return nil
    }
    run.appoint(at: .instruction(Self.begin)) { machine in
      last = machine.instructions
      if programs.hold(machine.engine.instructionPointer) { inPrograms.insert(last) }
      guard let first, last > first + 7_000 else { return .instruction(last + 1) }
      return nil
    }
    _ = try run.run(observers: [programs])
    #expect(!inPrograms.isEmpty)
    func instructions(_ kind: ActorKind) -> Set<UInt64> {
      let survey = try? WindowSurvey(
        prepared, from: FaultMoment(.instruction(Self.begin)), to: nil, while: kind, engine: .unicorn)
      return Set((Self.begin...last).filter { survey?.instructions.contains($0) ?? false })
    }
    let extensions = instructions(.extension)
    #expect(extensions == inPrograms, "\(extensions.symmetricDifference(inPrograms).sorted().prefix(8))")
    // Everybody else has the others, each of them once.
    let others = [ActorKind.gate, .hostFunction, .handler, .unikernel].map(instructions)
    #expect(others.reduce(0) { $0 + $1.count } + extensions.count == Int(last - Self.begin) + 1)
    #expect(others.reduce(extensions) { $0.union($1) }.count == Int(last - Self.begin) + 1)
  }

  /// Shortly before the first extension of all these scenarios.
  private static let begin: UInt64 = 235_000
}

/// Where programs lie that the guest has loaded.
private final class ProgramWatch: EventSink {
  private var programs: [(base: UInt64, size: UInt64)] = []

  func record(_ event: Event) {
    if case .loaded(_, let base, let size) = event.payload.guestRecord { programs.append((base, size)) }
  }

  func hold(_ address: UInt64) -> Bool { programs.contains { address &- $0.base < $0.size } }
}
