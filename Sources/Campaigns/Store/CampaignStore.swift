import Foundation
import GRDB
import Scenarios
import SeededRandom
import SimEvents

/// The results of one campaign, or of a part of it, in an SQLite database. One process works on it at a time; what is in it is whole
/// whenever the process is killed.
public final class CampaignStore {
  private let queue: DatabaseQueue
  public let path: String

  /// "uioC", as databases of others have other numbers.
  private static let applicationID = 0x7569_6f43
  private static let version = 3
  private static let weightMax: UInt64 = 1 << 32

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
  public init(_ path: String, mustExist: Bool = false) throws(Refusal) {
    self.path = path
    do {
      if mustExist, !FileManager.default.fileExists(atPath: path) {
        throw Refusal(description: "there is no file \(path); check the path")
      }
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
      }
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.write { database in
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
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Self.refusal(error, path)
    }
  }

  private static func refusal(_ error: any Error, _ path: String) -> Refusal {
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

  private func access<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do { return try queue.write(body) } catch let refusal as Refusal { throw refusal } catch {
      throw Self.refusal(error, path)
    }
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
          instructions INTEGER NOT NULL, digest TEXT NOT NULL) STRICT;
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
    try access { database in
      for (key, value) in header.values {
        try database.execute(sql: "INSERT INTO campaign VALUES (?, ?)", arguments: [key, value])
      }
    }
  }

  /// nil while nothing was written.
  public func header() throws(Refusal) -> CampaignHeader? {
    let rows = try access { try Row.fetchAll($0, sql: "SELECT key, value FROM campaign") }
    if rows.isEmpty { return nil }
    var values: [String: String] = [:]
    for row in rows {
      let cells = Cells(row)
      values[try cells.text(0)] = try cells.text(1)
    }
    guard let header = CampaignHeader(values) else {
      throw Refusal(description: "\(path) is damaged: its header is not whole")
    }
    return header
  }

  /// - Throws: while nothing was written.
  public func requireHeader() throws(Refusal) -> CampaignHeader {
    guard let header = try header() else { throw Refusal(description: "\(path) holds no campaign") }
    return header
  }

  // MARK: Experiments

  public func add(_ records: [ExperimentRecord]) throws(Refusal) {
    try access { database in
      let statement = try database.cachedStatement(
        sql: "INSERT INTO experiment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for r in records {
        try statement.execute(arguments: [
          r.number, Int64(bitPattern: r.weight), r.location, r.group, Int64(bitPattern: r.instruction), r.fault,
          r.faultClass.rawValue, r.reason, r.evidence, r.place, Int64(bitPattern: r.instructionPointer), r.actor,
          r.before, r.after, r.firstDifference.map { Int64(bitPattern: $0) },
          r.differenceAt.map { Int64(bitPattern: $0) }, r.convergedAt.map { Int64(bitPattern: $0) },
          Int64(bitPattern: r.instructions), r.digest,
        ])
      }
    }
  }

  /// The numbers of the experiments that are there.
  public func done() throws(Refusal) -> Set<Int> {
    let rows = try access { try Row.fetchAll($0, sql: "SELECT number FROM experiment") }
    var numbers: Set<Int> = []
    for row in rows { numbers.insert(Int(truncatingIfNeeded: try Cells(row).number(0))) }
    return numbers
  }

  /// All experiments in the order of their numbers.
  public func visit(_ body: (ExperimentRecord) throws -> Void) throws {
    try queue.read { database in
      let rows = try Row.fetchCursor(database, sql: "SELECT \(Self.columns) FROM experiment ORDER BY number")
      while let row = try rows.next() { try body(try Self.record(row)) }
    }
  }

  public func record(_ number: Int) throws(Refusal) -> ExperimentRecord? {
    try access { database in
      try Row.fetchOne(database, sql: "SELECT \(Self.columns) FROM experiment WHERE number = ?", arguments: [number])
        .map(Self.record)
    }
  }

  /// The columns in the order in which they are read: those of a damaged table may have other names.
  private static let columns =
    "number, weight, location, grp, instruction, fault, class, reason, evidence, place, pointer, actor, before, after, "
    + "difference, difference_at, converged, instructions, digest"

  private static func record(_ row: Row) throws(Refusal) -> ExperimentRecord {
    let cells = Cells(row)
    let (number, weight) = (try cells.number(0), UInt64(bitPattern: try cells.number(1)))
    guard let faultClass = FaultClass(rawValue: try cells.text(6)) else {
      throw Refusal(description: "the database has a class that does not exist: \(try cells.text(6))")
    }
    // More samples than any campaign has would not fit where they are added up.
    guard number >= 0, (1...weightMax).contains(weight) else {
      throw Refusal(description: "the database is damaged: an experiment has an impossible number")
    }
    return ExperimentRecord(
      number: Int(number), weight: weight, location: try cells.text(2), group: try cells.text(3),
      instruction: UInt64(bitPattern: try cells.number(4)), fault: try cells.text(5), faultClass: faultClass,
      reason: try cells.text(7), evidence: try cells.text(8), place: try cells.text(9),
      instructionPointer: UInt64(bitPattern: try cells.number(10)), actor: try cells.text(11),
      before: try cells.text(12), after: try cells.text(13), firstDifference: try cells.optional(14),
      differenceAt: try cells.optional(15), convergedAt: try cells.optional(16),
      instructions: UInt64(bitPattern: try cells.number(17)), digest: try cells.text(18))
  }

  /// The values of a row, whatever a damaged file has in their places: GRDB's own conversions end the process.
  private struct Cells {
    private let row: Row

    init(_ row: Row) { self.row = row }

    private func storage(_ index: Int) throws(Refusal) -> DatabaseValue.Storage {
      guard index < row.count else { throw Self.damaged }
      return (row[index] as DatabaseValue).storage
    }

    private static let damaged = Refusal(description: "the database is damaged: a value is of the wrong kind")

    func number(_ index: Int) throws(Refusal) -> Int64 {
      guard case .int64(let value) = try storage(index) else { throw Self.damaged }
      return value
    }

    func text(_ index: Int) throws(Refusal) -> String {
      guard case .string(let value) = try storage(index) else { throw Self.damaged }
      return value
    }

    func optional(_ index: Int) throws(Refusal) -> UInt64? {
      if case .null = try storage(index) { return nil }
      return UInt64(bitPattern: try number(index))
    }
  }

  /// Writes everything into the one file and gives it up.
  public func close() throws(Refusal) {
    do {
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      try queue.close()
    } catch { throw Self.refusal(error, path) }
  }
}
