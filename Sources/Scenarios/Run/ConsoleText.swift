import SimEvents
import TerminalText

/// The text of all consoles, line by line in the order in which the lines were completed: one byte a character and two a
/// line, at most ``bytesMax`` of them. What is more, the first lines are given up for, and counted.
public struct ConsoleText: Sequence, Equatable, Sendable {
  public struct Line: Equatable, Sendable {
    public var console: Console
    public var text: String

    /// For people: `serial | text`, with control characters written out.
    public var shown: String { "\(console) | \(text.terminalText)" }
  }

  /// How much of a run's text is kept, in bytes. A guest that prints without end must not fill the host's memory.
  public static let bytesMax = 8 << 20
  /// Longer lines are kept in parts, which look like lines.
  public static let lineBytesMax = 1 << 20

  /// What was given up, from the beginning.
  public private(set) var omittedLines: UInt64 = 0
  public private(set) var omittedBytes: UInt64 = 0
  /// The ends of lines that the guest did not print.
  public private(set) var addedLineEnds: UInt64 = 0
  /// For each line its console's number, its bytes, and a line feed, which is in no line.
  private var encoded: [UInt8] = []
  private let bytesMax: Int

  /// - Parameter bytesMax: at least ``lineBytesMax`` and the two bytes of a line.
  init(bytesMax: Int = Self.bytesMax) {
    precondition(bytesMax >= 2)
    self.bytesMax = bytesMax
  }

  /// Whether `self` is not all that the consoles showed, exactly.
  public var isTruncated: Bool { omittedLines > 0 || addedLineEnds > 0 }

  /// - Parameter isWhole: false if the line goes on, and was only too long.
  mutating func append(_ line: [UInt8], of console: Console, isWhole: Bool = true) {
    assert(!line.contains(0x0a))
    encoded.append(console.rawValue)
    encoded += line
    encoded.append(0x0a)
    if !isWhole { addedLineEnds += 1 }
    if encoded.count > 2 * bytesMax { omitBeginning() }
  }

  /// Takes away half at a time, so that each byte is moved once on the average.
  private mutating func omitBeginning() {
    var end = 0
    while encoded.count - end > bytesMax, let next = encoded[(end + 1)...].firstIndex(of: 0x0a) {
      omittedLines += 1
      // The line feed counts, the console's number does not.
      omittedBytes += UInt64(next - end)
      end = next + 1
    }
    encoded.removeFirst(end)
  }

  public func makeIterator() -> Iterator { Iterator(rest: encoded[...]) }

  public struct Iterator: IteratorProtocol {
    fileprivate var rest: ArraySlice<UInt8>

    public mutating func next() -> Line? {
      guard let number = rest.popFirst(), let console = Console(rawValue: number) else { return nil }
      let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
      // Serial lines end with CR LF: the CR is not part of the text.
      let bytes = end > rest.startIndex && rest[end - 1] == 0x0d ? rest[..<(end - 1)] : rest[..<end]
      rest = rest[Swift.min(end + 1, rest.endIndex)...]
      return Line(console: console, text: String(decoding: bytes, as: UTF8.self))
    }
  }

  /// What is not here, for people; nil if all is.
  var omission: String? {
    guard isTruncated else { return nil }
    let omitted =
      "\(omittedLines) lines (\(omittedBytes) bytes) before these are not kept: the limit is \(bytesMax) bytes"
    let added = "\(addedLineEnds) line ends are not the guest's: lines are kept in parts of \(Self.lineBytesMax) bytes"
    return [omittedLines > 0 ? omitted : nil, addedLineEnds > 0 ? added : nil].compactMap { $0 }.joined(separator: "; ")
  }
}
