/// Which line of source each instruction comes from (DWARF 4 and 5, 6.2): all that a file's table knows.
package struct LineTable {
  /// Instructions from here up to the next row of the same sequence.
  package struct Row: Equatable {
    package var address: UInt64
    /// Of a relocatable object; 0 elsewhere.
    package var section: Int
    /// Of ``files``; nil for none of them.
    package var file: Int?
    /// 0: of no line.
    package var line: Int
    /// A good place to stop at for this line.
    package var isStatement: Bool
    /// No row, but where the last one of a sequence ends.
    package var isEnd = false
  }

  /// As the compiler names them.
  package private(set) var files: [String] = []
  /// Sorted by section and address.
  package private(set) var rows: [Row] = []
  private var numbers: [String: Int] = [:]

  init() {}

  package init(_ object: DebugObject) {
    guard var data = object.data(".debug_line") else { return }
    let strings = object.data(".debug_str")
    let lineStrings = object.data(".debug_line_str")
    while data.place < data.count {
      guard var unit = LineProgram(&data, strings: strings, lineStrings: lineStrings) else { break }
      let own = unit.files.map { number(of: $0) }
      unit.run(&data) { row in
        var row = row
        row.file = row.file.flatMap { own.indices.contains($0) ? own[$0] : nil }
        rows.append(row)
      }
      data.place = unit.end
    }
    if !object.isRelocatable { dropDiscarded() }
    sort()
  }

  /// What the linker has thrown away begins at 0 in its table.
  private mutating func dropDiscarded() {
    var kept: [Row] = []
    var start = 0
    for index in rows.indices where rows[index].isEnd {
      if rows[start].address > 0xfff { kept += rows[start...index] }
      start = index + 1
    }
    rows = kept
  }

  private mutating func sort() {
    // Where one sequence ends and another begins the beginning counts; of several rows of one address the last.
    let order = rows.indices.sorted {
      (rows[$0].section, rows[$0].address, rows[$0].isEnd ? 0 : 1, $0)
        < (rows[$1].section, rows[$1].address, rows[$1].isEnd ? 0 : 1, $1)
    }
    rows = order.map { rows[$0] }
  }

  private mutating func number(of file: String) -> Int {
    if let number = numbers[file] { return number }
    files.append(file)
    numbers[file] = files.count - 1
    return files.count - 1
  }

  /// The row that an address belongs to; nil where there is none.
  package func row(at address: UInt64, section: Int = 0) -> Row? {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if (rows[middle].section, rows[middle].address) <= (section, address) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let row = rows[low - 1]
    return row.section == section && !row.isEnd && row.file != nil && row.line > 0 ? row : nil
  }
}
