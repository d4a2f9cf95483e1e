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
        throw CampaignError(noSymbol: symbol, in: image)
      }
      return moment.moment(hertz: hertz) { name in
        guard let symbol = image.symbol(named: name) else {
          preconditionFailure("\(name) is no symbol that was asked for")
        }
        return symbol.address
      }
    }
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    var (first, last) = (from == nil ? UInt64?.some(0) : nil, UInt64?.none)
    if let from {
      run.appoint(at: try moment(from)) { machine in
        first = machine.instructions
        return nil
      }
    }
    var endsEarly = false
    if let to {
      run.appoint(at: try moment(to)) { machine in
        // The end is that of what began. What comes once only does not come again.
        guard first != nil else {
          endsEarly = true
          return to.comesOnce ? nil : try? moment(to)
        }
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
    let length = "the fault-free run has \(result.instructions) instructions and \(result.virtualTimeNs / 1000) us"
    guard let first else {
      throw CampaignError("the window never begins: the moment \"from\" does not come; \(length)")
    }
    if to != nil, last == nil {
      throw CampaignError(
        endsEarly
          ? "the window ends before it begins: \"to\" comes, and \"from\" only after it; write a later \"to\""
          : "the window never ends: the moment \"to\" does not come after \"from\"; \(length)")
    }
    let window = first..<max(min(last ?? result.instructions, faultsEnd ?? .max), first)
    var found = InstructionSet()
    if let acting {
      let delivered = try Self.waits(of: crossings.deliveries, prepared, engine)
      for part in crossings.intervals(of: acting, until: result.instructions, delivered) {
        found.append(part.clamped(to: window))
      }
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

  /// Before an instruction in whose place an exception or interrupt is delivered nothing of it has happened yet: who acts then is who
  /// was interrupted. A software interrupt has retired when it is delivered; its handler begins at the same number.
  ///
  /// - Returns: the deliveries, by their instructions, that find the instruction still waiting.
  private static func waits(
    of deliveries: [(instruction: UInt64, pointer: UInt64)], _ prepared: PreparedRun, _ engine: EngineMaker
  ) throws -> Set<UInt64> {
    guard let first = deliveries.first else { return [] }
    var (waiting, next) = (Set<UInt64>(), 0)
    let run = ScenarioRun(prepared, on: SimulatedMachineMaker(engine: .unicorn, engine))
    run.appoint(at: .instruction(first.instruction)) { machine in
      // The first one at an instruction is the one that finds it; others come out of its handler's beginning.
      let here = deliveries[next]
      if machine.registers["rip"] == here.pointer { waiting.insert(here.instruction) }
      while next < deliveries.count, deliveries[next].instruction <= here.instruction { next += 1 }
      return next < deliveries.count ? .instruction(deliveries[next].instruction) : nil
    }
    _ = try run.run()
    return waiting
  }
}

/// Keeps who acts from which instruction on.
private final class CrossingRecorder: EventSink {
  private var changes: [(instruction: UInt64, actor: Actor, isDelivery: Bool)] = [(0, .unikernel, false)]
  /// Exceptions and interrupts, each with the address of the instruction that it interrupted.
  private(set) var deliveries: [(instruction: UInt64, pointer: UInt64)] = []
  let kinds: EventKinds = EventKinds([.crossing])

  func record(_ event: Event) {
    guard case .crossing(let how, _, let to, let pointer, _) = event.payload else { return }
    changes.append((event.instruction, to, how == .interrupt))
    if how == .interrupt { deliveries.append((event.instruction, pointer)) }
  }

  /// - Parameter waiting: where a delivery finds its instruction waiting: the handler begins behind it.
  func intervals(of kind: ActorKind, until end: UInt64, _ waiting: Set<UInt64>) -> [Range<UInt64>] {
    var (parts, from, actor) = ([Range<UInt64>](), UInt64(0), Actor.unikernel)
    for change in changes + [(end, .unknown, false)] {
      let isBehind = change.isDelivery && waiting.contains(change.instruction)
      let next = max(from, isBehind ? change.instruction + 1 : change.instruction)
      if ActorKind(actor) == kind, from < next { parts.append(from..<min(next, max(end, from))) }
      (from, actor) = (next, change.actor)
    }
    return parts.filter { !$0.isEmpty }
  }
}
