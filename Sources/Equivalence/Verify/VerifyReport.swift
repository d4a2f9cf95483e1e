import Scenarios

/// What `sim verify` says about one scenario.
public struct VerifyReport: Sendable {
  public var scenario: String
  public var results: [EquivalenceCheck.EngineResult]

  public init(scenario: String, results: [EquivalenceCheck.EngineResult]) {
    (self.scenario, self.results) = (scenario, results)
  }

  /// Engines that could be compared.
  public var agreements: [Agreement] {
    results.compactMap { if case .compared(let agreement) = $0.verdict { agreement } else { nil } }
  }

  public var disagrees: Bool { agreements.contains { !$0.isComplete } }

  /// - Parameter paint: wraps a text in a colour where that is wanted.
  public func text(paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text }) -> String {
    results.map { ([headline($0, paint)] + details($0)).joined(separator: "\n") }.joined(separator: "\n")
  }

  private func headline(_ result: EquivalenceCheck.EngineResult, _ paint: (String, Bool) -> String) -> String {
    let names = "\(scenario): simulator and \(result.engine.rawValue)"
    return switch result.verdict {
    case .compared(let agreement):
      "\(paint(agreement.isComplete ? "agree" : "DISAGREE", agreement.isComplete)) \(names)"
    case .unavailable(let reason): "\(paint("not run", false)) \(names): \(reason)"
    case .notComparable(let reason): "not comparable \(names): \(reason)"
    }
  }

  private func details(_ result: EquivalenceCheck.EngineResult) -> [String] {
    guard case .compared(let agreement) = result.verdict else { return [] }
    var lines = agreement.rows.map { row in
      let name = padded(row.category.rawValue, 12)
      if let reason = row.notShown { return "  \(name)    -       \(reason)" }
      return "  \(name)\(padded("\(row.percent)", -5)) %  \(row.equalCount) of \(row.itemCount)"
    }
    for disagreement in agreement.disagreements.prefix(1) {
      lines.append("  first disagreement: \(disagreement.category.rawValue), item \(disagreement.index)")
      lines += disagreement.before.map { "    both       \($0)" }
      lines.append("    simulator  \(disagreement.simulator ?? "nothing more")")
      lines.append("    \(padded(result.engine.rawValue, 9))  \(disagreement.engine ?? "nothing more")")
    }
    let counts = result.counts.map { "\($0.name) \($0.simulator) / \($0.engine)" }
    lines.append("  not compared, as it depends on time: \(counts.joined(separator: ", "))")
    return lines + result.notes.map { "  note: \($0)" }
  }

  /// Left-aligned in `width` columns, right-aligned if it is negative.
  private func padded(_ text: String, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: max(0, abs(width) - text.count))
    return width < 0 ? blanks + text : text + blanks
  }

  public var json: JSONText {
    .object([("scenario", .string(scenario)), ("engines", .array(results.map(json)))])
  }

  private func json(_ result: EquivalenceCheck.EngineResult) -> JSONText {
    var members: [(key: String, value: JSONText)] = [("engine", .string(result.engine.rawValue))]
    switch result.verdict {
    case .unavailable(let reason): members += [("verdict", .string("not-run")), ("reason", .string(reason))]
    case .notComparable(let reason): members += [("verdict", .string("not-comparable")), ("reason", .string(reason))]
    case .compared(let agreement):
      members.append(("verdict", .string(agreement.isComplete ? "agree" : "disagree")))
      members.append(("categories", .array(agreement.rows.map(json))))
      members.append(("disagreements", .array(agreement.disagreements.map(json))))
      members.append(
        (
          "counts",
          .array(
            result.counts.map {
              .object([
                ("name", .string($0.name)), ("simulator", .integer($0.simulator)), ("engine", .integer($0.engine)),
              ])
            })
        ))
      members.append(("notes", .array(result.notes.map { .string($0) })))
    }
    return .object(members)
  }

  private func json(_ row: Agreement.Row) -> JSONText {
    if let reason = row.notShown {
      return .object([("category", .string(row.category.rawValue)), ("notShown", .string(reason))])
    }
    return .object([
      ("category", .string(row.category.rawValue)), ("items", .integer(UInt64(row.itemCount))),
      ("equal", .integer(UInt64(row.equalCount))), ("percent", .integer(UInt64(row.percent))),
    ])
  }

  private func json(_ disagreement: Agreement.Disagreement) -> JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("category", .string(disagreement.category.rawValue)), ("item", .integer(UInt64(disagreement.index))),
      ("before", .array(disagreement.before.map { .string($0) })),
    ]
    if let text = disagreement.simulator { members.append(("simulator", .string(text))) }
    if let text = disagreement.engine { members.append(("engine", .string(text))) }
    return .object(members)
  }
}
