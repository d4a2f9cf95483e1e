import Foundation
import Pages

/// Results beside what was measured on a real machine.
struct ReferenceSection: ReportSection {
  static let name = "references"
  static let title = "Beside what was measured"
  static let template = """
    <div class="scroll"><table class="sortable">
    <thead><tr><th>Figure</th><th>What</th><th class="number">Measured</th><th class="number">Model</th>\
    <th class="number">Difference</th><th>Part</th><th>To be known</th></tr></thead>
    <tbody>
    {{#rows}}
    <tr><td>{{figure}}</td><td>{{what}}</td><td class="number">{{measured}}</td><td class="number">{{model}}</td>\
    <td class="number">{{difference}}</td><td>{{part}}</td><td>{{note}}</td></tr>
    {{/rows}}
    </tbody></table></div>
    <ul class="plain">
    {{#errors}}
    <li>{{.}}</li>
    {{/errors}}
    </ul>
    <p class="note">Free parameters were fitted to the training part only. Changes in percent are compared in percentage points, \
    other numbers in percent.</p>
    """

  struct Row {
    var figure: String
    var what: String
    var measured: String
    var model: String
    var difference: String
    var part: String
    var note: String
  }

  var rows: [Row]
  var errors: [String]

  init?(_ references: [ReferenceComparison]) {
    if references.isEmpty { return nil }
    rows = references.map { line in
      let texts = line.texts
      return Row(
        figure: line.reference.figure, what: line.reference.name, measured: texts.published, model: texts.model,
        difference: texts.difference, part: line.reference.part.rawValue, note: line.remark)
    }
    errors = references.errorLines
  }
}
