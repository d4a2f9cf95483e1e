import GRDB

/// What is wrong with a database whose file can be read.
public struct DamagedCells: Error {
  public var what: String

  public init(what: String) { self.what = what }
}

/// The values of a row, whatever a damaged file has in their places: GRDB's own conversions end the process.
public struct Cells {
  private let row: Row

  public init(_ row: Row) { self.row = row }

  private func storage(_ index: Int) throws(DamagedCells) -> DatabaseValue.Storage {
    guard index < row.count else { throw Self.damaged }
    return (row[index] as DatabaseValue).storage
  }

  private static let damaged = DamagedCells(what: "a value is of the wrong kind")

  public func number(_ index: Int) throws(DamagedCells) -> Int64 {
    guard case .int64(let value) = try storage(index) else { throw Self.damaged }
    return value
  }

  public func text(_ index: Int) throws(DamagedCells) -> String {
    guard case .string(let value) = try storage(index) else { throw Self.damaged }
    return value
  }

  public func optional(_ index: Int) throws(DamagedCells) -> UInt64? {
    if case .null = try storage(index) { return nil }
    return UInt64(bitPattern: try number(index))
  }
}
