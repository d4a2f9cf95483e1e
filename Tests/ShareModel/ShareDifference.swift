/// Where the server and Linux disagree.
public struct ShareDifference: CustomStringConvertible, Sendable {
  /// The operations of the history up to the one that shows it.
  public var history: [ShareOperation]
  public var what: String
  public var seed: UInt64

  public var description: String {
    let lines = history.enumerated().map { "  \($0.offset): \($0.element)" }
    return "\(what) (seed \(seed))\nafter these operations in an empty folder:\n" + lines.joined(separator: "\n")
  }
}
