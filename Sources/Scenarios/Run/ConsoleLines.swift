import SimEvents

/// What the consoles showed, line by line in the order in which the lines were completed.
public final class ConsoleLines: EventSink {
  public struct Line: Equatable, Sendable {
    public var console: Console
    public var text: String
  }

  /// A guest that prints without end must not fill the host's memory: the first lines are given up.
  static let lineCountMax = 10_000
  static let lineBytesMax = 4_096

  /// Whether what the script typed is shown as a terminal would echo it; the guest's shell leaves that to terminals.
  private let showsInput: Bool
  private var complete: [Line] = []
  private var partial: [[UInt8]] = Console.allCases.map { _ in [] }
  private var omittedCount = 0

  public init(showsInput: Bool) {
    self.showsInput = showsInput
  }

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
      if byte == 0x0a || partial[index].count >= Self.lineBytesMax { endLine(of: console) }
      if byte != 0x0a { partial[index].append(byte) }
    }
  }

  private func endLine(of console: Console) {
    let index = Int(console.rawValue)
    complete.append(Self.line(console, partial[index]))
    partial[index].removeAll(keepingCapacity: true)
    guard complete.count > 2 * Self.lineCountMax else { return }
    omittedCount += complete.count - Self.lineCountMax
    complete.removeFirst(complete.count - Self.lineCountMax)
  }

  /// Serial lines end with CR LF: the CR is not part of the text.
  private static func line(_ console: Console, _ bytes: [UInt8]) -> Line {
    Line(console: console, text: String(decoding: bytes.last == 0x0d ? bytes.dropLast() : bytes[...], as: UTF8.self))
  }

  /// All lines; unfinished ones, such as a prompt, come last.
  public var lines: [Line] {
    let unfinished = Console.allCases.compactMap { console in
      let bytes = partial[Int(console.rawValue)]
      return bytes.isEmpty ? nil : Self.line(console, bytes)
    }
    let omitted = omittedCount == 0 ? [] : [Line(console: .serial, text: "[\(omittedCount) lines omitted]")]
    return omitted + complete + unfinished
  }
}
