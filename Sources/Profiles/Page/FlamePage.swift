import Foundation
import Pages

/// What the template of a flame graph reads; the names are those of the template.
struct FlamePage {
  struct Box {
    var name: String
    var title: String
    var colour: String
    var cycles: String
    /// In hundredths of the width.
    var x: String
    var width: String
    /// In pixels.
    var y: String
    /// There is room for a name.
    var hasText: Bool
  }

  struct Row {
    var name: String
    var colour: String
    var own: String
    var share: String
    var total: String
    var instructions: String
    var bar: String
  }

  var title: String
  var facts: [String]
  var boxes: [Box]
  var height: Int
  var note: String
  var hasNote: Bool
  var actors: [Row]
  var symbols: [Row]
  var lines: [Row]
  var hasLines: Bool

  static let rowHeight = 18
  private static let rowsMax = 40
}

extension FlamePage {
  init(_ profile: TimeProfile, line: (Int) -> String?) {
    let summary = ProfileSummary(profile, line: line)
    let busy = summary.cycles - summary.idle
    title = profile.name
    let milliseconds = Double(summary.cycles) / Double(summary.hertz) * 1000
    facts = [
      "\(summary.cycles.grouped) cycles of virtual time (\(String(format: "%.3f", milliseconds)) ms), "
        + "\(summary.instructions.grouped) instructions.",
      "For \(busy.grouped) cycles somebody acted, \(summary.idle.grouped) the processor was halted.",
    ]
    let graph = FlameGraph(FoldedStacks(profile).stacks, whole: "\(profile.name), the whole run")
    boxes = graph.boxes.map { Self.box($0, of: graph.width, summary.cycles) }
    height = (graph.depth + 1) * Self.rowHeight
    var notes: [String] = []
    if graph.isIdleNarrow {
      notes.append(
        "Idle time is drawn narrower than its \(Self.share(summary.idle, summary.cycles).percent(2)) % of the run, so that the rest can be seen."
      )
    }
    if graph.leastCycles > 1 { notes.append("Boxes of fewer than \(graph.leastCycles.grouped) cycles are not drawn.") }
    note = notes.joined(separator: " ")
    hasNote = !notes.isEmpty
    actors = summary.actors.map { Self.row($0, busy, FlameGraph.colour($0.name)) }
    symbols = summary.symbols.prefix(Self.rowsMax).map { Self.row($0, busy, "") }
    lines = summary.lines.prefix(Self.rowsMax).map { Self.row($0, busy, "") }
    hasLines = profile.places.indices.contains { line($0) != nil }
  }

  private static func share(_ part: UInt64, _ whole: UInt64) -> Double { Double(part) / Double(max(whole, 1)) }

  private static func box(_ box: FlameGraph.Box, of width: UInt64, _ whole: UInt64) -> Box {
    Box(
      name: box.depth == 0 ? "\(box.name): \(box.cycles.grouped) cycles" : box.name,
      title: "\(box.name): \(box.cycles.grouped) cycles, \(share(box.cycles, whole).percent(2)) %", colour: box.colour,
      cycles: String(box.cycles), x: share(box.start, width).percent(4), width: share(box.width, width).percent(4),
      y: String(box.depth * rowHeight), hasText: share(box.width, width) > 0.01)
  }

  private static func row(_ line: ProfileSummary.Line, _ busy: UInt64, _ colour: String) -> Row {
    Row(
      name: line.name, colour: colour, own: line.own.grouped, share: share(line.own, busy).percent(2) + " %",
      total: line.total.grouped, instructions: line.instructions.grouped, bar: share(line.own, busy).percent(3))
  }
}
