import SimEvents

/// I8: who is seen to have changed a variable that has another value in the end than the scenario expects.
struct Values {
  /// By the names of variables, the last store by an extension, by somebody on its behalf, or by a device.
  private var stores: [String: (event: Event, number: UInt64)] = [:]
  private var lastSync: (event: Event, number: UInt64)?

  mutating func fold(_ event: Event, _ number: UInt64) {
    switch event.payload {
    case .guardedAccess(let what, "write", _, _, _, _, _) where event.actor.servesExtension,
      .guardedAccess(let what, "dma", _, _, _, _, _):
      stores[what] = (event, number)
    case .sync: lastSync = (event, number)
    default: break
    }
  }

  /// The event that tells most of a variable's value: the store, or the point at which values were compared; nil if a run
  /// has neither.
  func evidence(of symbol: String) -> (event: Event, number: UInt64)? { stores[symbol] ?? lastSync }
}
