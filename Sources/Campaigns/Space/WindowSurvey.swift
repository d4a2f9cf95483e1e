import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// Finds the instructions of a window, and what happens in it, by running the scenario once.
struct WindowSurvey {
  let instructions: InstructionSet
  /// What devices and interrupts do in the window, in order.
  let sites: [OperationSite]
  /// The vector of the local APIC's timer at the end; nil if it has none.
  let timerVector: UInt8?

  /// - Throws: ``CampaignError`` for a window that is empty or contradicts itself.
  init(_ prepared: PreparedRun, from: FaultMoment?, to: FaultMoment?, while acting: ActorKind?, engine: EngineMaker)
    throws
  {
    let image = prepared.inputs.image
    let hertz = prepared.inputs.scenario.machine.clockHertz
    func moment(_ moment: FaultMoment) throws(CampaignError) -> Moment {
      for symbol in moment.symbols where image.symbol(named: symbol) == nil {
        throw CampaignError("the window names \"\(symbol)\", and the guest's image has no such symbol")
      }
      return moment.moment(hertz: hertz) { image.symbol(named: $0)?.address ?? 0 }
    }
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    var (first, last) = (from == nil ? UInt64?.some(0) : nil, UInt64?.none)
    if let from {
      run.appoint(at: try moment(from)) { machine in
        first = machine.instructions
        return nil
      }
    }
    if let to {
      run.appoint(at: try moment(to)) { machine in
        // The end is that of what began.
        guard first != nil else { return try? moment(to) }
        last = machine.instructions
        return nil
      }
    }
    let crossings = CrossingRecorder()
    var operations: [(instruction: UInt64, operation: MachineOperation)] = []
    run.appoint(at: .instruction(0)) { machine in
      machine.observeOperations { operations.append(($0.instructions, $1)) }
      return nil
    }
    var faultsEnd: UInt64?
    if let liveness = prepared.inputs.scenario.liveness {
      run.appoint(at: .time(liveness.from.cycles(hertz: hertz))) { machine in
        faultsEnd = machine.instructions
        return nil
      }
    }
    var timer: UInt8?
    let result = try run.run(observers: [crossings]) { timer = $0.simulated?.timerVector }
    timerVector = timer
    guard let first else { throw CampaignError("the window never begins: the moment \"from\" does not come") }
    if to != nil, last == nil {
      throw CampaignError("the window never ends: the moment \"to\" does not come after \"from\"")
    }
    let window = first..<max(min(last ?? result.instructions, faultsEnd ?? .max), first)
    var found = InstructionSet()
    if let acting {
      for part in crossings.intervals(of: acting, until: result.instructions) { found.append(part.clamped(to: window)) }
      if found.count == 0 { throw CampaignError("nobody of the kind \"\(acting.rawValue)\" acts in the window") }
    } else {
      found.append(window)
    }
    guard found.count > 0 else {
      throw CampaignError("the window is empty: it begins and ends at instruction \(first)")
    }
    instructions = found
    var (sites, counts): ([OperationSite], [OperationSite.Operation.Kind: UInt64]) = ([], [:])
    for (instruction, operation) in operations where found.contains(instruction) {
      sites.add(.machine(operation), at: instruction, counting: &counts)
    }
    self.sites = sites
  }
}

/// Keeps who acts from which instruction on.
private final class CrossingRecorder: EventSink {
  private var changes: [(instruction: UInt64, actor: Actor)] = [(0, .unikernel)]
  let kinds: EventKinds = EventKinds([.crossing])

  func record(_ event: Event) {
    if case .crossing(_, _, let to, _, _) = event.payload { changes.append((event.instruction, to)) }
  }

  func intervals(of kind: ActorKind, until end: UInt64) -> [Range<UInt64>] {
    zip(changes, changes.dropFirst() + [(end, .unknown)]).compactMap { change, next in
      ActorKind(change.actor) == kind && change.instruction < next.instruction
        ? change.instruction..<next.instruction : nil
    }
  }
}
