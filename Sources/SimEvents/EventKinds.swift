/// A set of kinds of events.
public struct EventKinds: OptionSet, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  public init(_ kinds: some Sequence<EventKind>) {
    rawValue = kinds.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
  }

  public static let all = EventKinds(rawValue: .max)

  @inline(__always)
  public func contains(_ kind: EventKind) -> Bool { rawValue >> UInt64(kind.rawValue) & 1 != 0 }
}
