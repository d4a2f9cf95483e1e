import Engines
import Glibc
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

  private let trace: TraceReader
  private let comparison: SyncComparison
  private let stop: () -> Void
  /// What is left of the recorded chunk: events in the form that the run's are brought into.
  private var chunk: ArraySlice<UInt8> = []
  private var nextChunk = 0
  private var position = EventPosition()
  private var encoder = EventEncoder()
  private var recent: [Event] = []
  public private(set) var divergence: Divergence?
  /// The trace could not be read to its end.
  public private(set) var failure: TraceError?

  /// - Parameter stop: called once, at the first difference.
  public init(
    _ trace: TraceReader, comparison: SyncComparison = .all, stop: @escaping () -> Void
  ) throws(TraceError) {
    self.trace = trace
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
    do throws(TraceError) {
      if chunk.isEmpty { try openChunk() }
      if let size = event.flatMap(sizeIfSame) {
        advance(size, event)
      } else {
        try decodeAndCompare(with: event)
      }
    } catch {
      failure = error
      stop()
    }
    if let event { remember(event) }
  }

  private func openChunk() throws(TraceError) {
    guard nextChunk < trace.eventChunks.count else { return }
    guard trace.eventChunks[nextChunk].entry.start == position else {
      throw .corrupted(
        what: "the chunk does not begin where the one before ends", offset: trace.eventChunks[nextChunk].offset)
    }
    chunk = try trace.encodedEvents(inChunk: nextChunk)
    nextChunk += 1
  }

  /// The bytes of the event, if the recorded ones are the same.
  private func sizeIfSame(_ event: Event) -> Int? {
    encoder.encode(event)
    defer { encoder.removeAll() }
    return encoder.withBytes { bytes in
      guard bytes.count <= chunk.count, let encoded = bytes.baseAddress else { return nil }
      let isSame = chunk.withUnsafeBytes { recorded in
        recorded.baseAddress.map { memcmp($0, encoded, bytes.count) == 0 } ?? false
      }
      return isSame ? bytes.count : nil
    }
  }

  private func advance(_ size: Int, _ event: Event?) {
    chunk = chunk.dropFirst(size)
    position.number &+= 1
    if let event { (position.time, position.instruction) = (event.time, event.instruction) }
  }

  private func decodeAndCompare(with event: Event?) throws(TraceError) {
    var decoder = EventDecoder(chunk, time: position.time, instruction: position.instruction)
    let expected: Event?
    do throws(EventDecodingError) { expected = try decoder.next() } catch {
      throw .corrupted(what: "\(error)", offset: nextChunk > 0 ? trace.eventChunks[nextChunk - 1].offset : 0)
    }
    if isSame(expected, event) { return advance(decoder.offset, event) }
    divergence = Divergence(
      number: position.number, expected: expected, got: event, before: recent.suffix(Self.contextCount))
    stop()
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
/// - Parameters:
///   - trace: its checksums have been verified.
///   - inputs: the trace's own, or others that are to be compared with them.
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
  // What is wrong with a trace counts more than whether the run is the same: its registers took no part in that.
  try trace.verify()
  return checker.divergence
}
