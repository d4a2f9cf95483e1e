import Hexadecimal
import SimEvents

/// I4: an extension executes nothing that it could have written since it was looked at.
struct WritableCodeInvariant: Invariant {
  let promise: DesignPromise
  let rule = Rule.writableCode
  let kinds = EventKinds([.guardedAccess])

  init(_ promise: DesignPromise) { self.promise = promise }

  mutating func fold(_ event: Event) -> String? {
    guard promise.keepsCode, case .guardedAccess(_, "execute", let address, _, _, _, _) = event.payload
    else { return nil }
    return "code at physical \(address.hexadecimal) runs, which the page tables let be written"
  }
}
