import Hexadecimal
import SimEvents

/// I1: PKRU, or IA32_PKRS in its place, while an extension's code runs gives no more rights than the design and an open window.
struct RightsInvariant: Invariant {
  let promise: DesignPromise
  let rule = Rule.rights
  let kinds = EventKinds([.pkruWrite, .msrWrite, .crossing])
  private static let pkrs: UInt32 = 0x6e1
  private var windows = OpenWindows()

  init(_ promise: DesignPromise) { self.promise = promise }

  mutating func fold(_ event: Event) -> String? {
    guard let base = promise.extensionPKRU else { return nil }
    windows.fold(event)
    switch event.payload {
    case .pkruWrite(_, let new, _) where event.actor.isExtension && !promise.isByPKRS:
      return excess(new, base, "sets PKRU to")
    case .msrWrite(Self.pkrs, let new, _) where event.actor.isExtension && promise.isByPKRS:
      return excess(UInt32(truncatingIfNeeded: new), base, "sets IA32_PKRS to")
    case .crossing(let how, _, let to, _, let pkru):
      guard to.isExtension else { return nil }
      let register = promise.isByPKRS ? "IA32_PKRS" : "PKRU"
      return excess(pkru, base, how == .ungated ? "is entered by no gate, with \(register)" : "runs with \(register)")
    default: return nil
    }
  }

  /// Bits that the design sets and that are clear are rights that it does not give.
  private func excess(_ pkru: UInt32, _ base: UInt32, _ what: String) -> String? {
    let given = windows.isOpen ? base & ~promise.windowBits : base
    guard given & ~pkru != 0 else { return nil }
    return "the extension \(what) \(pkru.hexadecimal), which gives more than \(given.hexadecimal)"
  }
}
