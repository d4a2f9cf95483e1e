/// One thing that happened, with the exact point at which it did.
public struct Event: Equatable, Sendable {
  /// The virtual time: cycles since reset.
  public var time: UInt64
  /// The number of instructions retired before it.
  public var instruction: UInt64
  public var payload: EventPayload
  /// Who acts, for kinds that have an actor (``EventKind/hasActor``); unknown for all others, and where nobody looks.
  public var actor: Actor
  /// The address of the instruction, for kinds whose payload does not have it (``EventKind/hasPlace``); 0 for all others, and
  /// where nobody knows it.
  public var instructionPointer: UInt64

  public init(
    time: UInt64, instruction: UInt64, payload: EventPayload, actor: Actor = .unknown, instructionPointer: UInt64 = 0
  ) {
    self.time = time
    self.instruction = instruction
    self.payload = payload
    self.actor = payload.kind.hasActor ? actor : .unknown
    self.instructionPointer = payload.kind.hasPlace ? instructionPointer : 0
  }

  /// The fields of the payload, then the instruction pointer and the actor for kinds that have them.
  public var fields: [(name: String, value: EventFieldValue)] {
    var fields = payload.fields
    if payload.kind.hasPlace { fields.append(("instructionPointer", .address(instructionPointer))) }
    if payload.kind.hasActor { fields.append(("actor", .text(actor.description))) }
    return fields
  }

  /// The fields but those that nobody knows: for listings.
  public var knownFields: [(name: String, value: EventFieldValue)] {
    var fields = payload.fields
    if instructionPointer != 0 { fields.append(("instructionPointer", .address(instructionPointer))) }
    if actor != .unknown { fields.append(("actor", .text(actor.description))) }
    return fields
  }
}

/// Something that folds over the stream of events: a trace writer, an assertion, a statistic.
///
/// A sink must not change the run, and must not keep the events of a long run in memory unless that is its purpose.
public protocol EventSink: AnyObject {
  /// What it wants to see, asked once: others of a kind that happens often cost it nothing.
  var kinds: EventKinds { get }
  /// What it wants to see beside that, if an extension's own code does it; asked once too.
  var kindsOfExtensions: EventKinds { get }
  func record(_ event: Event)
}

extension EventSink {
  public var kinds: EventKinds { .all }
  public var kindsOfExtensions: EventKinds { [] }
}
