import WorkerThreads

/// What a campaign has found, in numbers, without its experiments.
public struct CampaignTally: Equatable, Sendable {
  /// Samples by their classes, in the order of the classes; those without any are left out.
  public var classes: [FaultClass: UInt64]
  /// Faults in the space, all of which are samples if there are as many.
  public var spaceSize: UInt64

  public var samples: UInt64 { classes.values.reduce(0, +) }
  public var failures: UInt64 { classes.reduce(0) { $1.key.isFailure ? $0 + $1.value : $0 } }

  public init(classes: [FaultClass: UInt64], spaceSize: UInt64) {
    (self.classes, self.spaceSize) = (classes, spaceSize)
  }

  /// How many faults of the whole space fail: what the samples say, and the interval that holds the true number as often as
  /// `confidence` says. Where every fault is a sample all three are the same.
  public func extrapolated(confidence: Double) -> (faults: Double, lower: Double, upper: Double) {
    let space = Double(spaceSize)
    guard samples > 0, samples < spaceSize else { return (Double(failures), Double(failures), Double(failures)) }
    let interval = WilsonInterval(failures, of: samples, confidence: confidence)
    return (Double(failures) / Double(samples) * space, interval.lower * space, interval.upper * space)
  }
}

extension Campaign {
  /// Runs all experiments and counts their classes; nothing else of them is kept.
  ///
  /// - Parameters:
  ///   - workers: threads, at least 1.
  ///   - show: called now and then, on this thread.
  public func tally(workers: Int, show: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> CampaignTally {
    var tally = CampaignTally(classes: [:], spaceSize: plan.spaceSize)
    let known = plan.classes.indices.filter { plan.classes[$0].isOverwritten }
    for number in known { tally.classes[.masked, default: 0] += plan.classes[number].weight }
    let open = plan.classesToRun
    let work = Workers(
      open, threads: workers, context: { ExperimentRunner(self.golden, engine: self.engine) },
      body: { number, runner in try runner.run(self.experiment(number)).faultClass })
    var done = 0
    try work.run { batch in
      for (number, faultClass) in batch { tally.classes[faultClass, default: 0] += plan.classes[number].weight }
      done += batch.count
      show(done, open.count)
    }
    return tally
  }
}
