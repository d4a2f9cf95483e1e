import Synchronization

/// Runs cases and counts what comes of them.
public final class Fuzzing: Sendable {
  /// The case that is being executed, for whoever watches from another thread: its source's name, and its number plus one.
  private let current = Mutex<(source: String, number: UInt64)>(("", 0))
  private static let stepCases: UInt64 = 64

  public init() {}

  /// What is being executed, roughly: it changes at least every 64 cases.
  public var position: (source: String, number: UInt64) { current.withLock { $0 } }

  /// Executes the cases of `source` with numbers in `range`.
  ///
  /// - Parameter progress: called after every 4096 cases with the number of the next.
  public func run(
    _ source: any CaseSource, _ range: Range<UInt64>, on processor: FuzzedProcessor, into report: inout FuzzReport,
    progress: (UInt64) -> Void = { _ in }
  ) throws {
    for number in range {
      if number % Self.stepCases == 0 { current.withLock { $0 = (source.name, number) } }
      if number % 4096 == 0 { progress(number) }
      guard let fuzzed = source.make(number) else { continue }
      do {
        report.add(try processor.run(fuzzed))
      } catch let finding as FuzzedProcessor.Finding {
        report.add(finding, source.name, number, fuzzed)
      }
    }
  }
}
