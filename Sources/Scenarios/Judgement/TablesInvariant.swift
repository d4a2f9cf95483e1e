import Hexadecimal
import SimEvents

/// I5: an extension changes neither page tables nor descriptor tables, nor what the gates rely on, nor the unikernel's instructions,
/// whatever rights it has.
struct TablesInvariant: Invariant {
  let promise: DesignPromise
  let rule = Rule.tables
  let kinds = EventKinds([.guardedAccess])

  init(_ promise: DesignPromise) { self.promise = promise }

  mutating func fold(_ event: Event) -> String? {
    guard promise.keepsTables, event.actor.isExtension,
      case .guardedAccess(let what, "write", let address, _, _, _, _) = event.payload, GuardedRange.isTable(what)
    else { return nil }
    return "\(what) are written, at physical \(address.hexadecimal)"
  }
}
