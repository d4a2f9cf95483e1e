import GuestOS
import SimEvents

/// A machine's look at who acts: the ways of its image, and who has taken which. A class, as it is asked at every event.
final class ActorWitness {
  let gates: GateMap
  private(set) var tracker: ActorTracker

  init(_ gates: GateMap, _ tracker: ActorTracker = ActorTracker()) {
    self.gates = gates
    self.tracker = tracker
  }

  /// Who acts now.
  var actor: Actor { tracker.actor }

  /// ``ActorTracker/actor(at:_:)``
  func actor(at address: UInt64) -> Actor { tracker.actor(at: address, gates) }

  var region: CodeRegion { tracker.region }

  /// ``ActorTracker/mayRoam``
  var mayRoam: Bool { tracker.mayRoam }

  /// ``ActorTracker/deliver(at:)``
  func deliver(at address: UInt64) -> ActorTracker.Changes { tracker.deliver(at: address) }

  /// ``ActorTracker/cross(to:at:stackPointer:nextStack:gates:)``
  func cross(
    to region: CodeRegion, at address: UInt64, stackPointer: UInt64, nextStack: UInt64
  ) -> ActorTracker.Changes {
    tracker.cross(to: region, at: address, stackPointer: stackPointer, nextStack: nextStack, gates: gates)
  }

  /// ``ActorTracker/comeBack(to:gates:)``
  func comeBack(to address: UInt64) -> ActorTracker.Changes { tracker.comeBack(to: address, gates: gates) }

  func note(_ record: GuestRecord) { tracker.note(record) }
}
