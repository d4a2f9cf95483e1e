import Campaigns
import Hexadecimal
import LineTables
import Scenarios
import SimEvents
import TerminalText
import Traces

/// What came of one injection, for people and for programs.
struct InjectionReport {
  private let run: InjectionRun
  private let explains: Bool
  private let places: [FaultPlaceInSource]
  private let evidence: Evidence?

  /// - Parameter files: where lines of source are looked for.
  init(_ run: InjectionRun, explains: Bool, _ files: DebugFiles) {
    self.run = run
    self.explains = explains
    places = run.injections.map { FaultPlaceInSource($0, run.golden, files) }
    var evidence = run.result.evidence
    if let found = evidence {
      evidence?.sourceLine =
        SourceLine(
          of: found.instructionPointer, called: found.place, in: run.golden.prepared.inputs.image, files)?.place
    }
    self.evidence = evidence
  }

  var lines: [String] {
    var lines = ["\(run.golden.prepared.inputs.scenario.name.terminalLine): \(run.faultClass.rawValue): \(run.reason)"]
    for (event, place) in zip(run.injections, places) {
      guard case .faultInjected(let index, let target, let change, let before, let after, _) = event.payload else {
        continue
      }
      lines.append("  fault \(index): \(target), \(change): \(before) -> \(after)")
      lines.append("    before instruction \(event.instruction), \(event.actor), at \(place.text)")
      if before == after, !before.isEmpty { lines.append("    it was so already: this fault changed nothing") }
    }
    if run.injections.isEmpty { lines.append("  the fault was not triggered") }
    if let failure = run.golden.failure {
      lines.append("  the fault-free run is not what the scenario expects: \(failure)")
    }
    if let evidence { lines.append("  evidence: \(evidence.line)") }
    if let difference = run.difference {
      lines.append("  first event that differs: number \(difference.number)")
      lines.append("    fault-free: \(difference.golden.map(Self.text) ?? "none")")
      lines.append("    here:       \(difference.found.map(Self.text) ?? "none")")
    } else {
      lines.append("  all events are those of the fault-free run")
    }
    if let state = run.stateDifference { lines.append("  \(Self.text(state))") }
    if let at = run.convergedAt {
      lines.append("  the state is that of the fault-free run again, found before instruction \(at)")
    } else if !run.injections.isEmpty {
      lines.append("  the state was never found to be that of the fault-free run again")
    }
    lines.append(
      "  \(run.result.instructions) instructions (fault-free \(run.golden.instructions)), digest \(run.result.digest)")
    if explains { lines += explanation }
    return lines
  }

  private var explanation: [String] {
    ["  the first of these that holds is the class:"]
      + FaultClass.allCases.map { faultClass in
        let mark = faultClass == run.faultClass ? "=>" : "  "
        return "  \(mark) \(faultClass.rawValue): \(faultClass.rule)"
      }
  }

  private static func text(_ event: Event) -> String {
    let fields = event.knownFields.map { "\($0.name) \($0.value.json)" }
    return "instruction \(event.instruction): \(event.payload.kind.name) \(fields.joined(separator: ", "))"
  }

  private static func text(_ state: InjectionRun.StateDifference) -> String {
    let registers = state.registers.prefix(6).map { "\($0.name) \($0.new.hexadecimal) for \($0.old.hexadecimal)" }
    let more = state.registers.count > 6 ? " and \(state.registers.count - 6) more" : ""
    let pages = state.pages.isEmpty ? [] : ["\(state.pages.count) page\(state.pages.count == 1 ? "" : "s") of memory"]
    let parts = (registers.isEmpty ? [] : [registers.joined(separator: ", ") + more]) + pages
    let what = parts.isEmpty ? "devices, timers or the TLB" : parts.joined(separator: "; ")
    return "first look at the state, before instruction \(state.instruction), differs: \(what)"
  }

  var json: JSONText {
    var members: [(key: String, value: JSONText)] = [
      ("scenario", .string(run.golden.prepared.inputs.scenario.name)), ("class", .string(run.faultClass.rawValue)),
      ("reason", .string(run.reason)), ("rule", .string(run.faultClass.rule)),
      ("outcome", .string(run.result.outcome.rawValue)),
      ("faults", .array(zip(run.injections, places).map { Self.json($0, $1) })),
    ]
    if let evidence { members.append(("evidence", evidence.json)) }
    if let difference = run.difference {
      let none = JSONText.string("none")
      members.append(
        (
          "firstDifference",
          .object([
            ("event", .integer(difference.number)),
            ("faultFree", difference.golden.map { .string(Self.text($0)) } ?? none),
            ("here", difference.found.map { .string(Self.text($0)) } ?? none),
          ])
        ))
    }
    if let state = run.stateDifference {
      let registers = state.registers.map { difference -> JSONText in
        .object([
          ("name", .string(difference.name)), ("faultFree", .string(difference.old.hexadecimal)),
          ("here", .string(difference.new.hexadecimal)),
        ])
      }
      members.append(
        (
          "stateDifference",
          .object([
            ("instruction", .integer(state.instruction)), ("registers", .array(registers)),
            ("pages", .array(state.pages.map { .integer(UInt64($0)) })),
          ])
        ))
    }
    if let at = run.convergedAt { members.append(("convergedAt", .integer(at))) }
    members += [
      ("instructions", .integer(run.result.instructions)), ("digest", .string(run.result.digest)),
      ("faultFreeOutcome", .string(run.golden.result.outcome.rawValue)),
      ("faultFreeFailures", .array(run.golden.result.failures.map { .string($0) })),
      ("faultFreeInstructions", .integer(run.golden.instructions)),
      ("faultFreeDigest", .string(run.golden.result.digest)),
    ]
    return .object(members)
  }

  private static func json(_ event: Event, _ place: FaultPlaceInSource) -> JSONText {
    guard case .faultInjected(let index, let target, let change, let before, let after, let code) = event.payload else {
      preconditionFailure("injections are events of that kind")
    }
    var members: [(key: String, value: JSONText)] = [
      ("index", .integer(UInt64(index))), ("target", .string(target)), ("change", .string(change)),
      ("before", .string(before)), ("after", .string(after)), ("instruction", .integer(event.instruction)),
      ("time", .integer(event.time)), ("instructionPointer", .string(event.instructionPointer.hexadecimal)),
      ("actor", .string(event.actor.description)), ("code", .string(code)),
    ]
    if let symbol = place.symbol { members.append(("symbol", .string(symbol))) }
    if let disassembly = place.disassembly { members.append(("disassembly", .string(disassembly))) }
    if let source = place.source { members.append(("source", .string(source))) }
    return .object(members)
  }
}

/// Where a fault happened: the symbol, the instruction, the line of source, as far as they are known.
private struct FaultPlaceInSource {
  let symbol: String?
  let disassembly: String?
  let source: String?
  private let pointer: UInt64

  init(_ event: Event, _ golden: GoldenRun, _ files: DebugFiles) {
    pointer = event.instructionPointer
    symbol = golden.place(pointer, at: event.instruction)
    var code: [UInt8] = []
    if case .faultInjected(_, _, _, _, _, let text) = event.payload {
      code = text.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
    disassembly = Disassembly.text(of: code)
    source = SourceLine(of: pointer, called: symbol, in: golden.prepared.inputs.image, files)?.place
  }

  var text: String {
    let place = [symbol ?? pointer.hexadecimal, source.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    return place + (disassembly.map { ": \($0)" } ?? "")
  }
}
