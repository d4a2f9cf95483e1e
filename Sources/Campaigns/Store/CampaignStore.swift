import ResultDatabases

/// The results of one campaign, or of a part of it, in an SQLite database. One process works on it at a time; what is in it is whole
/// whenever the process is killed.
public final class CampaignStore: ResultStore {
  public typealias Refusal = ResultDatabase.Refusal
  public typealias Part = Shard
  package typealias Header = CampaignHeader

  package static let noun = "campaign"
  package static let oneOfThem = "a campaign"
  package static let piece = "experiment"
  package let database: ResultDatabase

  /// "uioC".
  private static let format = ResultDatabase.Format(
    applicationID: 0x7569_6f43, version: 4, noun: noun,
    schema: """
      CREATE TABLE campaign (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE experiment (
        number INTEGER PRIMARY KEY, weight INTEGER NOT NULL, location TEXT NOT NULL, grp TEXT NOT NULL,
        instruction INTEGER NOT NULL, fault TEXT NOT NULL, class TEXT NOT NULL, reason TEXT NOT NULL,
        evidence TEXT NOT NULL, place TEXT NOT NULL, pointer INTEGER NOT NULL, actor TEXT NOT NULL,
        before TEXT NOT NULL, after TEXT NOT NULL, difference INTEGER, difference_at INTEGER, converged INTEGER,
        instructions INTEGER NOT NULL, digest TEXT NOT NULL, code TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
      CREATE TABLE line (pointer INTEGER PRIMARY KEY, source TEXT NOT NULL) STRICT;
      """)

  /// - Parameter mustExist: no database is made.
  public convenience init(_ path: String, mustExist: Bool = false) throws(Refusal) {
    try self.init(path, mustExist: mustExist, readOnly: nil)
  }

  /// - Parameter readOnly: whether nothing can be written; nil: it is found out where the file must exist.
  init(_ path: String, mustExist: Bool, readOnly: Bool?, isLookedAt: Bool = false) throws(Refusal) {
    database = try ResultDatabase(
      path, Self.format, mustExist: mustExist, readOnly: readOnly, isLookedAt: isLookedAt)
  }

  /// What a campaign's database has so far, also while another process works on it.
  public convenience init(lookingAt path: String) throws(Refusal) {
    try self.init(path, mustExist: true, readOnly: nil, isLookedAt: true)
  }
}
