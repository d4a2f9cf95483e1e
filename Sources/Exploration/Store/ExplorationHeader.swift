import ResultDatabases

/// What a database is of.
public struct ExplorationHeader: Equatable, Sendable {
  public var name: String
  public var summary: String
  /// A digest of everything that the results follow from.
  public var identity: String
  public var shard: Shard
  /// The exploration's file as its user named it.
  public var file: String
  /// The exploration as it was read: the points follow from it.
  public var text: String
  /// Runs of all parts.
  public var runCount: Int
  /// What references are compared with; nil if there are none.
  public var table: MeasurementTable?

  var values: [(key: String, value: String)] {
    [
      ("name", name), ("summary", summary), ("identity", identity), ("shard", "\(shard)"), ("file", file),
      ("text", text), ("runCount", "\(runCount)"), ("measurements", table?.text ?? ""),
    ]
  }

  init?(_ values: [String: String]) {
    guard let name = values["name"], let summary = values["summary"], let identity = values["identity"],
      let shard = values["shard"].flatMap({ Shard($0) }), let file = values["file"], let text = values["text"],
      let runCount = values["runCount"].flatMap({ Int($0) }), (1...ExplorationPlan.runMax).contains(runCount)
    else { return nil }
    (self.name, self.summary, self.identity, self.shard) = (name, summary, identity, shard)
    (self.file, self.text, self.runCount) = (file, text, runCount)
    if let measurements = values["measurements"], !measurements.isEmpty {
      guard let table = try? MeasurementTable(measurements, path: name) else { return nil }
      self.table = table
    }
  }

  public init(_ exploration: Exploration, shard: Shard) {
    let file = exploration.plan.file
    (name, summary, identity, self.shard) = (file.name, file.summary, exploration.identity, shard)
    (self.file, text) = (file.path, String(decoding: file.text, as: UTF8.self))
    runCount = exploration.plan.runCount
    table = exploration.table
  }

  /// The points again.
  public func plan() throws -> ExplorationPlan {
    try ExplorationPlan(ExplorationFile(path: file, text: Array(text.utf8)))
  }
}
