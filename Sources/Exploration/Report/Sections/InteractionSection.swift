import Pages

/// Where two parameters together do something else than each of them says.
struct InteractionSection: ReportSection {
  struct Cell {
    var text: String
    /// How much of the colour, in hundredths.
    var strength: Int
    var isMore: Bool
    var isCertain: Bool
  }

  struct Row {
    var name: String
    var cells: [Cell]
  }

  struct Table {
    var title: String
    var note: String
    var columns: [String]
    var rows: [Row]
  }

  static let name = "interactions"
  static let title = "Interactions"
  static let template = """
    <p>{{note}}</p>
    <div class="plots">
    {{#tables}}
    <div class="plot"><h3>{{title}}</h3><p class="note">{{note}}</p>
    <div class="scroll"><table class="heat">
    <thead><tr><td></td>{{#columns}}<th scope="col">{{.}}</th>{{/columns}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr><th scope="row">{{name}}</th>{{#cells}}<td class="{{#isMore}}more{{/isMore}}{{^isMore}}less{{/isMore}}{{#isCertain}} certain{{/isCertain}}" \
    style="--s:{{strength}}%">{{text}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table></div></div>
    {{/tables}}
    </div>
    """
  static let style = """
    .heat{width:auto;font-size:.8rem}
    .heat td,.heat th{border:1px solid var(--line);padding:.25rem .45rem}
    .heat td{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    .heat thead td{border:0}
    .heat .more{background:color-mix(in srgb,var(--c1) var(--s),var(--paper))}
    .heat .less{background:color-mix(in srgb,var(--c0) var(--s),var(--paper))}
    .heat .certain{font-weight:700}
    @media (max-width:44rem){
    .heat thead{display:table-header-group}
    .heat tr{display:table-row;padding:0}
    .heat tbody th,.heat tbody td,.heat thead th,.heat thead td{display:table-cell;border:1px solid var(--line);padding:.2rem .3rem}
    }
    @media print{.heat td{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
    """

  var note: String
  var tables: [Table]

  /// Tables that are shown.
  private static let tableMax = 6
  /// Less of the variance is nothing to look at.
  private static let shareMin = 0.000_5

  /// - Parameter isSingle: points were run once, and their noise is not known.
  init?(_ models: EffectModels, isSingle: Bool) {
    guard models.factors.count > 1, !models.entries.isEmpty else { return nil }
    var all: [(entry: EffectModels.Entry, interaction: Interaction)] = []
    for entry in models.entries {
      for first in models.factors.indices {
        for second in models.factors.indices where second > first {
          all.append((entry, Interaction(entry.criterion.result, first, second, entry.factors, entry.model)))
        }
      }
    }
    let large = all.enumerated().filter { $0.element.interaction.share >= Self.shareMin }
      .sorted { ($1.element.interaction.share, $0.offset) < ($0.element.interaction.share, $1.offset) }
      .map(\.element)
    tables = large.prefix(Self.tableMax).map { Self.table($0.entry, $0.interaction) }
    note =
      "How far the points with both values lie from what the two parameters add by themselves, in percent of the mean of all points; the "
      + "pairs with the largest shares first."
    if tables.isEmpty {
      note = "No pair of parameters has a share of the variance above \(PageNumbers.share(Self.shareMin)): they add up."
    } else if isSingle {
      note += " Of single runs nobody knows how much of it is noise."
    } else {
      note += " Bold: more than the noise of the repeats explains in 95 of 100 cases."
    }
    let left = large.count - tables.count
    if left > 0 { note += " \(PageNumbers.count(left, "smaller one")) not shown." }
  }

  private static func table(_ entry: EffectModels.Entry, _ interaction: Interaction) -> Table {
    let (one, other) = (entry.factors[interaction.first], entry.factors[interaction.second])
    let most = interaction.departures.joined().compactMap { $0.map(abs) }.max() ?? 0
    let rows = one.levels.indices.map { row in
      Row(
        name: one.levels[row],
        cells: other.levels.indices.map { column in
          guard let departure = interaction.departures[row][column] else {
            return Cell(text: "–", strength: 0, isMore: true, isCertain: false)
          }
          let count = Double(interaction.counts[row][column])
          // A departure from a fit that the cell takes part in has no more noise than the cell.
          let limit = entry.noise.map { noise in
            StudentQuantile.twoSided95(Double(noise.freedom)) * (noise.variance / count).squareRoot()
          }
          let text =
            entry.model.mean == 0
            ? PageNumbers.text(departure) : PageNumbers.percent(departure / abs(entry.model.mean))
          return Cell(
            text: text, strength: most > 0 ? Int((abs(departure) / most * 45).rounded()) : 0, isMore: departure > 0,
            isCertain: limit.map { abs(departure) > $0 && abs(departure) > most * 1e-9 } ?? false)
        })
    }
    return Table(
      title: "\(entry.criterion.result): \(one.name) × \(other.name)",
      note: "\(PageNumbers.share(interaction.share)) of the variance. Rows: \(one.name); columns: \(other.name).",
      columns: other.levels, rows: rows)
  }
}
