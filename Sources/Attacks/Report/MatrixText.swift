import Scenarios
import TerminalText

extension AttackMatrix.CellVerdict {
  /// What a table shows of it, in a few words.
  func words(of attack: Attack) -> String {
    if !problems.isEmpty { return "error" }
    guard let outcome else { return "unknown" }
    return attack.isRefusedAsNative(self) ? "refused (native)" : outcome.words
  }

  /// What there is to tell beside its own run.
  var remarkLines: [String] {
    let without = control.map { ["without its bypass: \($0.outcome.words): \($0.reason)"] } ?? []
    return without + differences.map { "not as expected: \($0)" } + problems.map { "error: \($0)" }
  }
}

extension CellResult {
  /// Why it ended so, and the evidence if there is any.
  var reasonLines: [String] {
    [reason] + (evidence.map { ["evidence: \($0.line)" + (event.map { " (\($0.name))" } ?? "")] } ?? [])
  }
}

extension AttackMatrix {
  /// What the lines below a table count.
  var totals: [(words: String, counts: [Int])] {
    let outcomes = CellOutcome.allCases.map { outcome in
      (words: outcome.words, counts: designs.map { count(outcome, under: $0) })
    }
    let native = (words: "refused (native)", counts: designs.map { countRefusedAsNative(under: $0) })
    let errors = (
      words: "error",
      counts: designs.map { design in
        rows.count { row in row.cells.contains { $0.design == design && !$0.problems.isEmpty } }
      }
    )
    return (outcomes + [native, errors]).filter { $0.counts.contains { $0 > 0 } }
  }

  /// What the designs cost, a line for each thing that has a cost.
  var costTable: [(words: String, values: [UInt64?])] {
    DesignCost.lines.map { line in (line.words, costs.map(line.value)) }
  }

  /// The matrix as a table, then what is not as expected, then what is wrong.
  public var tableLines: [String] {
    var table: [[String]] = [[""] + designs.map(\.rawValue)]
    var titles: [Int: String] = [:]
    var last: AttackClass?
    for row in rows {
      if row.attack.attackClass != last { titles[table.count] = row.attack.attackClass.title }
      last = row.attack.attackClass
      table.append(
        ["  " + row.attack.name]
          + row.cells.map { $0.words(of: row.attack) + ($0.differences.isEmpty ? "" : " !") })
    }
    titles[table.count] = "Of \(rows.count) attack\(rows.count == 1 ? "" : "s")"
    table += totals.map { ["  " + $0.words] + $0.counts.map { $0 == 0 ? "-" : String($0) } }
    if !costs.isEmpty {
      titles[table.count] = "Costs in virtual cycles"
      table += costTable.map { ["  " + $0.words] + $0.values.map { $0.map(String.init) ?? "-" } }
    }
    let lines = TextTable(table).lines.enumerated().flatMap { number, line in
      (titles[number].map { [$0] } ?? []) + [line]
    }
    return lines + complaintLines
  }

  /// What is not as expected and what is wrong; empty if all is well.
  public var complaintLines: [String] {
    var lines: [String] = []
    if !differences.isEmpty {
      lines.append("not as their files expect (!):")
      for (row, cell) in differences {
        lines.append(
          "  \(row.attack.file): \(cell.design.rawValue): \(cell.differences.joined(separator: "; "))".terminalLine)
        if let found = cell.found { lines.append("    \(found.reason)".terminalLine) }
        if let evidence = cell.found?.evidence { lines.append("    evidence: \(evidence.line)".terminalLine) }
      }
    }
    if !problems.isEmpty {
      lines.append("errors of the corpus:")
      lines += problems.map { "  \($0)".terminalLine }
    }
    return lines
  }

  /// Everything about one attack.
  public func detailLines(of row: Row) -> [String] {
    let attack = row.attack
    var lines = ["\(attack.name): \(attack.title)", "  file: \(attack.file)", "  reference: \(attack.reference)"]
    if let precondition = attack.precondition { lines.append("  precondition: \(precondition)") }
    for cell in row.cells {
      lines.append("\(cell.design.rawValue): \(cell.words(of: attack))\(cell.differences.isEmpty ? "" : " !")")
      if let found = cell.found, cell.problems.isEmpty {
        lines += found.reasonLines.map { "  \($0)" }
        lines.append("  \(found.instructions) instructions, digest \(found.digest)")
      }
      lines += cell.remarkLines.map { "  \($0)" }
      if cell.found != nil { lines.append("  replay: \(Self.replayCommand(attack, cell.design))") }
    }
    return lines.map(\.terminalLine)
  }

  /// What runs a cell again, as a scenario of its own.
  static func replayCommand(_ attack: Attack, _ design: Attack.Design) -> String {
    let file = "\(attack.name)-\(design.rawValue).json"
    return "sim attack-matrix --attack \(attack.name) --design \(design.rawValue) --scenario \(file) && sim run \(file)"
  }
}
