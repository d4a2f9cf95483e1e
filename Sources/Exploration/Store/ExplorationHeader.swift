import ResultDatabases

/// What a database is of.
public struct ExplorationHeader: ResultHeader, Equatable, Sendable {
  public var name: String
  public var summary: String
  /// A digest of everything that the results follow from.
  public var identity: String
  public var part: Shard
  /// The exploration's file as its user named it.
  public var file: String
  /// The exploration as it was read: the points follow from it.
  public var text: String
  /// Runs of all parts.
  public var runCount: Int
  /// What references are compared with; nil if there are none.
  public var table: MeasurementTable?

  package var pieceCount: Int { runCount }

  package var values: [(key: String, value: String)] {
    [
      ("name", name), ("summary", summary), ("identity", identity), ("shard", "\(part)"), ("file", file),
      ("text", text), ("runCount", "\(runCount)"), ("measurements", table?.text ?? ""),
    ]
  }

  package init?(_ values: [String: String]) {
    guard let name = values["name"], let summary = values["summary"], let identity = values["identity"],
      let part = values["shard"].flatMap({ Shard($0) }), let file = values["file"], let text = values["text"],
      let runCount = values["runCount"].flatMap({ Int($0) }), (1...ExplorationPlan.runMax).contains(runCount)
    else { return nil }
    (self.name, self.summary, self.identity, self.part) = (name, summary, identity, part)
    (self.file, self.text, self.runCount) = (file, text, runCount)
    if let measurements = values["measurements"], !measurements.isEmpty {
      guard let table = try? MeasurementTable(measurements, path: name) else { return nil }
      self.table = table
    }
  }

  public init(_ exploration: Exploration, part: Shard) {
    let file = exploration.plan.file
    (name, summary, identity, self.part) = (file.name, file.summary, exploration.identity, part)
    (self.file, text) = (file.path, String(decoding: file.text, as: UTF8.self))
    runCount = exploration.plan.runCount
    table = exploration.table
  }

  /// The points again.
  ///
  /// - Throws: what is wrong with a file that nobody has checked, as a database can come from anywhere.
  public func plan() throws -> ExplorationPlan {
    let plan = try ExplorationPlan(ExplorationFile(path: file, text: Array(text.utf8)))
    try table?.check(plan.file.references, file: file)
    guard plan.runCount == runCount else {
      throw ExplorationPlan.Refusal(
        description: "the database says that there are \(runCount) runs, and its exploration has \(plan.runCount)")
    }
    return plan
  }
}
