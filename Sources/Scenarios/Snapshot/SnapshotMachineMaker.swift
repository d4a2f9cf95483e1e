import GuestOS
import SimMachine
import Synchronization

/// A ``SnapshotPoint`` with the symbol's address.
enum HoldPoint: Sendable {
  case pause(PausePoint)
  case event(UInt64)

  init(_ point: SnapshotPoint, image: GuestImage) throws(RunSnapshotError) {
    switch point {
    case .time(let time): self = .pause(.time(time))
    case .instruction(let number): self = .pause(.instruction(number))
    case .event(let number): self = .event(number)
    case .symbol(let name, let hit):
      guard let symbol = image.symbol(named: name) else {
        let remedy = remedyForName(name, among: image.symbols.map(\.name), noun: "symbol")
        throw RunSnapshotError("the guest's image has no symbol \"\(name)\"; \(remedy)")
      }
      self = .pause(.address(symbol.address, hit: max(hit, 1)))
    }
  }
}

/// Makes the simulator's machine so that its run can be held, or goes on where one was held.
final class SnapshotMachineMaker: MachineMaker {
  /// What came of the run besides its result.
  struct Findings: Sendable {
    var snapshot: RunSnapshot?
    /// The snapshot that the run began with does not fit it.
    var problem: String?
  }

  let engine = EngineKind.unicorn
  private let start: RunSnapshot?
  private let point: HoldPoint?
  private let state = Mutex(Findings())

  init(start: RunSnapshot?, point: HoldPoint?) {
    self.start = start
    self.point = point
  }

  var findings: Findings { state.withLock { $0 } }

  func change(_ body: (inout Findings) -> Void) {
    state.withLock { body(&$0) }
  }

  func makeMachine(_ plan: MachinePlan) throws(MachineRefusal) -> any ScenarioMachine {
    try AddressSpace.require(plan.configuration)
    let machine: Machine
    do throws(MachineError) {
      if let start {
        guard start.machine.state.configuration == plan.configuration else {
          throw MachineError("the snapshot is of a machine with another configuration")
        }
        machine = try Machine(forking: start.machine, events: plan.events)
      } else {
        machine = try Machine(plan.configuration, image: plan.image, events: plan.events, share: plan.share)
      }
    } catch {
      throw MachineRefusal(problem: "\(error)", remedy: "change it")
    }
    return HoldableMachine(machine, start: start, point: point, maker: self)
  }
}
