import Hexadecimal
import Scenarios
import SimCPU

extension Rerun {
  /// Where each run was at the difference, for people.
  func places(_ comparison: TraceComparison) -> [String] {
    let pair = (comparison.first ?? comparison.shift)?.pair
    return [
      old.map { "  A was at \($0.text(comparison.old.symbols, pair?.old?.number))" },
      new.map { "  B was at \($0.text(comparison.new.symbols, pair?.new?.number))" },
    ].compactMap(\.self)
  }

  /// What else is known, for people.
  func conclusions(_ comparison: TraceComparison) -> [String] {
    (instruction?.lines(comparison) ?? []) + notes
  }

  /// The member `rerun` of what `sim diff --format json` prints.
  public func json(_ comparison: TraceComparison) -> JSONText {
    let pair = (comparison.first ?? comparison.shift)?.pair
    var members: [(key: String, value: JSONText)] = []
    if let old { members.append(("a", old.json(comparison.old.symbols, pair?.old?.number))) }
    if let new { members.append(("b", new.json(comparison.new.symbols, pair?.new?.number))) }
    if let instruction {
      let place = EventPlace(pointer: instruction.pointer)
      members.append(
        (
          "instruction",
          .object([
            ("instruction", .integer(instruction.instruction)),
            ("a", place.json(comparison.old.symbols, nil)), ("b", place.json(comparison.new.symbols, nil)),
            (
              "registers",
              .array(
                instruction.registers.map {
                  .object([
                    ("name", .string($0.name)), ("a", .string($0.old.hexadecimal)), ("b", .string($0.new.hexadecimal)),
                  ])
                })
            ),
          ])
        ))
    }
    return .object(members + [("notes", .array(notes.map { .string($0) }))])
  }
}

extension EventPlace {
  fileprivate init(pointer: UInt64) {
    (self.pointer, callers) = (pointer, [])
  }

  fileprivate func text(_ symbols: TraceSymbols, _ number: UInt64?) -> String {
    let names =
      [symbols.name(of: pointer, at: number ?? 0) ?? pointer.hexadecimal]
      + callers.map { symbols.name(ofReturn: $0, at: number ?? 0) ?? $0.hexadecimal }
    return names[0] + (callers.isEmpty ? "" : ", called from " + names.dropFirst().joined(separator: ", from "))
  }

  fileprivate func json(_ symbols: TraceSymbols, _ number: UInt64?) -> JSONText {
    func place(_ address: UInt64, _ name: String?) -> [(key: String, value: JSONText)] {
      [("address", .string(address.hexadecimal))] + (name.map { [("symbol", .string($0))] } ?? [])
    }
    let callers = callers.map { JSONText.object(place($0, symbols.name(ofReturn: $0, at: number ?? 0))) }
    return .object(place(pointer, symbols.name(of: pointer, at: number ?? 0)) + [("callers", .array(callers))])
  }
}

extension FirstDifference {
  fileprivate func lines(_ comparison: TraceComparison) -> [String] {
    let names = [comparison.old, comparison.new].map { $0.symbols.name(of: pointer, at: 0) ?? pointer.hexadecimal }
    var lines = [
      "first different instruction: after \(instruction) instructions, at \(pointer.hexadecimal): "
        + (names[0] == names[1] ? "\(names[0]) in both" : "\(names[0]) in A, \(names[1]) in B")
    ]
    lines += registers.map { "  \($0.name): \($0.old.hexadecimal) in A, \($0.new.hexadecimal) in B" }
    lines += memory.map {
      "  memory at \($0.address.hexadecimal): \($0.old.hexadecimal()) in A, \($0.new.hexadecimal()) in B"
    }
    return lines
  }
}
