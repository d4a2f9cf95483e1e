import GRDB
import ResultDatabases
import SimEvents

/// The results of an exploration, or of a part of it, in an SQLite database. One process works on it at a time; what is in it is whole
/// whenever the process is killed.
public final class ExplorationStore: ResultStore {
  public typealias Refusal = ResultDatabase.Refusal
  package typealias Header = ExplorationHeader

  package static let noun = "exploration"
  package static let oneOfThem = "an exploration"
  package static let piece = "run"
  package let database: ResultDatabase

  /// "uioE".
  private static let format = ResultDatabase.Format(
    applicationID: 0x7569_6f45, version: 2, noun: noun,
    schema: """
      CREATE TABLE exploration (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE run (
        number INTEGER PRIMARY KEY, seed INTEGER NOT NULL, outcome TEXT NOT NULL, passed INTEGER NOT NULL,
        reason TEXT NOT NULL, digest TEXT NOT NULL, design TEXT NOT NULL, results TEXT NOT NULL,
        distributions TEXT NOT NULL, timelines TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
      CREATE TABLE point (
        number INTEGER PRIMARY KEY, space INTEGER NOT NULL, classes TEXT NOT NULL, problem TEXT NOT NULL,
        checksum TEXT NOT NULL) STRICT;
      CREATE TABLE design (name TEXT PRIMARY KEY, counts TEXT NOT NULL, checksum TEXT NOT NULL) STRICT, WITHOUT ROWID;
      """)

  /// - Parameter mustExist: no database is made.
  public init(_ path: String, mustExist: Bool = false) throws(Refusal) {
    database = try ResultDatabase(path, Self.format, mustExist: mustExist)
  }

  /// What an exploration's database has so far, also while another process works on it.
  public init(lookingAt path: String) throws(Refusal) {
    database = try ResultDatabase(path, Self.format, mustExist: true, isLookedAt: true)
  }

  // MARK: Runs

  public func add(_ records: [RunRecord]) throws(Refusal) {
    try database.write { database in
      let statement = try database.cachedStatement(sql: "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for record in records {
        let texts = record.texts
        try statement.execute(arguments: [
          record.number, Int64(bitPattern: record.seed), record.outcome, record.passed, record.reason, record.digest,
          record.design, texts.results, texts.distributions, texts.timelines, record.checksum(texts),
        ])
      }
    }
  }

  /// The numbers of the runs that are there.
  public func done() throws(Refusal) -> Set<Int> {
    try database.read { database in
      var numbers: Set<Int> = []
      for row in try Row.fetchAll(database, sql: "SELECT number FROM run") {
        numbers.insert(Int(truncatingIfNeeded: try Cells(row).number(0)))
      }
      return numbers
    }
  }

  public func visit(_ body: (RunRecord) throws -> Void) throws { try visit(withPictures: true, body) }

  /// All runs in the order of their numbers, or some of them.
  ///
  /// - Parameters:
  ///   - withPictures: false: distributions and time lines are left out, which are the most of it.
  ///   - runs: the numbers of those that are wanted; nil: all.
  public func visit(
    withPictures: Bool = true, runs: Range<Int>? = nil, _ body: (RunRecord) throws -> Void
  ) throws {
    let columns = "number, seed, outcome, passed, reason, digest, design, results, distributions, timelines, checksum"
    let wanted = runs.map { " WHERE number >= \($0.lowerBound) AND number < \($0.upperBound)" } ?? ""
    let count = try requireHeader().runCount
    try database.visit("SELECT \(columns) FROM run\(wanted) ORDER BY number") { row in
      try body(try Self.record(row, of: count, withPictures: withPictures))
    }
  }

  /// - Parameter count: of all runs that there can be.
  private static func record(_ row: Row, of count: Int, withPictures: Bool) throws(DamagedCells) -> RunRecord {
    let cells = Cells(row)
    let number = try cells.number(0)
    let texts = RunRecord.Texts(
      results: try cells.text(7), distributions: try cells.text(8), timelines: try cells.text(9))
    guard number >= 0, number < count,
      let measurements = Measurements(
        values: texts.results, distributions: withPictures ? texts.distributions : "{}",
        timelines: withPictures ? texts.timelines : "{}")
    else { throw DamagedCells(what: "a run has impossible results") }
    let record = RunRecord(
      number: Int(number), seed: UInt64(bitPattern: try cells.number(1)), outcome: try cells.text(2),
      passed: try cells.number(3) != 0, reason: try cells.text(4), digest: try cells.text(5),
      design: try cells.text(6), measurements: measurements)
    guard record.checksum(texts) == (try cells.text(10)) else {
      throw DamagedCells(what: "run \(number) is not what was written")
    }
    return record
  }

  // MARK: Designs

  /// Notes what the corpus of attacks came to under a design: how many attacks by their outcomes.
  public func add(_ attacks: AttackCounts) throws(Refusal) {
    try database.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO design VALUES (?, ?, ?)",
        arguments: [attacks.design, attacks.text, attacks.checksum])
    }
  }

  /// By the names of the designs.
  public func attacks() throws(Refusal) -> [String: AttackCounts] {
    try database.read { database in
      var all: [String: AttackCounts] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT name, counts, checksum FROM design ORDER BY name") {
        let cells = Cells(row)
        guard let counts = AttackCounts(design: try cells.text(0), text: try cells.text(1)),
          counts.checksum == (try cells.text(2))
        else { throw DamagedCells(what: "the attacks on a design are not what was written") }
        all[counts.design] = counts
      }
      return all
    }
  }

  // MARK: Points

  /// Notes what the campaign of a point has found.
  public func add(_ campaign: PointCampaign) throws(Refusal) {
    try database.write { database in
      try database.execute(
        sql: "INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?, ?)",
        arguments: [
          campaign.point, Int64(bitPattern: campaign.tally.spaceSize), campaign.text, campaign.problem,
          campaign.checksum,
        ])
    }
  }

  /// By the numbers of the points.
  public func campaigns() throws(Refusal) -> [Int: PointCampaign] {
    try database.read { database in
      var all: [Int: PointCampaign] = [:]
      let columns = "number, space, classes, problem, checksum"
      for row in try Row.fetchAll(database, sql: "SELECT \(columns) FROM point ORDER BY number") {
        let cells = Cells(row)
        guard
          let campaign = PointCampaign(
            point: Int(truncatingIfNeeded: try cells.number(0)), space: UInt64(bitPattern: try cells.number(1)),
            text: try cells.text(2), problem: try cells.text(3)), campaign.checksum == (try cells.text(4))
        else { throw DamagedCells(what: "the campaign of a point is not what was written") }
        all[campaign.point] = campaign
      }
      return all
    }
  }

  package func addRemarks(of other: ExplorationStore) throws {
    for attacks in try other.attacks().values { try add(attacks) }
    for campaign in try other.campaigns().sorted(by: { $0.key < $1.key }).map(\.value) { try add(campaign) }
  }
}
