import SimCPU
import SimEvents

/// A place in a run, between two instructions, at which it is stopped or looked at.
///
/// Counts of hits and of events begin when the appointment is made; 1 is the next.
public enum Moment: Equatable, Sendable {
  /// The first place at or after this virtual time, in cycles.
  case time(UInt64)
  /// Before the instruction with this number, counted from 0: so many have retired.
  case instruction(UInt64)
  /// Before the instruction at this linear address, the `hit`th time that it comes by.
  case address(UInt64, hit: UInt64)
  /// Before the first instruction of a function of the image, the `hit`th time that it is reached.
  case symbol(String, hit: UInt64)
  /// The first place at which the event with this number, counted from 0 over the whole run, has happened.
  case event(UInt64)
  /// The first place at which so many events that fit `filter` have happened.
  case matchingEvent(EventFilter, nth: UInt64)

  /// After the `hit`th access that a watch sees; before it where code is executed. It needs an engine that can watch memory.
  case watch(MemoryWatch, hit: UInt64)
  /// Before the first instruction of a domain of code, the `hit`th time that it is entered (``Machine/setDomain(_:ofPages:)``).
  case entry(domain: UInt8, hit: UInt64)
  /// Before the first instruction outside of a domain, the `hit`th time that it is left.
  case exit(domain: UInt8, hit: UInt64)
  /// Before the first instruction of somebody of this kind who did not act before it, the `hit`th time. On a machine that can tell who
  /// acts (``Machine/isWitnessed``).
  case enter(ActorKind, hit: UInt64)
  /// Before the first instruction of somebody of another kind, the `hit`th time.
  case leave(ActorKind, hit: UInt64)

  /// How often what it waits for must come by; 1 for what comes once.
  var count: UInt64 {
    switch self {
    case .address(_, let hit), .symbol(_, let hit), .watch(_, let hit), .entry(_, let hit), .exit(_, let hit),
      .enter(_, let hit), .leave(_, let hit):
      hit
    case .matchingEvent(_, let nth): nth
    case .time, .instruction, .event: 1
    }
  }
}
