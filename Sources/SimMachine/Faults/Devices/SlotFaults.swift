import Hexadecimal
import SimVirtio

/// The faults that wait for operations of one virtio slot, and what they have changed there for longer.
final class SlotFaults {
  typealias Report = (Machine, Result<Injection, FaultMissed>) -> Void

  private struct Waiting {
    let fault: DeviceFault
    /// Operations that it lets pass first.
    var passed: UInt64
    var left: UInt64
    let happened: Report
  }

  /// A chain that goes back when it is due.
  private struct Held {
    let queue: UInt16
    let chain: HeldChain
    var isDue = false
    /// It goes back behind the next one that does.
    let isSwapped: Bool
  }

  /// Is told of each operation before the faults are.
  var witness: ((DeviceOperation) -> Void)?

  unowned let machine: Machine
  unowned let slot: MMIOTransport
  private var waiting: [Waiting] = []
  private var held: [Held] = []
  /// How the chain that is held next is held: for so many cycles, or, nil, until another one has gone back.
  private var delays: [UInt64?] = []
  /// Changes of the configuration space that stay.
  private(set) var configuration: [(offset: Int, change: ByteChange)] = []

  init(_ machine: Machine, _ slot: MMIOTransport) {
    self.machine = machine
    self.slot = slot
  }

  var name: String { slot.device.name }

  func wait(for fault: DeviceFault, _ happened: @escaping Report) {
    precondition(fault.times > 0 && fault.nth > 0, "a fault happens at least once")
    waiting.append(Waiting(fault: fault, passed: fault.nth - 1, left: fault.times, happened: happened))
  }

  /// Forgets the faults that have not happened. What they have done stays. Chains that wait for another one go back, as no other one
  /// need ever come; those that are delayed go back in their time.
  func withdraw() {
    waiting = []
    for index in held.indices where held[index].isSwapped { held[index].isDue = true }
    for queue in Set(held.filter(\.isDue).map(\.queue)).sorted() { slot.giveBackHeldChains(of: queue) }
    machine.update()
  }

  /// Has all faults happen that an operation is of, in their order. The others wait on.
  ///
  /// - Parameter apply: nil: the fault does not happen to this operation, though it is of its kind.
  func meet(_ operation: DeviceOperation, _ apply: (DeviceFault.Change) -> Result<Injection, FaultMissed>?) {
    witness?(operation)
    var results: [(Report, Result<Injection, FaultMissed>)] = []
    for index in waiting.indices where waiting[index].fault.change.concerns(operation) {
      if waiting[index].passed > 0 {
        waiting[index].passed -= 1
        continue
      }
      guard let result = apply(waiting[index].fault.change) else { continue }
      waiting[index].left -= 1
      results.append((waiting[index].happened, result))
    }
    guard !results.isEmpty else { return }
    waiting.removeAll { $0.left == 0 }
    for (happened, result) in results { happened(machine, result) }
  }

  func keep(configuration offset: Int, _ change: ByteChange) { configuration.append((offset, change)) }

  func injection(
    _ target: String, _ change: String, _ before: String, _ after: String
  ) -> Result<Injection, FaultMissed> {
    .success(Injection(target: "\(name) \(target)", change: change, before: before, after: after))
  }

  // MARK: Chains that wait

  /// The chain that is handed over next is held for so many cycles, or, nil, until another one has gone back.
  func expectChain(heldFor cycles: UInt64?) { delays.append(cycles) }

  func hold(_ chain: HeldChain, of queue: UInt16) {
    precondition(!delays.isEmpty, "a chain is held because a fault has said so")
    let delay = delays.removeFirst()
    held.append(Held(queue: queue, chain: chain, isSwapped: delay == nil))
    guard let delay else { return }
    let id = chain.access.chain.id
    do {
      try machine.appoint(at: .time(machine.time &+ delay)) { [weak self] machine in
        guard let self, let index = held.firstIndex(where: { $0.queue == queue && $0.chain.access.chain.id == id })
        else { return nil }
        held[index].isDue = true
        slot.giveBackHeldChains(of: queue)
        machine.update()
        return nil
      }
    } catch {
      preconditionFailure("time is always known: \(error)")
    }
  }

  func chainReturned(to queue: UInt16) {
    for index in held.indices where held[index].queue == queue && held[index].isSwapped { held[index].isDue = true }
  }

  func nextDue(of queue: UInt16) -> HeldChain? {
    guard let index = held.firstIndex(where: { $0.queue == queue && $0.isDue }) else { return nil }
    return held.remove(at: index).chain
  }

  func forgetChains(of queue: UInt16?) { held.removeAll { queue == nil || $0.queue == queue } }
}
