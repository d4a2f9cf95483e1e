import SimEvents

/// I7: nobody who serves an extension reads a secret, and no console shows it. What memory, registers and files hold of one is
/// looked for by ``SecretSearch``, which tells it as a read of its own.
struct SecretsInvariant: Invariant {
  let rule = Rule.secrets
  let kinds = EventKinds([.guardedAccess, .consoleOutput, .ninePRequest])
  private var searches: [Console: SecretSearch] = [:]

  init(secrets: [Secret]) {
    for console in Console.allCases { searches[console] = SecretSearch(secrets) }
  }

  mutating func fold(_ event: Event) -> String? {
    switch event.payload {
    case .guardedAccess(let what, "read", _, _, _, _, _) where event.actor.servesExtension: return "\(what) is read"
    case .guardedAccess(let what, "found", _, _, _, _, _): return what
    case .consoleOutput(let console, let bytes):
      guard let name = searches[console]?.feed(bytes) else { return nil }
      return "the \(console) console shows \(name)"
    case .ninePRequest(_, let message, let detail):
      guard let secret = searches.values.first, let name = secret.find(in: Array(detail.utf8)) else { return nil }
      return "\(message) carries \(name)"
    default: return nil
    }
  }
}
