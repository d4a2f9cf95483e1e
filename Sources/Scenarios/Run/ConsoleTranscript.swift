/// What one console has shown, and how far the script has read it.
struct ConsoleTranscript {
  /// A guest that prints without end must not fill the host's memory.
  static let bytesMax = 1 << 20

  private var bytes: [UInt8] = []
  /// Where the script's next expectation begins, as an index into `bytes`.
  private var cursor = 0
  /// How many bytes were given up that the script had not read.
  private(set) var lostBytes: UInt64 = 0

  mutating func append(_ new: [UInt8]) {
    bytes += new
    guard bytes.count > 2 * Self.bytesMax else { return }
    let surplus = bytes.count - Self.bytesMax
    bytes.removeFirst(surplus)
    lostBytes += UInt64(max(0, surplus - cursor))
    cursor = max(0, cursor - surplus)
  }

  /// Feeds what has not been read yet; if the matcher finds its pattern there, reads up to its end.
  mutating func search(with matcher: inout PatternMatcher) -> Bool {
    var index = cursor
    while index < bytes.count {
      let found = matcher.feed(bytes[index])
      index += 1
      if found {
        cursor = index
        return true
      }
    }
    return false
  }

  /// The last lines, as a failure message quotes them.
  func lastLines(_ count: Int) -> [String] {
    let lines = String(decoding: bytes.suffix(2048), as: UTF8.self).split { $0.isNewline }
    return lines.suffix(count).map { String($0.suffix(160)) }
  }
}
