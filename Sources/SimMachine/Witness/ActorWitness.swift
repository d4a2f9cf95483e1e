import GuestOS
import SimEvents

/// A machine's look at who acts: the ways of its image, and who has taken which. A class, as it is asked at every event.
final class ActorWitness {
  let gates: GateTable
  private(set) var tracker: ActorTracker
  /// Who acts now.
  private(set) var actor: Actor

  init(_ gates: GateTable, _ tracker: ActorTracker = ActorTracker()) {
    self.gates = gates
    self.tracker = tracker
    actor = tracker.actor
  }

  /// ``ActorTracker/deliver(at:)``
  func deliver(at address: UInt64) -> [ActorTracker.Change] {
    let changes = tracker.deliver(at: address)
    actor = tracker.actor
    return changes
  }

  /// Whether a change of region changes nobody.
  func staysSame(in region: CodeRegion) -> Bool {
    region == tracker.region || tracker.staysExtension(in: region)
  }

  /// ``ActorTracker/cross(to:at:stackPointer:nextStack:gates:)``
  func cross(
    to region: CodeRegion, at address: UInt64, stackPointer: UInt64, nextStack: UInt64
  ) -> [ActorTracker.Change] {
    let changes = tracker.cross(
      to: region, at: address, stackPointer: stackPointer, nextStack: nextStack, gates: gates)
    actor = tracker.actor
    return changes
  }

  func note(_ record: GuestRecord) { tracker.note(record) }
}
