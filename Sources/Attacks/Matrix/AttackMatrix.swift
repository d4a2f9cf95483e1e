import Scenarios
import SimCPU

/// What came of attacks under isolation designs: a row for each attack, a cell for each design.
public struct AttackMatrix: Sendable {
  /// A cell with what was expected of it.
  public struct CellVerdict: Sendable {
    public var design: Attack.Design
    /// Nil where the file says nothing yet.
    public var expected: Attack.Expectation?
    /// Nil where nothing is run, and where nothing could be.
    public var found: CellResult?
    /// Without the bypass; nil where nothing is run.
    public var control: CellResult?
    public var expectedControl: CellOutcome?
    /// What is wrong with the attack, as opposed to what came of it.
    public var problems: [String] = []

    /// What the cell shows; nil where there is no result.
    public var outcome: CellOutcome? {
      guard problems.isEmpty else { return nil }
      return found?.outcome ?? (expected?.outcome.isRun == false ? expected?.outcome : nil)
    }

    /// Each thing that is another than expected, as "outcome hung, expected contained".
    public var differences: [String] {
      guard problems.isEmpty, let found else { return [] }
      var differences: [String] = []
      func compare(_ what: String, _ found: String?, _ expected: String?) {
        if found != expected { differences.append("\(what) \(found ?? "none"), expected \(expected ?? "none")") }
      }
      compare("outcome", found.outcome.rawValue, expected?.outcome.rawValue)
      // A file need not say what the evidence is.
      if let rule = expected?.rule { compare("rule", found.evidence?.rule?.rawValue, rule.rawValue) }
      if let event = expected?.event { compare("event", found.event?.name, event.name) }
      if let control, let expectedControl {
        compare("without its bypass", control.outcome.rawValue, expectedControl.rawValue)
      }
      return differences
    }

    public var isDefect: Bool { found?.outcome == .simulatorDefect || control?.outcome == .simulatorDefect }
  }

  public struct Row: Sendable {
    public var attack: Attack
    /// In the order of ``AttackMatrix/designs``.
    public var cells: [CellVerdict]
  }

  public var designs: [Attack.Design]
  /// In the corpus' order.
  public var rows: [Row]
  /// In the order of ``designs``; empty where nobody asked for them.
  public var costs: [DesignCost] = []

  /// Cells that are others than expected.
  public var differences: [(row: Row, cell: CellVerdict)] {
    rows.flatMap { row in row.cells.filter { !$0.differences.isEmpty }.map { (row, $0) } }
  }

  /// What is wrong with the corpus, in its order, a line each.
  public var problems: [String] {
    rows.flatMap { row in
      row.cells.flatMap { cell in cell.problems.map { "\(row.attack.file): \(cell.design.rawValue): \($0)" } }
    }
  }

  public var hasDefect: Bool { rows.contains { $0.cells.contains(where: \.isDefect) } }

  /// How many attacks of each design end so. What is refused because it is native is not counted among what is refused.
  public func count(_ outcome: CellOutcome, under design: Attack.Design) -> Int {
    rows.count { row in
      row.cells.contains { $0.design == design && $0.outcome == outcome && !row.attack.isRefusedAsNative($0) }
    }
  }

  public func countRefusedAsNative(under design: Attack.Design) -> Int {
    rows.count { row in row.cells.contains { $0.design == design && row.attack.isRefusedAsNative($0) } }
  }
}

extension Attack {
  /// Whether a cell says only that a design takes no native objects, which is one rule and no merit of many.
  public func isRefusedAsNative(_ cell: AttackMatrix.CellVerdict) -> Bool {
    program == .native && !cell.design.takesNativeObjects && cell.outcome == .refused
  }

  /// What is expected without the bypass; nil where there is nothing to run. Where nothing isolates, the goal needs no bypass.
  func expectedControl(under design: Design) -> CellOutcome? {
    // A BPF program is all bypass: nothing in it could be left out.
    guard program == .native, let cell = cells[design], cell.outcome.isRun else { return nil }
    guard design.takesNativeObjects else { return nil }
    return control[design] ?? (design.isolates ? .contained : cell.outcome)
  }
}
