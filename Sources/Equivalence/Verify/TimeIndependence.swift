/// What remains of things that depend on when they happen, if the time is taken out.
///
/// Engines agree on what the guest does, not on when: how often the application printed before a command came, and where
/// a program stood when its time was up, is the clock's doing.
enum TimeIndependence {
  /// Texts after which a place follows that depends on the moment: the place is cut off.
  private static let momentary = [" ms spent at ", " budget at="]

  static func text(_ text: String) -> String {
    for mark in momentary {
      if let range = text.firstRange(of: mark) { return text[..<range.upperBound] + "…" }
    }
    return text
  }

  /// Complete lines; numbers that count up one by one are one item, however many there are.
  static func applicationLines(_ bytes: [UInt8]) -> [String] {
    var items: [String] = []
    var last: UInt64?
    for line in completeLines(bytes) where !isProgress(line) {
      let number = UInt64(line)
      defer { last = number }
      if let number, let last, number == last &+ 1 { continue }
      items.append(number.map { "\($0) and upwards" } ?? text(line))
    }
    return items
  }

  /// How far a server has got, said once a second: `requests: 1234 so far`.
  private static func isProgress(_ line: String) -> Bool { line.hasPrefix("requests: ") && line.hasSuffix(" so far") }

  /// The last number that the application printed.
  static func lastNumber(_ bytes: [UInt8]) -> UInt64? {
    completeLines(bytes).last { UInt64($0) != nil }.flatMap { UInt64($0) }
  }

  static func completeLines(_ bytes: [UInt8]) -> [String] {
    lines(bytes).dropLast()
  }

  /// Serial lines end with CR LF; what follows the last line end is the last element.
  static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0x0a, omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }
  }
}
