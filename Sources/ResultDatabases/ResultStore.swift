/// What a database is of.
package protocol ResultHeader {
  var name: String { get }
  /// A digest of everything that the results follow from.
  var identity: String { get }
  var part: Shard { get set }
  /// Pieces of work of all parts.
  var pieceCount: Int { get }
  /// As the database has them.
  var values: [(key: String, value: String)] { get }

  /// - Parameter values: as ``values``, by their keys; nil is made of anything else.
  init?(_ values: [String: String])
}

/// The results of one kind of work, or of a part of it, in a database.
package protocol ResultStore: AnyObject {
  associatedtype Header: ResultHeader
  /// A piece of the work with its results.
  associatedtype Record
  /// What the work is called, and the table of its keys and values: "campaign".
  static var noun: String { get }
  /// One of them in a sentence: "a campaign".
  static var oneOfThem: String { get }
  /// What a piece of it is called: "experiment".
  static var piece: String { get }
  var database: ResultDatabase { get }

  init(_ path: String, mustExist: Bool) throws(ResultDatabase.Refusal)
  /// What is there so far, also while another process works on it.
  init(lookingAt path: String) throws(ResultDatabase.Refusal)
  /// The numbers of the pieces that are there.
  func done() throws(ResultDatabase.Refusal) -> Set<Int>
  /// All records in the order of their numbers.
  func visit(_ body: (Record) throws -> Void) throws
  func add(_ records: [Record]) throws(ResultDatabase.Refusal)
  /// Takes in what another one knows beside its records.
  func addRemarks(of other: Self) throws
}

extension ResultStore {
  package var path: String { database.path }

  /// Makes the database that of some work, or finds that it is already.
  ///
  /// - Throws: if it is that of another one.
  package func adopt(_ header: Header) throws(ResultDatabase.Refusal) {
    guard let existing = try self.header() else { return try database.describe(header.values, in: Self.noun) }
    guard existing.identity == header.identity else {
      throw .init(
        description:
          "\(path) holds another \(Self.noun) (\(existing.name)), or one of another version, scenario or image; name another file"
      )
    }
    guard existing.part == header.part else {
      throw .init(description: "\(path) holds part \(existing.part); name another file")
    }
  }

  /// nil while nothing was written.
  package func header() throws(ResultDatabase.Refusal) -> Header? {
    let values = try database.description(in: Self.noun)
    if values.isEmpty { return nil }
    guard let header = Header(values), values["checksum"] == ResultDatabase.checksum(header.values) else {
      throw database.refusal(DamagedCells(what: "its header is not what was written"))
    }
    return header
  }

  /// - Throws: while nothing was written.
  package func requireHeader() throws(ResultDatabase.Refusal) -> Header {
    guard let header = try header() else { throw .init(description: "\(path) holds no \(Self.noun)") }
    return header
  }

  /// Writes everything into the one file.
  package func settle() throws(ResultDatabase.Refusal) { try database.settle() }

  /// Gives the file up.
  ///
  /// - Parameter isChanged: false where it was only read: then nothing is wrong if nothing can be written.
  package func close(isChanged: Bool = true) throws(ResultDatabase.Refusal) {
    try database.close(isChanged: isChanged)
  }
}
