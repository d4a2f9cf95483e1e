import GRDB
import ResultDatabases

/// The results of one campaign, or of a part of it, in an SQLite database. One process works on it at a time; what is in it is whole
/// whenever the process is killed.
public final class CampaignStore {
  public typealias Refusal = ResultDatabase.Refusal
  public typealias Part = Shard

  let database: ResultDatabase
  public var path: String { database.path }

  /// "uioC".
  private static let format = ResultDatabase.Format(
    applicationID: 0x7569_6f43, version: 4, noun: "campaign",
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

  /// - Parameters:
  ///   - mustExist: no database is made.
  ///   - readOnly: whether nothing can be written; nil: it is found out where the file must exist.
  public init(_ path: String, mustExist: Bool = false, readOnly: Bool? = nil) throws(Refusal) {
    database = try ResultDatabase(path, Self.format, mustExist: mustExist, readOnly: readOnly)
  }

  // MARK: The campaign

  /// Makes the database that of a campaign, or finds that it is already.
  ///
  /// - Throws: if it is that of another one.
  public func adopt(_ header: CampaignHeader) throws(Refusal) {
    if let existing = try self.header() {
      guard existing.identity == header.identity else {
        throw Refusal(
          description:
            "\(path) holds another campaign (\(existing.name)), or one of another version, scenario or image; name another file"
        )
      }
      guard existing.part == header.part else {
        throw Refusal(description: "\(path) holds part \(existing.part); name another file")
      }
      return
    }
    try database.describe(header.values, in: "campaign")
  }

  /// nil while nothing was written.
  public func header() throws(Refusal) -> CampaignHeader? {
    let values = try database.description(in: "campaign")
    if values.isEmpty { return nil }
    guard let header = CampaignHeader(values), values["checksum"] == ResultDatabase.checksum(header.values) else {
      throw database.refusal(DamagedCells(what: "its header is not what was written"))
    }
    return header
  }

  /// - Throws: while nothing was written.
  public func requireHeader() throws(Refusal) -> CampaignHeader {
    guard let header = try header() else { throw Refusal(description: "\(path) holds no campaign") }
    return header
  }

  /// Writes everything into the one file.
  public func settle() throws(Refusal) { try database.settle() }

  /// Gives the file up.
  ///
  /// - Parameter isChanged: false where it was only read: then nothing is wrong if nothing can be written.
  public func close(isChanged: Bool = true) throws(Refusal) { try database.close(isChanged: isChanged) }
}
