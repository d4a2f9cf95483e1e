import GRDB
import ResultDatabases

/// The experiments of a database. Each has a checksum over all that is known of it: a bit that turns on the disk must not change a result.
extension CampaignStore {
  public func add(_ records: [ExperimentRecord]) throws(Refusal) {
    try database.write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT INTO experiment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for r in records {
        try statement.execute(arguments: [
          r.number, Int64(bitPattern: r.weight), r.location, r.group, Int64(bitPattern: r.instruction), r.fault,
          r.faultClass.rawValue, r.reason, r.evidence, r.place, Int64(bitPattern: r.instructionPointer), r.actor,
          r.before, r.after, r.firstDifference.map { Int64(bitPattern: $0) },
          r.differenceAt.map { Int64(bitPattern: $0) }, r.convergedAt.map { Int64(bitPattern: $0) },
          Int64(bitPattern: r.instructions), r.digest, r.code, r.checksum,
        ])
      }
    }
  }

  /// The numbers of the experiments that are there.
  public func done() throws(Refusal) -> Set<Int> {
    try database.read { database in
      var numbers: Set<Int> = []
      for row in try Row.fetchAll(database, sql: "SELECT number FROM experiment") {
        numbers.insert(Int(truncatingIfNeeded: try Cells(row).number(0)))
      }
      return numbers
    }
  }

  /// All experiments in the order of their numbers.
  public func visit(_ body: (ExperimentRecord) throws -> Void) throws {
    try database.visit("SELECT \(Self.columns) FROM experiment ORDER BY number") { try body(try Self.record($0)) }
  }

  public func record(_ number: Int) throws(Refusal) -> ExperimentRecord? {
    try database.read { database in
      try Row.fetchOne(database, sql: "SELECT \(Self.columns) FROM experiment WHERE number = ?", arguments: [number])
        .map(Self.record)
    }
  }

  /// The columns in the order in which they are read: those of a damaged table may have other names.
  private static let columns =
    "number, weight, location, grp, instruction, fault, class, reason, evidence, place, pointer, actor, before, after, "
    + "difference, difference_at, converged, instructions, digest, code, checksum"

  private static let weightMax: UInt64 = 1 << 32

  private static func record(_ row: Row) throws(DamagedCells) -> ExperimentRecord {
    let cells = Cells(row)
    let (number, weight) = (try cells.number(0), UInt64(bitPattern: try cells.number(1)))
    guard let faultClass = FaultClass(rawValue: try cells.text(6)) else {
      throw DamagedCells(what: "an experiment has the class \(try cells.text(6)), which does not exist")
    }
    // More samples than any campaign has would not fit where they are added up.
    guard number >= 0, (1...weightMax).contains(weight) else {
      throw DamagedCells(what: "an experiment has an impossible number")
    }
    let record = ExperimentRecord(
      number: Int(number), weight: weight, location: try cells.text(2), group: try cells.text(3),
      instruction: UInt64(bitPattern: try cells.number(4)), fault: try cells.text(5), faultClass: faultClass,
      reason: try cells.text(7), evidence: try cells.text(8), place: try cells.text(9),
      instructionPointer: UInt64(bitPattern: try cells.number(10)), actor: try cells.text(11),
      before: try cells.text(12), after: try cells.text(13), firstDifference: try cells.optional(14),
      differenceAt: try cells.optional(15), convergedAt: try cells.optional(16),
      instructions: UInt64(bitPattern: try cells.number(17)), digest: try cells.text(18), code: try cells.text(19))
    guard record.checksum == (try cells.text(20)) else {
      throw DamagedCells(what: "experiment \(number) is not what was written")
    }
    return record
  }

  // MARK: Lines of source

  package func addRemarks(of other: CampaignStore) throws { try add(sourceLines: other.sourceLines()) }

  /// Notes which lines of source instructions come from. It depends on the tools of the host, so it is no part of the results.
  public func add(sourceLines lines: [UInt64: String]) throws(Refusal) {
    try database.write { database in
      for (pointer, source) in lines {
        try database.execute(
          sql: "INSERT OR REPLACE INTO line VALUES (?, ?)", arguments: [Int64(bitPattern: pointer), source])
      }
    }
  }

  /// The lines of source that are known, by the address of the instruction.
  public func sourceLines() throws(Refusal) -> [UInt64: String] {
    try database.read { database in
      var lines: [UInt64: String] = [:]
      for row in try Row.fetchAll(database, sql: "SELECT pointer, source FROM line") {
        let cells = Cells(row)
        lines[UInt64(bitPattern: try cells.number(0))] = try cells.text(1)
      }
      return lines
    }
  }
}
