import OutputFiles
import Scenarios

extension AttackCorpus {
  /// Writes what was found into the heads of the attacks' files, where they say something else. What is wrong, and a defect of the
  /// simulator, is written nowhere.
  ///
  /// - Returns: what was changed, a line each.
  public func update(by matrix: AttackMatrix) throws -> [String] {
    var changes: [String] = []
    for row in matrix.rows {
      let cells = row.cells.filter { !$0.isDefect && !$0.differences.isEmpty }
      guard !cells.isEmpty else { continue }
      let url = url(row.attack)
      let file = try AttackFile(url, name: row.attack.file)
      var tree = file.tree
      for cell in cells {
        try cell.write(into: &tree)
        changes.append("\(row.attack.file): \(cell.design.rawValue): \(cell.differences.joined(separator: "; "))")
      }
      try file.write(tree, to: url)
    }
    return changes
  }
}

extension AttackMatrix.CellVerdict {
  fileprivate func write(into tree: inout JSONNode) throws {
    guard let found else { return }
    var new = found.expectation
    if let expected {
      // A file says as much of the evidence as its author wants to.
      if expected.rule == nil { new.rule = nil }
      if expected.event == nil { new.event = nil }
    }
    if new != expected { try tree.set(["cells", design.rawValue], to: new.node) }
    if let control, let expectedControl, control.outcome != expectedControl {
      try tree.set(["control", design.rawValue], to: JSONNode(value: .string(control.outcome.rawValue)))
    }
  }
}
