/// Rows of cells below each other, as wide as their widest; no line ends in blanks.
public struct TextTable: Sendable {
  public let lines: [String]

  /// - Parameters:
  ///   - rows: of equally many cells, which hold nothing that operates terminals.
  ///   - indent: what each line begins with.
  ///   - numbers: the columns whose cells stand below each other by their last characters.
  public init(_ rows: [[String]], indent: String = "", numbers: Range<Int> = 0..<0) {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return numbers.contains(column) ? space + cell : cell + space
      }
      let line = indent + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
