import SimEvents

/// I10: whether an extension that has ended lets the next one run.
struct NextExtension {
  /// How a line for the shell begins that has it run an extension.
  private static let command = Array("run ".utf8)
  private static let lineBytesMax = 4096

  private var lastEnded: ExtensionEvent?
  private var isAsked = false
  /// By console, the line that is being typed.
  private var lines: [Console: [UInt8]] = [:]

  mutating func fold(_ event: Event, _ number: UInt64) {
    switch event.payload {
    case .crossing(.enter, _, .extension, _, _): isAsked = false
    case .crossing(.leave, .extension(let name), _, _, _), .crossing(.abort, .extension(let name), _, _, _):
      lastEnded = (name, event, number)
    case .consoleInput(let console, let bytes):
      for byte in bytes {
        guard byte != 0x0a else {
          if lines.removeValue(forKey: console)?.starts(with: Self.command) == true { isAsked = lastEnded != nil }
          continue
        }
        if lines[console, default: []].count < Self.lineBytesMax { lines[console, default: []].append(byte) }
      }
    default: break
    }
  }

  /// The unikernel itself has said that it does not run what was asked for.
  mutating func refuse() { isAsked = false }

  /// The extension after which another was to run that was never entered.
  var prevented: ExtensionEvent? { isAsked ? lastEnded : nil }
}
