import ResultDatabases
import Scenarios
import Synchronization
import WorkerThreads

/// Runs the experiments of a campaign on several threads, and writes each result down as soon as it is there.
public final class CampaignRun: Sendable {
  /// How far a campaign is.
  public struct Progress: Sendable {
    public var done: Int
    public var total: Int
    /// Experiments that this run has done.
    public var fresh: Int
    public var classes: [FaultClass: UInt64]
  }

  private struct State: ~Copyable {
    var progress: Progress
    var work: Workers<ExperimentRecord>?
    var isStopped = false
  }

  private let campaign: Campaign
  private let state: Mutex<State>

  public init(_ campaign: Campaign) {
    self.campaign = campaign
    state = Mutex(State(progress: Progress(done: 0, total: 0, fresh: 0, classes: [:])))
  }

  /// Ends the run after the experiments that are under way. May be called by any thread.
  public func stop() {
    let work = state.withLock { state in
      state.isStopped = true
      return state.work
    }
    work?.stop()
  }

  /// Runs what the database has not yet.
  ///
  /// - Parameters:
  ///   - workers: threads, at least 1.
  ///   - show: called now and then, on this thread.
  /// - Throws: ``CampaignStore/Refusal``, or what an experiment throws. What was done until then is in the database.
  public func run(
    into store: CampaignStore, part: CampaignStore.Part = .whole, workers: Int, show: (Progress) -> Void = { _ in }
  ) throws {
    try store.adopt(CampaignHeader(campaign, part: part))
    let done = try store.done()
    let wanted = campaign.plan.classes.indices.filter { part.contains($0) }
    let open = wanted.filter { !done.contains($0) }
    state.withLock { state in
      state.progress.total = wanted.count
      state.progress.done = wanted.count - open.count
    }
    // What needs no run is written down at once.
    let known = open.compactMap { campaign.known($0) }
    for start in stride(from: 0, to: known.count, by: 1024) {
      let batch = Array(known[start..<min(start + 1024, known.count)])
      try store.add(batch)
      note(batch, isFresh: false)
    }
    let toRun = open.filter { !campaign.plan.classes[$0].isOverwritten }
    try work(toRun, into: store, workers: workers, show)
  }

  private func note(_ records: [ExperimentRecord], isFresh: Bool) {
    state.withLock { state in
      state.progress.done += records.count
      if isFresh { state.progress.fresh += records.count }
      for record in records { state.progress.classes[record.faultClass, default: 0] += record.weight }
    }
  }

  private func work(
    _ numbers: [Int], into store: CampaignStore, workers: Int, _ show: (Progress) -> Void
  ) throws {
    let campaign = campaign
    let work = Workers(
      numbers, threads: workers, context: { ExperimentRunner(campaign.golden, engine: campaign.engine) },
      body: { number, runner in campaign.record(number, try runner.run(campaign.experiment(number))) })
    let isStopped = state.withLock { state in
      state.work = work
      return state.isStopped
    }
    if isStopped { work.stop() }
    defer { state.withLock { $0.work = nil } }
    try work.run { batch in
      let records = batch.map(\.output)
      if !records.isEmpty {
        try store.add(records)
        note(records, isFresh: true)
      }
      show(state.withLock { $0.progress })
    }
  }
}
