import Scenarios

/// How large a scenario is, in what people count.
public struct ScenarioSize: Equatable, Sendable {
  public var faults: Int
  public var steps: Int
  /// Files of the share that the scenario names, its folder as one.
  public var files: Int
  public var expectations: Int
  /// Of the JSON on one line, without its name, description and schema.
  public var bytes: Int

  init(_ tree: JSONNode) {
    func count(_ keys: String...) -> Int { keys.reduce(tree as JSONNode?) { $0?[$1] }?.children.count ?? 0 }
    faults = count("faults")
    steps = count("script")
    files =
      count("share", "extensions") + count("share", "attacks") + count("share", "files")
      + (tree["share"]?["folder"] == nil ? 0 : 1) + (tree["share"]?["symbols"] == nil ? 0 : 1)
    let lists = ["contains", "matches", "lacks"].reduce(0) { $0 + count("expect", "console", $1) }
    expectations =
      lists + count("expect", "memory") + count("expect", "events") + (tree["expect"]?["outcome"] == nil ? 0 : 1)
      + (tree["expect"]?["exitCode"] == nil ? 0 : 1)
    bytes = tree.text.utf8.count
  }

  /// Each count with its name.
  public var counts: [(name: String, count: Int)] {
    [
      ("faults", faults), ("steps", steps), ("files", files), ("expectations", expectations), ("bytes", bytes),
    ]
  }

  public var json: JSONText { .object(counts.map { ($0.name, .integer(UInt64($0.count))) }) }
}
