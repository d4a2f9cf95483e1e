import Foundation
import GRDB
import Scenarios
import SeededRandom
import SimEvents

/// The results of one campaign, or of a part of it, in an SQLite database. One process works on it at a time; what is in it is whole
/// whenever the process is killed.
public final class CampaignStore {
  let queue: DatabaseQueue
  public let path: String
  /// The file can't be written to, as on a medium for reading.
  private let isReadOnly: Bool

  /// "uioC", as databases of others have other numbers.
  private static let applicationID = 0x7569_6f43
  private static let version = 4

  /// Why a database can't be used.
  public struct Refusal: Error, Equatable, CustomStringConvertible {
    public var description: String
    /// It may be possible later: somebody else works on it, or the disk is full.
    public var isTemporary = false
  }

  /// What a part of a campaign is.
  public struct Part: Equatable, Sendable {
    /// From 1.
    public var number: Int
    public var count: Int
    public static let whole = Part(number: 1, count: 1)

    public init(number: Int, count: Int) {
      precondition(count >= 1 && (1...count).contains(number), "a part of a whole")
      (self.number, self.count) = (number, count)
    }

    /// Neighbours cost alike, so they go to different parts.
    public func contains(_ experiment: Int) -> Bool {
      var generator = SeededGenerator(seed: UInt64(experiment))
      return generator.next() % UInt64(count) == UInt64(number - 1)
    }
  }

  /// - Parameter mustExist: no database is made.
  public convenience init(_ path: String, mustExist: Bool = false) throws(Refusal) {
    try self.init(path, mustExist: mustExist, isReadOnly: mustExist && Self.isReadOnly(path))
  }

  init(_ path: String, mustExist: Bool, isReadOnly: Bool) throws(Refusal) {
    self.path = path
    self.isReadOnly = isReadOnly
    do {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if mustExist, !isThere { throw Refusal(description: "there is no file \(path); check the path") }
      if isThere, isFolder.boolValue { throw Refusal(description: "\(path) is a folder; name a file") }
      queue = try isReadOnly ? Self.immutable(path) : Self.writable(path)
      let check: (Database) throws -> Void = { database in
        let (id, version) = (
          try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        )
        let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        if id == 0, version == 0, tables == 0 {
          if mustExist { throw Refusal(description: "\(path) holds no campaign") }
          try Self.create(database)
        } else if id != Self.applicationID {
          throw Refusal(description: "\(path) is a database of something else; name another file")
        } else if version != Self.version {
          throw Refusal(
            description:
              "\(path) has the format \(version), this version of sim reads \(Self.version); run the campaign again")
        }
      }
      try isReadOnly ? queue.read(check) : queue.write(check)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Self.refusal(error, path)
    }
  }

  private static func writable(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Nothing can be written beside the file either, and nothing waits there to be taken into it.
  private static func isReadOnly(_ path: String) -> Bool {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let isFixed = access(path, R_OK) == 0 && (access(path, W_OK) != 0 || access(folder, W_OK) != 0)
    let log = (try? FileManager.default.attributesOfItem(atPath: path + "-wal"))?[.size] as? Int ?? 0
    return isFixed && log == 0
  }

  /// A database that nobody can change has no locks and no log (sqlite.org/uri.html).
  private static func immutable(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    var place = URLComponents()
    place.scheme = "file"
    place.path = URL(fileURLWithPath: path).path
    place.queryItems = [URLQueryItem(name: "immutable", value: "1")]
    return try DatabaseQueue(path: place.string ?? path, configuration: configuration)
  }

  static func refusal(_ error: any Error, _ path: String) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    if let damage = error as? DamagedCells {
      return Refusal(description: "\(path) is damaged: \(damage.what); take it away and run the campaign again")
    }
    guard let error = error as? DatabaseError else { return Refusal(description: "\(path): \(error)") }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return Refusal(description: "another process works on \(path); wait until it has ended", isTemporary: true)
    case .SQLITE_FULL:
      return Refusal(description: "the disk is full: nothing is lost of what \(path) has; make room", isTemporary: true)
    case .SQLITE_NOTADB: return Refusal(description: "\(path) is no database; name another file")
    case .SQLITE_CORRUPT: return Refusal(description: "\(path) is damaged; take it away and run the campaign again")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      return Refusal(description: "\(path) can't be opened for writing; check the folder and its permissions")
    default: return Refusal(description: "\(path): \(error.message ?? "\(error)")")
    }
  }

  func write<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do { return try queue.write(body) } catch { throw Self.refusal(error, path) }
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do { return try queue.read(body) } catch { throw Self.refusal(error, path) }
  }

  private static func create(_ database: Database) throws {
    try database.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        CREATE TABLE campaign (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE experiment (
          number INTEGER PRIMARY KEY, weight INTEGER NOT NULL, location TEXT NOT NULL, grp TEXT NOT NULL,
          instruction INTEGER NOT NULL, fault TEXT NOT NULL, class TEXT NOT NULL, reason TEXT NOT NULL,
          evidence TEXT NOT NULL, place TEXT NOT NULL, pointer INTEGER NOT NULL, actor TEXT NOT NULL,
          before TEXT NOT NULL, after TEXT NOT NULL, difference INTEGER, difference_at INTEGER, converged INTEGER,
          instructions INTEGER NOT NULL, digest TEXT NOT NULL, code TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
        CREATE TABLE line (pointer INTEGER PRIMARY KEY, source TEXT NOT NULL) STRICT;
        """)
  }

  /// XXH3-128 of a file's content.
  public static func digest(of data: Data) -> String {
    var digest = ContentDigest()
    data.withUnsafeBytes { digest.update($0) }
    return digest.hex
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
        throw Refusal(
          description: "\(path) holds part \(existing.part.number)/\(existing.part.count); name another file")
      }
      return
    }
    try write { database in
      for (key, value) in header.values + [("checksum", header.checksum)] {
        try database.execute(sql: "INSERT INTO campaign VALUES (?, ?)", arguments: [key, value])
      }
    }
  }

  /// nil while nothing was written.
  public func header() throws(Refusal) -> CampaignHeader? {
    let values = try read { database in
      var values: [String: String] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT key, value FROM campaign") {
        let cells = Cells(row)
        values[try cells.text(0)] = try cells.text(1)
      }
      return values
    }
    if values.isEmpty { return nil }
    guard let header = CampaignHeader(values), values["checksum"] == header.checksum else {
      throw Self.refusal(DamagedCells(what: "its header is not what was written"), path)
    }
    return header
  }

  /// - Throws: while nothing was written.
  public func requireHeader() throws(Refusal) -> CampaignHeader {
    guard let header = try header() else { throw Refusal(description: "\(path) holds no campaign") }
    return header
  }

  /// Writes everything into the one file.
  public func settle() throws(Refusal) {
    guard !isReadOnly else { return }
    do { try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") } } catch {
      throw Self.refusal(error, path)
    }
  }

  /// Gives the file up.
  ///
  /// - Parameter isChanged: false where it was only read: then nothing is wrong if nothing can be written.
  public func close(isChanged: Bool = true) throws(Refusal) {
    if isChanged { try settle() }
    do { try queue.close() } catch { throw Self.refusal(error, path) }
  }
}
