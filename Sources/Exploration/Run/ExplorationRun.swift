import ResultDatabases
import Scenarios
import Synchronization
import WorkerThreads

/// Runs the points of an exploration on several threads, and writes each result down as soon as it is there.
public struct ExplorationRun: Sendable {
  /// How far an exploration is.
  public struct Progress: Sendable {
    public var done: Int
    public var total: Int
    /// Runs that this process has done.
    public var fresh: Int
    public var failed: Int
  }

  private let exploration: Exploration

  public init(_ exploration: Exploration) { self.exploration = exploration }

  /// Runs what the database has not yet.
  ///
  /// - Parameters:
  ///   - workers: threads, at least 1.
  ///   - show: called now and then, on this thread.
  /// - Throws: ``ResultDatabases/ResultDatabase/Refusal``, or what a run throws. What was done until then is in the database.
  public func run(
    into store: ExplorationStore, shard: Shard = .whole, workers: Int, show: (Progress) -> Void = { _ in }
  ) throws {
    try store.adopt(ExplorationHeader(exploration, part: shard))
    let done = try store.done()
    let wanted = (0..<exploration.plan.runCount).filter { shard.contains($0) }
    let open = wanted.filter { !done.contains($0) }
    var progress = Progress(done: wanted.count - open.count, total: wanted.count, fresh: 0, failed: 0)
    let exploration = exploration
    let work = Workers(
      open, threads: workers, context: {}, body: { number, _ in try exploration.run(number) })
    try work.run { batch in
      let records = batch.map(\.output)
      if !records.isEmpty {
        try store.add(records)
        progress.done += records.count
        progress.fresh += records.count
        progress.failed += records.count { !$0.passed }
      }
      show(progress)
    }
  }
}
