import SimEvents

/// I2: what is guarded is stored to by an extension in a window that it opened by the gate, and by nobody else on its behalf.
struct StoresInvariant: Invariant {
  let rule = Rule.stores
  let kinds = EventKinds([.guardedAccess, .crossing])
  private var windows: OpenWindows
  private let served: Set<String>

  /// - Parameters:
  ///   - answering: gates that tell an extension that it may write.
  ///   - served: variables that functions behind gates set for extensions.
  init(answering: [UInt64] = [], served: Set<String> = []) {
    windows = OpenWindows(answering: answering)
    self.served = served
  }

  mutating func fold(_ event: Event) -> String? {
    windows.fold(event)
    if case .guardedAccess(let what, "dma", _, let old, let new, _, _) = event.payload {
      return "a device writes \(what), \(number(old)) becomes \(number(new))"
    }
    guard case .guardedAccess(let what, "write", _, let old, let new, _, _) = event.payload,
      event.actor.servesExtension, !GuardedRange.isTable(what), !(event.actor.isExtension && windows.isOpen)
    else { return nil }
    if case .hostFunction = event.actor, served.contains(what) { return nil }
    return "\(what) is written, \(number(old)) becomes \(number(new))"
  }

  /// Little-endian, as the processor has it.
  private func number(_ bytes: [UInt8]) -> String {
    guard bytes.count <= 8 else { return "\(bytes.count) bytes" }
    return "\(bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })"
  }
}
