/// What came of faults at places: rows of cells, each with the samples that fell there. It takes a bounded amount of memory however many
/// experiments and places there are.
struct OutcomeMap<Column: Comparable & Hashable & Sendable>: Sendable {
  struct Cell: Sendable {
    var label: String
    var counts = OutcomeCounts()
    /// The first experiment of the worst class.
    var example: (faultClass: FaultClass, number: Int)
  }

  struct Row: Sendable {
    var name: String
    var counts = OutcomeCounts()
    var cells: [Column: Cell] = [:]
  }

  /// Places that are told apart: more than the code of a guest has, and some ten megabytes.
  static var cellsMax: Int { 1 << 16 }
  /// Rows that are shown.
  static var rowsMax: Int { 100 }
  /// Cells of a row that are shown; if it has more, neighbours share one.
  static var cellsOfRowMax: Int { 128 }

  private var rows: [String: Row] = [:]
  private var cellCount = 0
  /// Samples at places that there was no room for.
  private(set) var beyond = OutcomeCounts()

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ record: ExperimentRecord, row name: String, column: Column, label: String) {
    let isNew = rows[name]?.cells[column] == nil
    guard !isNew || cellCount < Self.cellsMax else {
      beyond.add(record.faultClass, record.weight)
      return
    }
    if isNew { cellCount += 1 }
    rows[name, default: Row(name: name)].add(record, column, label)
  }

  /// The rows to show by the order of their first column, or by their names, and how many there are besides; the worst ones are shown.
  func shown(byName: Bool) -> (rows: [ShownRow], left: Int) {
    let all = rows.values.map { ShownRow($0) }
    let worst = all.sorted { one, other in
      let (a, b) = (one.counts.worst?.severity ?? .max, other.counts.worst?.severity ?? .max)
      if a != b { return a < b }
      if one.counts.failures != other.counts.failures { return one.counts.failures > other.counts.failures }
      return one.precedes(other, byName: byName)
    }
    let shown = worst.prefix(Self.rowsMax).sorted { $0.precedes($1, byName: byName) }
    return (shown, all.count - shown.count)
  }

  /// A row as it is shown.
  struct ShownRow: Sendable {
    var name: String
    var counts: OutcomeCounts
    /// In the order of their columns.
    var cells: [Cell]
    /// Columns that share a cell.
    var columnsPerCell: Int
    fileprivate var first: Column?

    fileprivate init(_ row: Row) {
      let columns = row.cells.sorted { $0.key < $1.key }
      let width = max((columns.count + OutcomeMap.cellsOfRowMax - 1) / OutcomeMap.cellsOfRowMax, 1)
      (name, counts, columnsPerCell, first) = (row.name, row.counts, width, columns.first?.key)
      cells = stride(from: 0, to: columns.count, by: width).map { start in
        columns[start..<min(start + width, columns.count)].map(\.value).reduced()
      }
    }

    fileprivate func precedes(_ other: ShownRow, byName: Bool) -> Bool {
      if !byName, let first, let theirs = other.first, first != theirs { return first < theirs }
      return ShortFirst(name) < ShortFirst(other.name)
    }
  }
}

extension OutcomeMap.Row {
  fileprivate mutating func add(_ record: ExperimentRecord, _ column: Column, _ label: String) {
    counts.add(record.faultClass, record.weight)
    var cell = cells[column] ?? .init(label: label, example: (record.faultClass, record.number))
    cell.counts.add(record.faultClass, record.weight)
    if record.faultClass.severity < cell.example.faultClass.severity {
      cell.example = (record.faultClass, record.number)
    }
    cells[column] = cell
  }
}

extension Array {
  /// Neighbours as one cell.
  fileprivate func reduced<Column>() -> Element where Element == OutcomeMap<Column>.Cell {
    precondition(!isEmpty, "a cell of nothing")
    var whole = self[0]
    for cell in dropFirst() {
      whole.counts += cell.counts
      if cell.example.faultClass.severity < whole.example.faultClass.severity { whole.example = cell.example }
    }
    if count > 1 { whole.label += " to \(self[count - 1].label)" }
    return whole
  }
}

/// A name, ordered by its length and then by its bytes: "rax bit 9" is before "rax bit 10".
struct ShortFirst: Comparable, Hashable, Sendable {
  var name: String

  init(_ name: String) { self.name = name }

  static func < (one: ShortFirst, other: ShortFirst) -> Bool {
    let (a, b) = (one.name.utf8, other.name.utf8)
    return a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
  }
}
