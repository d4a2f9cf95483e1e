import Hexadecimal
import SimCPU
import SimEvents

extension ReplayReport {
  /// For people, over several lines, the first of which is not indented.
  public var text: String {
    var lines = [
      "first difference: event \(divergence.number), virtual time \(divergence.time) cycles, "
        + "instruction \(divergence.instruction)",
      "  expected  \(describe(divergence.expected, oldSymbols) ?? "no further event: the recorded run ended here")",
      "  got       \(describe(divergence.got, newSymbols) ?? "no further event: this run ended here")",
    ]
    lines += divergence.differences.map { "  \($0.name): expected \($0.expected), got \($0.got)" }
    if let pointer { lines.append("  at \(pointer.hexadecimal), \(place(of: pointer))") }
    lines += registerLines
    lines += syncLines
    if !divergence.before.isEmpty { lines.append("  the \(divergence.before.count) events before, the same in both:") }
    for (index, event) in divergence.before.enumerated() {
      let number = divergence.number - UInt64(divergence.before.count - index)
      lines.append("    \(oldSymbols.text(NumberedEvent(number: number, event: event)))")
    }
    lines += conclusionLines
    if versions.recorded != versions.replayed {
      lines.append("  recorded by version \(versions.recorded), replayed by version \(versions.replayed)")
    }
    return lines.joined(separator: "\n")
  }

  private func describe(_ event: Event?, _ symbols: TraceSymbols) -> String? {
    event.map { symbols.text(NumberedEvent(number: divergence.number, event: $0)) }
  }

  private func place(of pointer: UInt64) -> String {
    let name = newSymbols.name(of: pointer, at: divergence.number) ?? "which no symbol covers"
    return name + (sourceLine.map { " (\($0))" } ?? "")
  }

  private var registerLines: [String] {
    guard let now else { return ["  registers now: this run ended before"] }
    var lines = ["  registers now, before this instruction:"] + now.listing.map { "    \($0)" }
    if let then {
      let differences = then.differences(to: now)
      lines.append("  registers then: \(differences.isEmpty ? "the same" : "different in")")
      lines += differences.listing(old: "then", new: "now").map { "    \($0)" }
    }
    return lines
  }

  private var syncLines: [String] {
    guard let next else { return then == nil ? ["  registers then: the recording has none from here on"] : [] }
    let place = "at the recording's next sync point, instruction \(next.point.instruction)"
    guard let differences = next.differences else { return ["  registers then: this run ended before those \(place)"] }
    if differences.isEmpty { return ["  registers \(place): the same then and now"] }
    return ["  registers \(place), different in"] + differences.listing(old: "then", new: "now").map { "    \($0)" }
  }

  private var conclusionLines: [String] {
    switch conclusion {
    case .searched(let narrowing):
      narrowing.lines(old: oldSymbols, new: newSymbols, at: divergence.number).map { "  \($0)" }
    case .interval(let after, let upTo, let isRepeatable):
      [
        "  narrowed to: after instruction \(after) "
          + (lastSame.map { "(sync point, event \($0.number): registers and memory as recorded)" } ?? "(the start)")
          + ", up to instruction \(upTo)",
        isRepeatable
          ? "  this run gives the same difference every time: the recording is of other inputs or another version, "
            + "which can't be run here, so no single instruction is to blame"
          : "  this run differs from itself when it is repeated: a defect of the simulator",
      ]
    }
  }
}

extension Narrowing {
  /// What was found, for people.
  ///
  /// - Parameters:
  ///   - old, new: name the addresses.
  ///   - number: of the first different event, as loaded programs come and go.
  ///   - sides: what the two runs are called.
  public func lines(
    old: TraceSymbols, new: TraceSymbols, at number: UInt64, sides: (old: String, new: String) = ("then", "now")
  ) -> [String] {
    switch self {
    case .found(let difference): difference.lines(old, new, number, sides)
    case .differentBefore(let instruction, let registers):
      ["before instruction \(instruction), where the search began, registers differ:"]
        + registers.listing(old: sides.old, new: sides.new).map { "  \($0)" }
    case .sameState(let until):
      [
        "no difference of registers or memory was seen before instruction \(until): it lies in what the scenario does, in "
          + "time, in a device, or in pages that were different from the start"
      ]
    }
  }
}

extension FirstDifference {
  /// The instruction in both runs, once where it is the same.
  private func codeLines(_ sides: (old: String, new: String)) -> [String] {
    func line(_ code: [UInt8]) -> String {
      let bytes = code.hexadecimal()
      return bytes + (Disassembly.text(of: code, in: before).map { ": \($0)" } ?? "")
    }
    if code == newCode || newCode.isEmpty { return ["  its bytes: \(line(code))"] }
    return ["  its bytes \(sides.old): \(line(code))", "  its bytes \(sides.new): \(line(newCode))"]
  }

  fileprivate func lines(
    _ old: TraceSymbols, _ new: TraceSymbols, _ number: UInt64, _ sides: (old: String, new: String)
  ) -> [String] {
    let name = new.name(of: pointer, at: number) ?? old.name(of: pointer, at: number) ?? "which no symbol covers"
    let line = new.sourceLine(of: pointer, at: number)
    var lines = [
      "first differing instruction: number \(instruction) at \(pointer.hexadecimal), \(name)"
        + (line.map { " (\($0))" } ?? "")
    ]
    lines += codeLines(sides)
    if !pagesDifferentBefore.isEmpty {
      lines.append("  pages that were different before and are not compared: \(pagesDifferentBefore.count)")
    }
    if let ended { lines.append("  the run \(ended == .old ? sides.old : sides.new) ended before it") }
    lines += registers.listing(old: sides.old, new: sides.new).map { "  after it \($0)" }
    lines += memory.map {
      "  after it memory at \($0.address.hexadecimal): \($0.old.hexadecimal()) "
        + "\(sides.old), \($0.new.hexadecimal()) \(sides.new)"
    }
    if oldEvents == newEvents {
      lines += oldEvents.map { "  both showed \($0.text)" }
    } else {
      lines +=
        oldEvents.map { "  \(sides.old) showed \($0.text)" } + newEvents.map { "  \(sides.new) showed \($0.text)" }
    }
    return lines
  }
}
