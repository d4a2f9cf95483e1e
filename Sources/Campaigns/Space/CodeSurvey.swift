import Scenarios
import SimCPU
import SimMachine

/// Finds how long each instruction of a window is, by running the scenario once.
enum CodeSurvey {
  /// More instructions are not looked at one by one.
  static let countMax: UInt64 = 1_000_000

  /// - Throws: ``CampaignError`` for a window that is too large.
  static func sites(
    _ prepared: PreparedRun, _ instructions: InstructionSet, engine: EngineMaker
  ) throws -> [OperationSite] {
    guard let hull = instructions.hull, hull.count <= countMax else {
      throw CampaignError(
        "the window has too many instructions to look at the code of each (\(countMax) at most); make it smaller")
    }
    let segments = prepared.inputs.image.segments
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    var (sites, counts): ([OperationSite], [OperationSite.Operation.Kind: UInt64]) = ([], [:])
    run.appoint(at: .instruction(hull.lowerBound)) { machine in
      let (code, now) = (machine.nextCode, machine.instructions)
      // What can't be executed has no length.
      if instructions.contains(now), machine.decode(code) != nil {
        guard let address = machine.registers["rip"] else { preconditionFailure("every register file has RIP") }
        let isOfImage = segments.contains { address &- $0.virtualAddress < $0.memorySize }
        sites.add(.execution(bytes: code.count, isOfImage: isOfImage), at: now, counting: &counts)
      }
      return now + 1 < hull.upperBound ? .instruction(now + 1) : nil
    }
    _ = try run.run()
    return sites
  }
}
