extension EventPayload {
  /// The address of the instruction that did it, or that was to be executed next; nil for kinds whose payload does not have it.
  public var instructionPointer: UInt64? {
    switch self {
    case .exception(_, _, let address, _), .accessDenied(_, _, _, _, _, _, let address), .interrupt(_, let address),
      .tripleFault(let address), .pkruWrite(_, _, let address), .controlRegisterWrite(_, _, _, let address),
      .msrWrite(_, _, let address), .descriptorTableWrite(_, _, _, _, let address), .crossing(_, _, _, let address, _),
      .guardedAccess(_, _, _, _, _, let address, _):
      address
    default: nil
    }
  }
}
