import SimEvents
import TerminalText

extension TraceComparison {
  /// For people, over several lines.
  ///
  /// - Parameters:
  ///   - rerun: what running both again has told.
  ///   - paint: wraps a text in a colour where that is wanted.
  public func text(_ rerun: Rerun? = nil, paint: (_ text: String, _ isGood: Bool) -> String = { text, _ in text })
    -> String
  {
    var lines = [
      "\(old.name.terminalLine), \(new.name.terminalLine): \(paint(isSame ? "same" : "DIFFERENT", isSame)): \(verdict)",
      "  A  \(old.summary)", "  B  \(new.summary)",
    ]
    lines += inputs.map { "  \($0.what.terminalLine): \($0.old) in A, \($0.new) in B" }
    if let first { lines += describe(first, title: "first difference, after \(equalCount) equal events", rerun) }
    if let shift, first == nil {
      lines += describe(shift, title: "the same events, but their times or places differ from here on", rerun)
    } else if let shift {
      lines.append("before that, times or places differ from here on:")
      lines += sides(shift)
    }
    lines += rerun?.conclusions(self) ?? []
    return lines.joined(separator: "\n")
  }

  private var verdict: String {
    let manner =
      closeness == .exact
      ? "times and instruction counts too" : "event by event, whatever their times and places"
    return isSame ? "\(equalCount) events, \(manner)" : "compared \(manner)"
  }

  private func describe(_ difference: TraceDifference, title: String, _ rerun: Rerun?) -> [String] {
    var lines = [title + ":"] + sides(difference) + (rerun?.places(self) ?? [])
    lines += fieldTexts(difference).map { "  \($0.name): \($0.old) in A, \($0.new) in B" }
    if let shape = difference.shape { lines.append("  \(shape)") }
    if !difference.before.isEmpty {
      lines.append("  the \(difference.before.count) events before, as in A:")
      lines += difference.before.map { pair in "    \(describe(pair.old, old))" }
    }
    return lines
  }

  private func sides(_ difference: TraceDifference) -> [String] {
    ["  A  \(describe(difference.pair.old, old))", "  B  \(describe(difference.pair.new, new))"]
  }

  private func describe(_ numbered: NumberedEvent?, _ side: ComparedTrace) -> String {
    guard let numbered else { return "no further event" }
    return side.symbols.text(numbered)
  }

  /// A line of the listing of all differences.
  public func text(_ change: ListedChange) -> String {
    switch change {
    case .hunk(let first, let oldCount, let second, let newCount): "@@ -\(first),\(oldCount) +\(second),\(newCount) @@"
    case .same(let pair): "  \(describe(pair.old, old))"
    case .onlyOld(let event): "- \(describe(event, old))"
    case .onlyNew(let event): "+ \(describe(event, new))"
    }
  }

  /// The fields that differ, in text form.
  func fieldTexts(_ difference: TraceDifference) -> [(name: String, old: String, new: String)] {
    guard let old = difference.pair.old?.event, let new = difference.pair.new?.event else { return [] }
    return difference.fields.map { name in (name, old.text(ofField: name), new.text(ofField: name)) }
  }
}

extension ComparedTrace {
  /// What was run, in one line.
  fileprivate var summary: String {
    let header = trace.header
    let named = header.file(.image).map { ", image \($0.digest)" } ?? ""
    return "\(header.scenario.terminalLine), seed \(header.seed), \(trace.eventCount) events\(named)"
      + (symbols.image == nil ? " (not at hand: its addresses have no names)" : "")
  }
}

extension TraceDifference {
  /// What it takes to make the traces agree again.
  fileprivate var shape: String? {
    func count(_ number: Int) -> String { "\(isCutOff ? "at least " : "")\(number) event\(number == 1 ? "" : "s")" }
    switch (onlyOld, onlyNew) {
    case (0, 0): return nil
    case (let old, 0): return "\(count(old)) from here on only in A"
    case (0, let new): return "\(count(new)) from here on only in B"
    case (let old, let new): return "\(count(old)) of A stand where B has \(count(new))"
    }
  }
}

extension Event {
  fileprivate func text(ofField name: String) -> String {
    switch name {
    case "time": "\(time)"
    case "instruction": "\(instruction)"
    default: fields.first { $0.name == name }?.value.text ?? "-"
    }
  }
}
