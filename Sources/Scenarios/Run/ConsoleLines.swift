import SimEvents

/// What the consoles showed, as lines: a fold over the events.
public final class ConsoleLines: EventSink {
  /// Whether what the script typed is shown as a terminal would echo it; the guest's shell leaves that to terminals.
  private let showsInput: Bool
  /// Told of each line when it is complete.
  private let onLine: ((ConsoleText.Line) -> Void)?
  private var complete: ConsoleText
  private var partial: [[UInt8]] = Console.allCases.map { _ in [] }

  /// - Parameter onLine: told of each line when it is complete.
  public convenience init(showsInput: Bool, onLine: ((ConsoleText.Line) -> Void)? = nil) {
    self.init(showsInput: showsInput, bytesMax: ConsoleText.bytesMax, onLine: onLine)
  }

  init(showsInput: Bool, bytesMax: Int, onLine: ((ConsoleText.Line) -> Void)? = nil) {
    self.showsInput = showsInput
    self.onLine = onLine
    complete = ConsoleText(bytesMax: bytesMax)
  }

  public var kinds: EventKinds { EventKinds([.consoleOutput, .consoleInput]) }

  public func record(_ event: Event) {
    switch event.payload {
    case .consoleOutput(let console, let bytes): append(bytes, to: console)
    case .consoleInput(let console, let bytes) where showsInput: append(bytes, to: console)
    default: break
    }
  }

  private func append(_ bytes: [UInt8], to console: Console) {
    let index = Int(console.rawValue)
    for byte in bytes {
      if byte == 0x0a {
        endLine(of: console)
        continue
      }
      if partial[index].count >= ConsoleText.lineBytesMax { endLine(of: console, isWhole: false) }
      partial[index].append(byte)
    }
  }

  private func endLine(of console: Console, isWhole: Bool = true) {
    let index = Int(console.rawValue)
    complete.append(partial[index], of: console, isWhole: isWhole)
    if let onLine { for line in Self.lines(partial[index], of: console) { onLine(line) } }
    partial[index].removeAll(keepingCapacity: true)
  }

  /// The lines that have no end yet, such as a prompt.
  public var unfinished: [ConsoleText.Line] {
    Console.allCases.flatMap { console in
      let bytes = partial[Int(console.rawValue)]
      return bytes.isEmpty ? [] : Self.lines(bytes, of: console)
    }
  }

  private static func lines(_ bytes: [UInt8], of console: Console) -> [ConsoleText.Line] {
    var text = ConsoleText()
    text.append(bytes, of: console)
    return Array(text)
  }

  /// All lines; unfinished ones, such as a prompt, come last.
  public var text: ConsoleText {
    var text = complete
    for console in Console.allCases where !partial[Int(console.rawValue)].isEmpty {
      text.append(partial[Int(console.rawValue)], of: console)
    }
    return text
  }
}
