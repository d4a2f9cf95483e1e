/// How a search went.
public struct ShrinkCounts: Equatable, Sendable {
  /// Scenarios that were run, the original not counted.
  public var runs = 0
  /// Of these so many became the smallest one, one after the other.
  public var taken = 0
  /// Scenarios that were none, or named what the original does not; they are not run.
  public var refused = 0
  /// Runs that ended at the limit that the original's run sets.
  public var exhausted = 0
}

/// How far a search is.
public struct ShrinkProgress: Sendable {
  public var counts: ShrinkCounts
  /// Of the smallest scenario so far.
  public var bytes: Int
}
