import SimEvents

/// Two traces side by side.
///
/// ```swift
/// let comparison = try TraceComparison(old, new, selection: .init(projected: ["console"], ignored: []))
/// comparison.first?.old?.number      // of the first event that the other trace does not have
/// ```
///
/// The traces are read in step up to the first difference, then a bounded stretch of both tells its shape: memory does
/// not grow with their lengths. ``listChanges(_:)`` goes through all differences.
public struct TraceComparison {
  public let old: ComparedTrace
  public let new: ComparedTrace
  public let closeness: Closeness
  /// What the runs were given differently.
  public let inputs: [InputDifference]
  /// How many events are the same before the first difference.
  public private(set) var equalCount: UInt64 = 0
  /// The first difference; nil if there is none.
  public private(set) var first: TraceDifference?
  /// Of an aligned comparison, the first events before the first difference that are the same but for what alignment
  /// leaves out, such as their time.
  public private(set) var shift: TraceDifference?

  let oldForm: ComparedForm
  let newForm: ComparedForm

  /// As many events before a difference are kept.
  static let contextCount = 10
  /// The stretch behind the first difference that its shape is told from.
  static let windowCount = 2_048

  /// - Parameter closeness: exact if not given and the runs had the same inputs, else aligned.
  public init(
    _ old: ComparedTrace, _ new: ComparedTrace, selection: EventSelection = EventSelection(),
    closeness: Closeness? = nil
  ) throws(TraceError) {
    (self.old, self.new) = (old, new)
    inputs = InputDifference.all(from: old.trace.header, to: new.trace.header)
    self.closeness = closeness ?? (inputs.allSatisfy { $0.what == "simulator" } ? .exact : .aligned)
    let imagesDiffer = inputs.contains { $0.what == "image" }
    (oldForm, newForm) = (
      ComparedForm(
        selection: selection, closeness: self.closeness, image: old.symbols.image, imagesDiffer: imagesDiffer),
      ComparedForm(
        selection: selection, closeness: self.closeness, image: new.symbols.image, imagesDiffer: imagesDiffer)
    )
    try findFirst()
  }

  public var isSame: Bool { first == nil }

  private mutating func findFirst() throws(TraceError) {
    var (olds, news) = (try ComparedEvents(old.trace, oldForm), try ComparedEvents(new.trace, newForm))
    var before = RecentPairs(max: Self.contextCount)
    while true {
      let (nextOld, nextNew) = (try olds.next(), try news.next())
      guard nextOld != nil || nextNew != nil else { return }
      let pair = EventPair(old: nextOld?.numbered, new: nextNew?.numbered)
      guard let nextOld, let nextNew, nextOld.form == nextNew.form else {
        let oldWindow = [nextOld].compactMap { $0 } + (try olds.next(Self.windowCount))
        let newWindow = [nextNew].compactMap { $0 } + (try news.next(Self.windowCount))
        let change = SequenceDifference.changes(from: oldWindow.map(\.hash), to: newWindow.map(\.hash)).first
        first = TraceDifference(
          pair: pair, before: before.pairs, fields: differingFields(pair),
          onlyOld: change?.old.count ?? 0, onlyNew: change?.new.count ?? 0,
          isCutOff: change.map { $0.old.count > Self.windowCount || $0.new.count > Self.windowCount } ?? false)
        return
      }
      if closeness == .aligned, shift == nil, nextOld.numbered.event != nextNew.numbered.event {
        shift = TraceDifference(pair: pair, before: before.pairs, fields: [])
      }
      before.append(pair)
      equalCount += 1
    }
  }

  /// Of events of the same kind, the fields that count and are different.
  private func differingFields(_ pair: EventPair) -> [String] {
    guard let old = pair.old?.event, let new = pair.new?.event, old.payload.kind == new.payload.kind else { return [] }
    let counted = zip(oldForm.fields(of: old), newForm.fields(of: new))
    return (closeness == .exact && old.time != new.time ? ["time"] : [])
      + (closeness == .exact && old.instruction != new.instruction ? ["instruction"] : [])
      + counted.filter { $0.bytes != $1.bytes }.map { $0.0.name }
  }
}

/// Events of two traces that stand at the same place; nil where a trace has ended.
public struct EventPair: Equatable, Sendable {
  public var old: NumberedEvent?
  public var new: NumberedEvent?
}

/// A place at which two traces part.
public struct TraceDifference: Equatable, Sendable {
  /// The next event of each.
  public var pair: EventPair
  /// The events just before, which are the same in both.
  public var before: [EventPair]
  /// The names of the fields that differ, if it is the same kind of event.
  public var fields: [String]
  /// So many events from here on are only in the one or the other, until they agree again.
  public var onlyOld = 0
  public var onlyNew = 0
  /// They were not followed any further.
  public var isCutOff = false
}

/// The last few of many.
private struct RecentPairs {
  let max: Int
  private var stored: [EventPair] = []

  init(max: Int) { self.max = max }

  var pairs: [EventPair] { stored.suffix(max) }

  mutating func append(_ pair: EventPair) {
    stored.append(pair)
    // Cut now and then, not at each event.
    if stored.count > 64 * max { stored.removeFirst(stored.count - max) }
  }
}
