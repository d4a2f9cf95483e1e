import SimEvents

/// A piece of the listing of all differences.
public enum ListedChange: Equatable, Sendable {
  /// So many events of each trace follow, from these numbers on.
  case hunk(old: UInt64, oldCount: Int, new: UInt64, newCount: Int)
  case same(EventPair)
  case onlyOld(NumberedEvent)
  case onlyNew(NumberedEvent)
}

/// More events than a listing of all differences holds.
public struct ListingError: Error, Equatable, CustomStringConvertible {
  public var name: String
  public var max: Int

  public var description: String {
    "\(name): has more than \(max) events to compare, too many for --all; "
      + "choose some with --project or --ignore"
  }
}

extension TraceComparison {
  /// All differences are found among so many events of each trace at most, which takes some 350 MiB.
  public static let listedMax = 1 << 22
  /// As many equal events are shown on both sides of a change.
  static let listedContext = 3

  /// Goes through all differences in order, each with a few equal events around it.
  ///
  /// - Parameter max: the most events of a trace that are compared.
  /// - Throws: ``ListingError``, ``TraceError``, and what `body` throws.
  /// - Returns: how many events are only in the one, only in the other, and in both.
  @discardableResult
  public func listChanges(
    max: Int = listedMax, _ body: (ListedChange) throws -> Void
  ) throws -> (onlyOld: Int, onlyNew: Int, same: Int) {
    let (oldHashes, newHashes) = (try hashes(old, oldForm, max), try hashes(new, newForm, max))
    let changes = SequenceDifference.changes(from: oldHashes, to: newHashes)
    var (olds, news) = (try Cursor(old, oldForm), try Cursor(new, newForm))
    for hunk in Self.hunks(changes, oldCount: oldHashes.count, newCount: newHashes.count) {
      while olds.index < hunk.old.lowerBound, try olds.take() != nil {}
      while news.index < hunk.new.lowerBound, try news.take() != nil {}
      try body(
        .hunk(old: olds.number, oldCount: hunk.old.count, new: news.number, newCount: hunk.new.count))
      for change in hunk.changes {
        try listSame(until: change.old.lowerBound, &olds, &news, body)
        while olds.index < change.old.upperBound, let event = try olds.take() { try body(.onlyOld(event)) }
        while news.index < change.new.upperBound, let event = try news.take() { try body(.onlyNew(event)) }
      }
      try listSame(until: hunk.old.upperBound, &olds, &news, body)
    }
    let onlyOld = changes.reduce(0) { $0 + $1.old.count }
    return (onlyOld, changes.reduce(0) { $0 + $1.new.count }, oldHashes.count - onlyOld)
  }

  private func listSame(
    until end: Int, _ olds: inout Cursor, _ news: inout Cursor, _ body: (ListedChange) throws -> Void
  ) throws {
    while olds.index < end, let old = try olds.take(), let new = try news.take() {
      try body(.same(EventPair(old: old, new: new)))
    }
  }

  private func hashes(_ side: ComparedTrace, _ form: ComparedForm, _ max: Int) throws -> [UInt64] {
    var events = try ComparedEvents(side.trace, form)
    var hashes: [UInt64] = []
    while let element = try events.next() {
      guard hashes.count < max else { throw ListingError(name: side.name, max: max) }
      hashes.append(element.hash)
    }
    return hashes
  }

  private typealias Change = SequenceDifference.Change

  /// Changes whose surroundings touch are shown together.
  private static func hunks(
    _ changes: [Change], oldCount: Int, newCount: Int
  ) -> [(old: Range<Int>, new: Range<Int>, changes: [Change])] {
    var hunks: [(old: Range<Int>, new: Range<Int>, changes: [Change])] = []
    for change in changes {
      let before = min(listedContext, change.old.lowerBound, change.new.lowerBound)
      let after = min(listedContext, oldCount - change.old.upperBound, newCount - change.new.upperBound)
      let (oldEnd, newEnd) = (change.old.upperBound + after, change.new.upperBound + after)
      if hunks.isEmpty || hunks[hunks.count - 1].old.upperBound < change.old.lowerBound - before {
        let start = (old: change.old.lowerBound - before, new: change.new.lowerBound - before)
        hunks.append((start.old..<oldEnd, start.new..<newEnd, [change]))
      } else {
        let last = hunks.count - 1
        hunks[last].old = hunks[last].old.lowerBound..<oldEnd
        hunks[last].new = hunks[last].new.lowerBound..<newEnd
        hunks[last].changes.append(change)
      }
    }
    return hunks
  }
}

/// The events of one side, with the one that comes next.
private struct Cursor {
  private var events: ComparedEvents
  private var next: NumberedEvent?
  private let end: UInt64
  /// How many were taken.
  private(set) var index = 0

  init(_ side: ComparedTrace, _ form: ComparedForm) throws(TraceError) {
    events = try ComparedEvents(side.trace, form)
    next = try events.next()?.numbered
    end = side.trace.eventCount
  }

  /// The number of the next event.
  var number: UInt64 { next?.number ?? end }

  mutating func take() throws(TraceError) -> NumberedEvent? {
    guard let taken = next else { return nil }
    next = try events.next()?.numbered
    index += 1
    return taken
  }
}
