import Scenarios
import SimEvents

/// What of the digests at sync points must be the same.
public enum SyncComparison: Sendable {
  case all
  /// Registers only: two images are two contents of memory.
  case registers
}

/// Compares the events of a run with those of a trace, one by one, and asks for a stop at the first difference.
public final class ReplayChecker: EventSink {
  /// As many events before a difference are shown.
  static let contextCount = 10

  private var recorded: TraceReader.Events
  private var recent: [Event] = []
  private let comparison: SyncComparison
  private let stop: () -> Void
  public private(set) var divergence: Divergence?
  /// The trace could not be read to its end.
  public private(set) var failure: TraceError?

  /// - Parameter stop: called once, at the first difference.
  public init(
    _ trace: TraceReader, comparison: SyncComparison = .all, stop: @escaping () -> Void
  ) throws(TraceError) {
    recorded = try trace.events()
    self.comparison = comparison
    self.stop = stop
  }

  public func record(_ event: Event) {
    compare(with: event)
  }

  /// The run has ended: so must the trace.
  public func finish() {
    compare(with: nil)
  }

  private func compare(with event: Event?) {
    guard divergence == nil, failure == nil else { return }
    let number = recorded.number
    do throws(TraceError) {
      let expected = try recorded.next()
      if !isSame(expected, event) {
        divergence = Divergence(
          number: number, expected: expected, got: event, before: recent.suffix(Self.contextCount))
        stop()
      }
    } catch {
      failure = error
      stop()
    }
    if let event { remember(event) }
  }

  private func isSame(_ expected: Event?, _ event: Event?) -> Bool {
    if comparison == .registers, var expected, let event, case .sync(let cpu, _) = expected.payload,
      case .sync(_, let memory) = event.payload
    {
      expected.payload = .sync(cpu: cpu, memory: memory)
      return expected == event
    }
    return expected == event
  }

  private func remember(_ event: Event) {
    recent.append(event)
    // Cut now and then, not at each event.
    if recent.count > 64 * Self.contextCount { recent.removeFirst(recent.count - Self.contextCount) }
  }
}

/// Runs what a trace recorded again, and compares.
///
/// - Parameter inputs: the trace's own, or others that are to be compared with them.
/// - Returns: the first difference, or nil if there is none.
/// - Throws: what ``TraceReader/inputs(path:images:)`` throws.
public func replay(
  _ trace: TraceReader, inputs: RunInputs, comparison: SyncComparison = .all
) throws -> Divergence? {
  let run = try ScenarioRun(inputs)
  let checker = try ReplayChecker(trace, comparison: comparison) { [unowned run] in run.abandon() }
  _ = try run.run(observers: [checker])
  checker.finish()
  if let failure = checker.failure { throw failure }
  return checker.divergence
}
