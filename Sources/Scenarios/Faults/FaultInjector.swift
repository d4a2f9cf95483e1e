import Hexadecimal
import SimEvents
import SimMachine

/// Has the faults of a scenario happen in its run, and keeps what became of them.
final class FaultInjector {
  private let faults: [Fault]
  private let addresses: [String: UInt64]
  private let hertz: UInt64
  private(set) var fates: [FaultFate]
  /// The time of faults is over.
  private var isOver = false

  /// - Parameters:
  ///   - addresses: those of all symbols that the faults name.
  ///   - hertz: of virtual time.
  init(_ faults: [Fault], addresses: [String: UInt64], hertz: UInt64) {
    self.faults = faults
    self.addresses = addresses
    self.hertz = hertz
    fates = faults.map { _ in .notTriggered }
  }

  /// Makes the appointments, and notes the faults that the share was taken in with.
  ///
  /// - Parameter end: the virtual time at which faults end; nil: never.
  func start(
    _ machine: any ScenarioMachine, scenario: String, end: VirtualDuration? = nil
  ) throws(ScenarioProblems) {
    if let end, let simulated = machine.ownMachine, !faults.isEmpty {
      do throws(MachineError) {
        try simulated.appoint(at: .time(end.cycles(hertz: hertz))) { [self] machine in
          isOver = true
          machine.withdrawFaults()
          return nil
        }
      } catch {
        preconditionFailure("time is always known: \(error)")
      }
    }
    for (index, fault) in faults.enumerated() {
      if case .file(let name, let truncateTo, let patch) = fault.what {
        fates[index] = .injected
        machine.record(fileEvent(index, name, truncateTo, patch))
        continue
      }
      guard let simulated = machine.ownMachine,
        let effect = fault.effect(hertz: hertz, address: address)
      else {
        throw refusal(scenario, index, "this fault needs the simulator's own machine", "take the fault away")
      }
      if fault.when.acting != nil, !simulated.isWitnessed {
        throw refusal(scenario, index, "nobody can tell who acts in this image", "take \"while\" away")
      }
      do throws(MachineError) {
        try simulated.appoint(at: fault.when.moment(hertz: hertz, address: address)) { [self] machine in
          happen(index, fault, effect, machine)
        }
      } catch {
        throw refusal(scenario, index, "\(error)", "choose another moment, or the simulator")
      }
    }
  }

  /// - Returns: when to look again; nil if it has happened.
  private func happen(_ index: Int, _ fault: Fault, _ effect: FaultEffect, _ machine: Machine) -> Moment? {
    if isOver { return nil }
    if let acting = fault.when.acting, ActorKind(machine.currentActor) != acting {
      return .enter(acting, hit: 1)
    }
    var (code, place) = (machine.nextCode, machine.registers.instructionPointer)
    switch effect {
    case .interrupt, .device: fates[index] = .missed("its moment came, but nothing that it waits for came after it")
    default: break
    }
    machine.inject(effect, for: fault.duration) { [self] machine, result in
      switch result {
      case .success(let injection):
        // What waits happens at another instruction.
        switch effect {
        case .interrupt, .device:
          (code, place) = (machine.nextCode, machine.registers.instructionPointer)
        default: break
        }
        fates[index] = .injected
        machine.record(
          .faultInjected(
            index: UInt32(truncatingIfNeeded: index), target: injection.target, change: injection.change,
            before: injection.before, after: injection.after, code: code.hexadecimal()), by: nil, at: place)
      case .failure(let missed): fates[index] = .missed(missed.description)
      }
    }
    return nil
  }

  private func address(_ symbol: String) -> UInt64 {
    guard let address = addresses[symbol] else { preconditionFailure("the symbol \(symbol) was not looked for") }
    return address
  }

  private func fileEvent(_ index: Int, _ name: String, _ truncateTo: UInt64?, _ patch: Fault.Patch?) -> EventPayload {
    let change =
      truncateTo.map { "truncate to \($0) bytes" } ?? "set \(patch?.bytes.count ?? 0) bytes at \(patch?.offset ?? 0)"
    return .faultInjected(
      index: UInt32(truncatingIfNeeded: index), target: "file \(name)", change: change, before: "", after: "", code: "")
  }

  private func refusal(_ scenario: String, _ index: Int, _ problem: String, _ remedy: String) -> ScenarioProblems {
    ScenarioProblems([
      .init(
        file: scenario, position: nil, path: "$.faults[\(index)].what.\(faults[index].kind)", problem: problem,
        remedy: remedy)
    ])
  }

  /// Faults that did not happen: a run that is to show what comes of one shows nothing without it.
  var unmet: [UnmetExpectation] {
    zip(faults, fates).enumerated().compactMap { index, pair in
      let why: String
      switch pair.1 {
      case .injected: return nil
      case .notTriggered: why = "its moment never came"
      case .missed(let reason): why = reason
      }
      return .init(
        "faults[\(index)] (\(pair.0.kind)): not triggered: \(why)", subject: "fault \(pair.0.kind): not triggered")
    }
  }
}
