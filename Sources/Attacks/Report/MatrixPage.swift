import Scenarios

/// What the template of the page reads; the names are those of the template.
struct MatrixPage {
  struct Column {
    var name: String
    var lines: [Total]
  }

  struct Total {
    var words: String
    var name: String
    var count: String
  }

  struct Group {
    var title: String
    var width: Int
    var rows: [Row]
  }

  struct Row {
    var name: String
    var title: String
    var cells: [Cell]
  }

  struct Cell {
    var words: String
    /// The colour's name.
    var name: String
    var anchor: String
    var isLinked: Bool
    var design: String
    var isDifferent: Bool
  }

  struct Detail {
    var anchor: String
    var name: String
    var title: String
    var file: String
    var reference: String
    var precondition: String
    var hasPrecondition: Bool
    var cells: [DetailCell]
  }

  struct DetailCell {
    var anchor: String
    var design: String
    var words: String
    var name: String
    var lines: [String]
    var command: String
    var hasCommand: Bool
  }

  var facts: [String]
  var complaints: [String]
  var designs: [Column]
  var groups: [Group]
  var totals: [Row]
  var costs: [Row]
  var hasCosts: Bool
  var details: [Detail]
}

extension MatrixPage {
  init(_ matrix: AttackMatrix) {
    let designs = matrix.designs
    facts = [
      "\(matrix.rows.count) attack\(matrix.rows.count == 1 ? "" : "s") under \(designs.count) "
        + "design\(designs.count == 1 ? "" : "s")."
    ]
    complaints = matrix.complaintLines
    self.designs = designs.map { Column(name: $0.rawValue, lines: []) }
    groups = AttackClass.allCases.compactMap { attackClass in
      let rows = matrix.rows.filter { $0.attack.attackClass == attackClass }
      guard !rows.isEmpty else { return nil }
      return Group(title: attackClass.title, width: designs.count + 1, rows: rows.map(Self.row))
    }
    totals = matrix.totals.map { Self.numbers($0.words, $0.counts.map { $0 == 0 ? nil : UInt64($0) }, designs) }
    costs = matrix.costs.isEmpty ? [] : matrix.costTable.map { Self.numbers($0.words, $0.values, designs) }
    hasCosts = !costs.isEmpty
    details = matrix.rows.map(Self.detail)
  }

  private static func anchor(_ attack: Attack, _ design: Attack.Design) -> String {
    "\(attack.name)-\(design.rawValue)"
  }

  /// The class of a cell's colour: where somebody got what nobody should, what was held off, and the rest.
  private static func colour(_ cell: AttackMatrix.CellVerdict) -> String {
    cell.problems.isEmpty ? cell.outcome?.rawValue ?? "unknown" : "error"
  }

  private static func row(_ row: AttackMatrix.Row) -> Row {
    Row(
      name: row.attack.name, title: row.attack.title,
      cells: row.cells.map { cell in
        Cell(
          words: cell.words(of: row.attack), name: colour(cell), anchor: anchor(row.attack, cell.design),
          isLinked: true,
          design: cell.design.rawValue, isDifferent: !cell.differences.isEmpty)
      })
  }

  private static func numbers(_ name: String, _ numbers: [UInt64?], _ designs: [Attack.Design]) -> Row {
    Row(
      name: name, title: "",
      cells: zip(designs, numbers).map { design, number in
        Cell(
          words: number.map(String.init) ?? "–", name: "", anchor: "", isLinked: false, design: design.rawValue,
          isDifferent: false)
      })
  }

  private static func detail(_ row: AttackMatrix.Row) -> Detail {
    let attack = row.attack
    return Detail(
      anchor: attack.name, name: attack.name, title: attack.title, file: attack.file, reference: attack.reference,
      precondition: attack.precondition ?? "", hasPrecondition: attack.precondition != nil,
      cells: row.cells.map { cell in
        DetailCell(
          anchor: anchor(attack, cell.design), design: cell.design.rawValue, words: cell.words(of: attack),
          name: colour(cell), lines: (cell.found?.reasonLines ?? []) + cell.remarkLines,
          command: AttackMatrix.replayCommand(attack, cell.design), hasCommand: cell.found != nil)
      })
  }
}
