import Scenarios
import SimEvents

extension Attack {
  static let table = KeyTable(
    name: "attack",
    keys: [
      "title", "precondition", "reference", "arguments", "attach", "with", "symbols", "within", "cells", "control",
      "elsewhere",
    ], required: ["title", "reference"])
  static let cellTable = KeyTable(name: "cell", keys: ["outcome", "rule", "event"], required: ["outcome"])

  static let withinDefault = VirtualDuration(nanoseconds: 2_500_000_000)

  /// Reads the object at a file's head, and notes everything that is wrong with it.
  init?(
    _ file: AttackFile, name: String, _ attackClass: AttackClass, _ program: Program, isLenient: Bool,
    problems: ProblemList
  ) {
    guard let reader = ObjectReader(file.tree, path: "$", table: Self.table, problems: problems) else { return nil }
    self.name = name
    self.attackClass = attackClass
    self.program = program
    self.file = file.path
    title = reader.string("title") ?? ""
    reference = reader.string("reference") ?? ""
    precondition = reader.string("precondition")
    for key in ["title", "reference"] where reader.string(key)?.isEmpty == true {
      reader.complain(key, "is empty", "say it in a few words")
    }
    arguments = reader.strings("arguments")
    attach = reader.string("attach")
    with = reader.strings("with")
    symbols = reader.strings("symbols")
    within = reader.duration("within") ?? Self.withinDefault
    cells = Self.cells(reader, program, isLenient)
    control = Self.control(reader)
    elsewhere = Self.elsewhere(reader)
    if program == .none { checkRow(reader) }
    if program != .bpf, attach != nil { reader.complain("attach", "only BPF programs are attached", "take it away") }
    if program == .bpf, !control.isEmpty {
      reader.complain("control", "a BPF program has no bypass to be without", "take it away")
    }
    checkWords(reader)
  }

  private static func design(_ member: JSONNode.Member, _ path: String, _ problems: ProblemList) -> Design? {
    if let design = Design(rawValue: member.key) { return design }
    problems.add(
      member.keyPosition, path, "\"\(member.key)\" is no isolation design",
      remedyForName(member.key, among: Design.allCases.map(\.rawValue), noun: "design"))
    return nil
  }

  private static func cells(_ reader: ObjectReader, _ program: Program, _ isLenient: Bool) -> [Design: Expectation] {
    var cells: [Design: Expectation] = [:]
    var seen: Set<Design> = []
    for member in reader.entries("cells") {
      guard let design = design(member, reader.path("cells"), reader.problems) else { continue }
      seen.insert(design)
      let path = "\(reader.path("cells")).\(member.key)"
      if let cell = Expectation(member.value, path: path, problems: reader.problems) { cells[design] = cell }
    }
    for design in Design.allCases where !seen.contains(design) {
      if let usual = usual(program, design) {
        cells[design] = usual
      } else if !isLenient {
        reader.complain(
          "cells", "the cell of \(design.rawValue) is missing",
          "add \"\(design.rawValue)\": {\"outcome\": …}, or have it written with sim attack-matrix --update")
      }
    }
    return cells
  }

  /// What need not be written.
  static func usual(_ program: Program, _ design: Design) -> Expectation? {
    switch program {
    case .none: Expectation(outcome: .notModelled)
    case .native where !design.takesNativeObjects: Expectation(outcome: .refused)
    case .bpf where !design.takesBPFPrograms: Expectation(outcome: .notExpressible)
    case .native, .bpf: nil
    }
  }

  private static func control(_ reader: ObjectReader) -> [Design: CellOutcome] {
    var control: [Design: CellOutcome] = [:]
    for member in reader.entries("control") {
      guard let design = design(member, reader.path("control"), reader.problems) else { continue }
      let path = "\(reader.path("control")).\(member.key)"
      func complain(_ problem: String, _ remedy: String) { reader.problems.add(member.value, path, problem, remedy) }
      guard case .string(let word) = member.value.value, let outcome = CellOutcome(rawValue: word), outcome.isRun,
        outcome != .simulatorDefect
      else {
        complain("is no outcome", "write one of contained, completed, detected, refused")
        continue
      }
      guard !outcome.isSuccess || !design.isolates else {
        complain(
          "without its bypass an attack must not end as \(word)",
          "let BYPASS hold what the attack needs to reach its goal, all of it")
        continue
      }
      control[design] = outcome
    }
    return control
  }

  private static func elsewhere(_ reader: ObjectReader) -> [EngineKind: String] {
    var reasons: [EngineKind: String] = [:]
    let engines = EngineKind.allCases.filter { $0 != .unicorn }
    for member in reader.entries("elsewhere") {
      let path = "\(reader.path("elsewhere")).\(member.key)"
      guard let engine = engines.first(where: { $0.rawValue == member.key }) else {
        reader.problems.add(
          member.keyPosition, path, "\"\(member.key)\" is no other engine",
          remedyForName(member.key, among: engines.map(\.rawValue), noun: "engine"))
        continue
      }
      guard case .string(let reason) = member.value.value, !reason.isEmpty else {
        reader.problems.add(member.value, path, "says nothing", "say why the engine shows something else")
        continue
      }
      reasons[engine] = reason
    }
    return reasons
  }

  private func checkRow(_ reader: ObjectReader) {
    for key in ["arguments", "attach", "with", "symbols", "within", "control", "elsewhere"] where reader[key] != nil {
      reader.complain(key, "belongs to a program, and this is none", "take it away")
    }
    for (design, cell) in cells where cell.outcome.isRun {
      reader.complain(
        "cells", "\(design.rawValue): \(cell.outcome.rawValue) can't be found out without a program",
        "write not-modelled or not-expressible")
    }
  }

  /// Everything that is typed stands on one line, whose words blanks part.
  private func checkWords(_ reader: ObjectReader) {
    let lists = [
      ("arguments", arguments), ("with", with), ("symbols", symbols), ("attach", attach.map { [$0] } ?? []),
    ]
    for (key, words) in lists {
      for (index, word) in words.enumerated()
      where word.isEmpty || word.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == 0x2f }) {
        reader.problems.add(
          reader[key]?.position, "\(reader.path(key))[\(index)]", "\"\(word)\" is no word that can be typed",
          "use letters, digits and signs other than blanks and /")
      }
    }
    for (index, object) in with.enumerated() where !object.hasSuffix(".o") {
      reader.problems.add(
        reader["with"]?.position, "$.with[\(index)]", "\"\(object)\" is no object",
        "write the name of a built one: NAME.o")
    }
  }
}

extension Attack.Expectation {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Attack.cellTable, problems: problems),
      let outcome = reader.word("outcome", CellOutcome.self, noun: "outcome")
    else { return nil }
    if outcome == .simulatorDefect {
      reader.complain("outcome", "nobody may expect a defect of the simulator", "report it")
    }
    self.outcome = outcome
    rule = reader.word("rule", Rule.self, noun: "rule")
    if let name = reader.string("event") {
      event = EventKind.allCases.first { $0.name == name }
      if event == nil {
        reader.complain(
          "event", "\"\(name)\" is no kind of event",
          remedyForName(name, among: EventKind.allCases.map(\.name), noun: "kind"))
      }
    }
    if !outcome.isRun, rule != nil || event != nil {
      reader.complain("outcome", "\(outcome.rawValue) has no evidence", "take \"rule\" and \"event\" away")
    }
  }

  /// As a file has it.
  var node: JSONNode {
    let members: [(String, String?)] = [
      ("outcome", outcome.rawValue), ("rule", rule?.rawValue), ("event", event?.name),
    ]
    return JSONNode(
      value: .object(
        members.compactMap { key, word in
          word.map { JSONNode.Member(key: key, value: JSONNode(value: .string($0))) }
        }))
  }
}
