import SimEvents

/// An event and its place in the trace.
public struct NumberedEvent: Equatable, Sendable {
  /// Counted from 0.
  public var number: UInt64
  public var event: Event

  public init(number: UInt64, event: Event) {
    (self.number, self.event) = (number, event)
  }
}

extension EventPayload {
  /// The guest's addresses in it by the names of their fields: those that an image or a program may have names for.
  public var places: [(field: String, address: UInt64)] {
    let accessed: UInt64? =
      switch self {
      case .accessDenied(let address, _, _, _, _, _, _), .exception(14, _, _, let address): address
      // Physical, which is where an image's variables are mapped.
      case .guardedAccess(_, _, let address, _, _, _, _) where address != 0: address
      default: nil
      }
    return [("address", accessed), ("instructionPointer", instructionPointer)].compactMap { field, address in
      address.map { (field, $0) }
    }
  }
}
