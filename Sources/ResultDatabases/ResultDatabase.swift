import Foundation
import GRDB
import SimEvents

/// The results of long work, or of a part of it, in an SQLite database. One process works on it at a time; what is in it is whole
/// whenever the process is killed.
public final class ResultDatabase {
  /// What kind of results a file holds.
  public struct Format: Sendable {
    /// Four characters, as databases of others have other numbers.
    public var applicationID: Int
    public var version: Int
    /// What messages call the work: "campaign".
    public var noun: String
    /// Makes the tables.
    public var schema: String

    public init(applicationID: Int, version: Int, noun: String, schema: String) {
      (self.applicationID, self.version, self.noun, self.schema) = (applicationID, version, noun, schema)
    }
  }

  /// Why a database can't be used.
  public struct Refusal: Error, Equatable, CustomStringConvertible {
    public var description: String
    /// It may be possible later: somebody else works on it, or the disk is full.
    public var isTemporary = false

    public init(description: String, isTemporary: Bool = false) {
      (self.description, self.isTemporary) = (description, isTemporary)
    }
  }

  /// Of the file itself, and of those that SQLite may have beside it and takes away.
  public static let suffixes = ["", "-wal", "-shm", "-journal"]

  private let queue: DatabaseQueue
  public let path: String
  private let format: Format
  /// The file can't be written to, as on a medium for reading.
  private let isReadOnly: Bool
  /// What is looked at instead of the file.
  private let copy: DatabaseCopy?

  /// - Parameters:
  ///   - mustExist: no database is made.
  ///   - readOnly: whether nothing can be written; nil: it is found out where the file must exist.
  ///   - isLookedAt: nothing will be written: where another process works on it, what it has so far is there.
  public init(
    _ path: String, _ format: Format, mustExist: Bool = false, readOnly: Bool? = nil, isLookedAt: Bool = false
  ) throws(Refusal) {
    self.path = path
    self.format = format
    isReadOnly = readOnly ?? (mustExist && Self.isReadOnly(path))
    do {
      // SQLite would keep these in memory, and what hours of work have found would be gone at the end.
      if path.isEmpty || path == ":memory:" {
        throw Refusal(description: "\"\(path)\" is no file, and results are kept in one; name a file")
      }
      // SQLite takes these for a URI, whose file is another one; and - is standard output elsewhere.
      if path == "-" || path.hasPrefix("file:") {
        throw Refusal(description: "\(path) does not name a file for results; write ./\(path) for a file of that name")
      }
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      if mustExist, !isThere { throw Refusal(description: "there is no file \(path); check the path") }
      if isThere, isFolder.boolValue { throw Refusal(description: "\(path) is a folder; name a file") }
      (queue, copy) = try isReadOnly ? (Self.immutable(path), nil) : Self.writable(path, copiedIfBusy: isLookedAt)
      let check: (Database) throws -> Void = { database in
        let (id, version) = (
          try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        )
        let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
        if id == 0, version == 0, tables == 0 {
          if mustExist { throw Refusal(description: "\(path) holds no \(format.noun)") }
          try database.execute(
            sql: "PRAGMA application_id = \(format.applicationID); PRAGMA user_version = \(format.version);"
              + format.schema)
        } else if id != format.applicationID {
          throw Refusal(description: "\(path) is a database of something else; name another file")
        } else if version != format.version {
          throw Refusal(
            description:
              "\(path) has the format \(version), this version of sim reads \(format.version); run the \(format.noun) again"
          )
        }
      }
      try isReadOnly ? queue.read(check) : queue.write(check)
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Self.refusal(error, path, format)
    }
  }

  private static func writable(_ path: String, copiedIfBusy: Bool) throws -> (DatabaseQueue, DatabaseCopy?) {
    do { return (try writable(path), nil) } catch let error as DatabaseError {
      guard copiedIfBusy, [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) else { throw error }
      let copy = try DatabaseCopy(of: path)
      return (try writable(copy.path), copy)
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

  private static func refusal(_ error: any Error, _ path: String, _ format: Format) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    if let damage = error as? DamagedCells {
      return Refusal(description: "\(path) is damaged: \(damage.what); take it away and run the \(format.noun) again")
    }
    guard let error = error as? DatabaseError else { return Refusal(description: "\(path): \(error)") }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return Refusal(description: "another process works on \(path); wait until it has ended", isTemporary: true)
    case .SQLITE_FULL:
      return Refusal(description: "the disk is full: nothing is lost of what \(path) has; make room", isTemporary: true)
    case .SQLITE_NOTADB: return Refusal(description: "\(path) is no database; name another file")
    case .SQLITE_CORRUPT:
      return Refusal(description: "\(path) is damaged; take it away and run the \(format.noun) again")
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      return Refusal(description: "\(path) can't be opened for writing; check the folder and its permissions")
    case .SQLITE_IOERR:
      return Refusal(
        description:
          "\(path) can't be read or written (\(error.message ?? "disk I/O error")): see that the disk has room, that its "
          + "file system lets files be locked, and that the folder can be written; or name a file elsewhere",
        isTemporary: true)
    default: return Refusal(description: "\(path): \(error.message ?? "\(error)")")
    }
  }

  /// What an error of the database means for the user.
  public func refusal(_ error: any Error) -> Refusal { Self.refusal(error, path, format) }

  public func write<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do { return try queue.write(body) } catch { throw refusal(error) }
  }

  public func read<Result>(_ body: (Database) throws -> Result) throws(Refusal) -> Result {
    do { return try queue.read(body) } catch { throw refusal(error) }
  }

  /// Goes through the rows of a query.
  ///
  /// - Throws: ``Refusal``, or what `body` throws.
  public func visit(_ query: String, _ body: (Row) throws -> Void) throws {
    do {
      try queue.read { database in
        let rows = try Row.fetchCursor(database, sql: query)
        while let row = try rows.next() { try body(row) }
      }
    } catch let damage as DamagedCells { throw refusal(damage) } catch let error as DatabaseError {
      throw refusal(error)
    }
  }

  /// Writes everything into the one file.
  public func settle() throws(Refusal) {
    guard !isReadOnly else { return }
    do { try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") } } catch {
      throw refusal(error)
    }
  }

  /// Gives the file up.
  ///
  /// - Parameter isChanged: false where it was only read: then nothing is wrong if nothing can be written.
  public func close(isChanged: Bool = true) throws(Refusal) {
    if isChanged { try settle() }
    do { try queue.close() } catch { throw refusal(error) }
  }

  // MARK: What the work is

  /// Writes down what the work is, with a checksum over it, in the table of keys and values that is named.
  public func describe(_ values: [(key: String, value: String)], in table: String) throws(Refusal) {
    try write { database in
      for (key, value) in values + [("checksum", Self.checksum(values))] {
        try database.execute(sql: "INSERT INTO \(table) VALUES (?, ?)", arguments: [key, value])
      }
    }
  }

  /// What ``describe(_:in:)`` has written, with its checksum; empty while there is nothing.
  public func description(in table: String) throws(Refusal) -> [String: String] {
    try read { database in
      var values: [String: String] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT key, value FROM \(table)") {
        let cells = Cells(row)
        values[try cells.text(0)] = try cells.text(1)
      }
      return values
    }
  }

  /// XXH3-128 over keys and values.
  public static func checksum(_ values: [(key: String, value: String)]) -> String {
    var digest = ContentDigest()
    for (key, value) in values { digest.update(withLengthOf: Array("\(key)=\(value)".utf8)) }
    return digest.hex
  }

  /// XXH3-128 of a file's content.
  public static func digest(of data: Data) -> String {
    var digest = ContentDigest()
    data.withUnsafeBytes { digest.update($0) }
    return digest.hex
  }
}
