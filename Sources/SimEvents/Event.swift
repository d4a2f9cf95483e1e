/// One thing that happened, with the exact point at which it did.
public struct Event: Equatable, Sendable {
  /// The virtual time: cycles since reset.
  public var time: UInt64
  /// The number of instructions retired before it.
  public var instruction: UInt64
  public var payload: EventPayload

  public init(time: UInt64, instruction: UInt64, payload: EventPayload) {
    self.time = time
    self.instruction = instruction
    self.payload = payload
  }
}

/// Something that folds over the stream of events: a trace writer, an assertion, a statistic.
///
/// A sink must not change the run, and must not keep the events of a long run in memory unless that is its purpose.
public protocol EventSink: AnyObject {
  func record(_ event: Event)
}
