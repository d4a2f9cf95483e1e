import Engines
import Scenarios
import SimEvents
import SimMemory

/// What came of running again what a trace recorded, with something else in the place of its inputs.
public struct SubstitutedReplay: Sendable {
  /// The first difference, or nil if there is none.
  public var divergence: Divergence?
  /// XXH3-128 of this run's events, up to the difference if there is one: 32 hexadecimal digits.
  public var digest: String
  /// Physical pages that differed from the start, as pages of two images do, and were not compared.
  public var pagesNotCompared: [Int] = []
  /// Whether memory was compared at the sync points. It can't be where this version no longer runs what was recorded as
  /// it was recorded.
  public var isMemoryCompared = true

  /// Runs `inputs` and compares every event with the trace's.
  ///
  /// If the images differ, the recorded inputs are run as well, so that memory can be compared without the pages that
  /// differ from the start: the trace has one digest for all pages.
  ///
  /// - Parameters:
  ///   - recorded: the trace's own inputs.
  public init(_ trace: TraceReader, inputs: RunInputs, recorded: RunInputs) throws {
    let comparison = recorded.comparison(to: inputs)
    let pages = comparison == .all ? [] : try Self.pagesDiffering(inputs, recorded)
    let new = try ComparedRun(trace, inputs, comparison, excluding: pages)
    (divergence, digest, pagesNotCompared) = (new.divergence, new.digest, pages)
    try trace.verify()
    guard divergence == nil, comparison == .registers else { return }
    let old = try ComparedRun(trace, recorded, .all, excluding: pages)
    isMemoryCompared = old.divergence == nil
    guard isMemoryCompared, let (then, now) = zip(old.syncs, new.syncs).first(where: { $0.memory != $1.memory }) else {
      return
    }
    divergence = Divergence(number: now.number, expected: then.event, got: now.event, before: [])
  }

  private static func pagesDiffering(_ inputs: RunInputs, _ recorded: RunInputs) throws -> [Int] {
    let (old, new) = (try terms(recorded), try terms(inputs))
    return (0..<max(old.count, new.count)).filter { $0 >= old.count || $0 >= new.count || old[$0] != new[$0] }
  }

  private static func terms(_ inputs: RunInputs) throws -> [UInt64] {
    var terms: [UInt64] = []
    try ObservedRun(inputs: inputs).look(at: [0]) { _, machine in
      terms = machine.memory.pageTerms
      return false
    }
    return terms
  }
}

/// A run beside a trace, with digests of memory at its sync points.
private struct ComparedRun {
  var divergence: Divergence?
  var digest: String
  var syncs: [MemoryAtSyncPoints.Point]

  init(_ trace: TraceReader, _ inputs: RunInputs, _ comparison: SyncComparison, excluding pages: [Int]) throws {
    let run = try ScenarioRun(inputs)
    let checker = try ReplayChecker(trace, comparison: comparison) { [unowned run] in run.abandon() }
    let memory = MemoryAtSyncPoints(of: run, excluding: pages)
    digest = try run.run(observers: [checker, memory]).digest
    checker.finish()
    if let failure = checker.failure { throw failure }
    (divergence, syncs) = (checker.divergence, memory.points)
  }
}

/// Notes digests of memory without some pages, where the run itself notes those of all pages.
private final class MemoryAtSyncPoints: EventSink {
  struct Point {
    var number: UInt64
    var event: Event
    var memory: UInt64
  }

  private unowned let run: ScenarioRun
  private let excluded: [Int]
  private var count: UInt64 = 0
  private(set) var points: [Point] = []

  init(of run: ScenarioRun, excluding pages: [Int]) {
    (self.run, excluded) = (run, pages)
  }

  func record(_ event: Event) {
    defer { count += 1 }
    guard event.payload.kind == .sync, let machine = run.machine else { return }
    points.append(Point(number: count, event: event, memory: machine.memory.digest(excluding: excluded)))
  }
}
