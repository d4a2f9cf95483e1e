import Pages

/// What each parameter does by itself.
struct EffectSection: ReportSection {
  struct Row {
    var parameter: String
    var level: String
    var points: String
    var cells: [Cell]
  }

  struct Cell {
    var label: String
    var text: String
    var value: String
    var change: String
  }

  struct Share {
    var parameter: String
    var cells: [ShareCell]
  }

  struct ShareCell {
    var label: String
    var text: String
    var width: String
    var isThere: Bool
  }

  static let name = "effects"
  static let title = "Main effects"
  static let template = """
    <p>{{note}}</p>
    <table class="shares">
    <thead><tr><th>Share of the variance</th>{{#results}}<th>{{.}}</th>{{/results}}</tr></thead>
    <tbody>
    {{#shares}}
    <tr><th scope="row">{{parameter}}</th>{{#cells}}<td data-label="{{label}}"><span class="share-cell">{{text}}<span class="bar">\
    {{#isThere}}<i class="k0" style="width:{{width}}%"></i>{{/isThere}}</span></span></td>{{/cells}}</tr>
    {{/shares}}
    </tbody>
    </table>
    <table class="sortable">
    <thead><tr><th>Parameter</th><th>Value</th><th class="n">Points</th>{{#results}}<th class="n">{{.}}</th>{{/results}}</tr></thead>
    <tbody>
    {{#rows}}
    <tr><th scope="row">{{parameter}}</th><td data-label="Value">{{level}}</td><td class="n" data-label="Points">{{points}}</td>\
    {{#cells}}<td class="n" data-label="{{label}}" data-value="{{value}}"><span>{{text}}<small>{{change}}</small></span></td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table>
    """
  static let style = """
    .effects small{white-space:normal}
    .share-cell{display:block}
    .shares .bar{max-width:14rem}
    """

  var note: String
  var results: [String]
  var shares: [Share]
  var rows: [Row]

  init?(_ models: EffectModels) {
    guard !models.entries.isEmpty else { return nil }
    func shareCell(_ entry: EffectModels.Entry, _ share: Double) -> ShareCell {
      ShareCell(
        label: entry.criterion.result, text: PageNumbers.share(share), width: PageNumbers.place(share * 100),
        isThere: share >= 0.000_5)
    }
    results = models.entries.map(\.criterion.title)
    let factors = models.factors
    shares = factors.indices.map { factor in
      Share(
        parameter: factors[factor].name,
        cells: models.entries.map { entry in
          shareCell(entry, entry.model.shares[factor])
        })
    }
    shares.append(
      Share(
        parameter: "no parameter alone",
        cells: models.entries.map { entry in
          shareCell(entry, entry.model.unexplained)
        }))
    rows = factors.enumerated().flatMap { place, factor in
      factor.levels.indices.map { level in
        Row(
          parameter: factor.name, level: factor.levels[level],
          points: UInt64(models.entries.map { $0.model.levels[place][level].count }.max() ?? 0).grouped,
          cells: models.entries.map { Self.cell($0, place, level, models.bases[place]) })
      }
    }
    let baseNames = zip(factors, models.bases).map { "\($0.levels[$1])" }.joined(separator: ", ")
    note =
      "What each value of a parameter does while the others change: the mean over all points, and the change against \(baseNames)."
    if !models.isBalanced {
      note +=
        " Not all combinations are there equally often, so means are those of a fit that lets each parameter add its part, and the "
        + "shares need not come to 100 %."
    }
    if models.isConfounded {
      note += " Some values always come together: what each of them does can’t be told."
    }
    note +=
      " ± is half of the interval that holds a mean in 95 of 100 cases, by what the sum of the parameters does not explain."
  }

  private static func cell(_ entry: EffectModels.Entry, _ place: Int, _ level: Int, _ base: Int) -> Cell {
    let levels = entry.model.levels[place]
    let own = levels[level]
    guard own.count > 0 else { return Cell(label: entry.criterion.result, text: "–", value: "", change: "") }
    let change =
      level == base || levels[base].count == 0 ? nil : PageNumbers.change(own.mean, from: levels[base].mean)
    return Cell(
      label: entry.criterion.result, text: PageNumbers.text(own.mean, halfWidth: own.halfWidth),
      value: ResultText.exact(own.mean), change: change ?? "")
  }
}
