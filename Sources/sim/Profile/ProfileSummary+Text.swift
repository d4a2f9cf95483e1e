import Foundation
import Profiles
import Scenarios
import TerminalText

extension ProfileSummary {
  private func table(_ kind: ProfileCommand.Table) -> (title: String, lines: [Line]) {
    switch kind {
    case .actor: ("actor", actors)
    case .symbol: ("symbol", symbols)
    case .line: ("line", lines)
    }
  }

  private static func tables(_ by: ProfileCommand.Table?) -> [ProfileCommand.Table] {
    by.map { [$0] } ?? [.actor, .symbol]
  }

  /// For people: a line about the run, then tables with cycles and their share of the time in which somebody acted.
  func text(name: String, by: ProfileCommand.Table?, top: Int) -> String {
    var text = ["\(name.terminalLine): \(cycles) cycles, \(instructions) instructions"]
    let busy = cycles - idle
    text.append("  busy \(busy), halted \(idle) (\(Self.percent(idle, cycles)) %)")
    for kind in Self.tables(by) {
      let (title, lines) = table(kind)
      let hasTotals = kind == .symbol
      text.append("")
      text.append(
        "        cycles       %" + (hasTotals ? "   with calls       %" : "   instructions") + "  \(title)")
      for line in lines.prefix(top) {
        let second =
          hasTotals
          ? Self.padded("\(line.total)", 13) + Self.padded(Self.percent(line.total, busy), 8)
          : Self.padded("\(line.instructions)", 15)
        text.append(
          Self.padded("\(line.own)", 14) + Self.padded(Self.percent(line.own, busy), 8) + second
            + "  \(line.name.terminalLine)")
      }
      if lines.count > top {
        let rest = lines.dropFirst(top).reduce(0) { $0 + $1.own }
        let gap = String(repeating: " ", count: hasTotals ? 21 : 15)
        text.append(
          Self.padded("\(rest)", 14) + Self.padded(Self.percent(rest, busy), 8) + gap + "  \(lines.count - top) more")
      }
    }
    return text.joined(separator: "\n")
  }

  func json(_ result: RunResult, by: ProfileCommand.Table?, top: Int) -> JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("scenario", .string(result.scenario)), ("outcome", .string(result.outcome.rawValue)),
      ("digest", .string("\(result.digest)")), ("cycles", .integer(cycles)), ("halted", .integer(idle)),
      ("instructions", .integer(instructions)),
    ]
    for kind in by.map({ [$0] }) ?? ProfileCommand.Table.allCases {
      let (title, lines) = table(kind)
      members.append(("\(title)s", .array(lines.prefix(top).map { Self.json($0, hasTotals: kind == .symbol) })))
    }
    return .object(members)
  }

  private static func json(_ line: Line, hasTotals: Bool) -> JSONText {
    let total: [(key: String, value: JSONText)] = hasTotals ? [("withCalls", .integer(line.total))] : []
    return .object(
      [("name", .string(line.name)), ("cycles", .integer(line.own))] + total
        + [("instructions", .integer(line.instructions))])
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 1)) + text
  }

  private static func percent(_ part: UInt64, _ whole: UInt64) -> String {
    String(format: "%.2f", Double(part) / Double(max(whole, 1)) * 100)
  }
}
