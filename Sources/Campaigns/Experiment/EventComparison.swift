import SimEvents

/// Holds a run's events against those of the fault-free one as they come, and keeps the faults themselves apart.
final class EventComparison: EventSink {
  private let golden: [Event]
  private var next: Int
  private var isCounting: Bool
  private var seen: UInt64 = 0
  private let first: UInt64
  private let ownFaults: UInt32

  /// The first event that differs; nil if none did.
  private(set) var difference: ExperimentResult.EventDifference? { didSet { isSame = difference == nil } }
  /// What each event is asked, without a look at what differs.
  private var isSame = true
  /// The faults, when they have happened.
  private(set) var injections: [Event] = []

  /// - Parameters:
  ///   - first: events before this one are the fault-free run's own.
  ///   - ownFaults: so many faults are part of the fault-free run.
  init(_ golden: [Event], from first: UInt64, ownFaults: Int) {
    self.golden = golden
    self.first = first
    self.ownFaults = UInt32(truncatingIfNeeded: ownFaults)
    next = Int(first)
    isCounting = first == 0
  }

  func record(_ event: Event) {
    guard isCounting else {
      seen += 1
      isCounting = seen == first
      return
    }
    if case .faultInjected(let index, _, _, _, _, _) = event.payload, index >= ownFaults {
      injections.append(event)
      return
    }
    defer { next += 1 }
    guard isSame, next >= golden.count || golden[next] != event else { return }
    let expected = next < golden.count ? golden[next] : nil
    difference = .init(number: UInt64(next), golden: expected, found: event)
  }

  /// The run is over.
  func finish() {
    if isSame, next < golden.count {
      difference = .init(number: UInt64(next), golden: golden[next], found: nil)
    }
  }

  /// A fault has happened, and all events up to now are those of the fault-free run up to the one with a number.
  func isAt(_ count: UInt64) -> Bool { isSame && !injections.isEmpty && UInt64(next) == count }
}
