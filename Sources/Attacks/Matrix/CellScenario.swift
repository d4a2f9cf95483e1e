import Scenarios

/// The scenario that a cell is: boots, lets the application print, loads what the attack needs, runs it, and then looks whether the
/// application still prints and whether an honest extension still runs.
struct CellScenario {
  /// Slow, so that what hangs takes fewer instructions until that is sure.
  private static let costs = "slow"
  /// What the application prints before anybody attacks: a first pause that later ones are held against.
  private static let firstSteps = [
    object(("expect", string("> "))),
    object(("expectPattern", string("^1\\r?\\n")), ("console", string("serial"))),
  ]
  /// The step behind which the snapshot is taken that cells fork from.
  static let lastCommonStep = UInt32(1)
  static let symbolFile = "symbols.txt"

  /// - Parameter outcome: what is expected; nil: nothing in particular, as it is to be found out.
  static func node(_ cell: Cell, expecting outcome: Outcome? = nil) -> JSONNode {
    let attack = cell.attack
    var members: [(String, JSONNode)] = [
      ("name", string("\(attack.name) under \(cell.design.rawValue)\(cell.isControl ? ", without its bypass" : "")")),
      ("description", string(attack.title)),
    ]
    members += common(cell.guest)
    members += [("share", share(cell)), ("script", array(firstSteps + steps(cell)))]
    if let outcome { members.append(("expect", object(("outcome", string(outcome.rawValue))))) }
    return JSONNode(value: .object(members.map { JSONNode.Member(key: $0.0, value: $0.1) }))
  }

  /// The scenario whose run is held for cells to fork from: its share has as many names as theirs, which the guest knows from the root's
  /// version, and its script begins like theirs.
  static func base(_ guest: GuestKey, names: Int) -> JSONNode {
    let files = (0..<names).map { (key: "file-\($0)", value: string("")) }
    let members: [(String, JSONNode)] =
      common(guest) + [
        ("share", object(("files", node(files)))), ("script", array(firstSteps + [object(("wait", string("1ms")))])),
      ]
    return node(members)
  }

  /// How many names a cell's share has.
  static func nameCount(_ cell: Cell) -> Int {
    let share = share(cell)
    return ["attacks", "extensions"].reduce(0) { $0 + (share[$1]?.children.count ?? 0) }
      + (share["symbols"] == nil ? 0 : 1)
  }

  private static func common(_ guest: GuestKey) -> [(String, JSONNode)] {
    [
      ("machine", object(("costs", string(costs)))),
      ("guest", object(("variant", string(guest.variant.rawValue)), ("design", string(guest.design.rawValue)))),
      ("secrets", array([object(("symbol", string("secret")), ("size", number("32")))])),
    ]
  }

  /// A design that takes no native object refuses the attack whatever lies beside it.
  private static func isPrepared(_ cell: Cell) -> Bool { cell.attack.program == .bpf || cell.design.takesNativeObjects }

  private static func share(_ cell: Cell) -> JSONNode {
    let attack = cell.attack
    let folder = attack.attackClass.rawValue
    var (attacks, extensions) = ([cell.object], [honest(cell.design).object])
    if isPrepared(cell) {
      attacks += attack.with.filter(isPart)
      extensions += attack.with.filter { !isPart($0) && !extensions.contains($0) }
    }
    var members = [
      ("attacks", array(attacks.map { string("\(folder)/\($0)") })), ("extensions", array(extensions.map(string))),
    ]
    if isPrepared(cell), !attack.symbols.isEmpty {
      members.append(("symbols", object(("name", string(symbolFile)))))
    }
    return node(members)
  }

  /// Whether an object was built from a file of the attack's class; others are extensions.
  static func isPart(_ object: String) -> Bool { object.hasSuffix(".part.o") }

  private static func steps(_ cell: Cell) -> [JSONNode] {
    let attack = cell.attack
    let prompt = object(("expect", string("> ")))
    func send(_ line: String) -> JSONNode { object(("send", string(line))) }
    var steps: [JSONNode] = []
    if isPrepared(cell) {
      for name in attack.with { steps += [send("prog-load \(name)"), prompt] }
      if !attack.symbols.isEmpty { steps += [send("load \(symbolFile)"), prompt] }
    }
    let command = attack.program == .bpf ? "bpf_exec" : "run"
    steps += [
      send(([command, cell.object] + attack.arguments).joined(separator: " ")),
      object(("expect", string("> ")), ("within", string("\(attack.within)"))),
      // From the application: nobody else prints on this console any more.
      object(
        ("waitForEvent", object(("kind", string("consoleOutput")), ("where", object(("console", number("0")))))),
        ("within", string("\(Attack.withinDefault)"))),
    ]
    let honest = honest(cell.design)
    return steps + [send(honest.command), object(("expect", string(honest.shows))), prompt]
  }

  /// An extension that harms nobody, and what it shows when it has run.
  private static func honest(_ design: Attack.Design) -> (object: String, command: String, shows: String) {
    design.takesNativeObjects
      ? ("hello.o", "run hello.o", "Hello from an extension!\nmain returned 0")
      : ("hello.bpf.o", "bpf_exec hello.bpf.o world", "Hello, world!\nprogram returned 0")
  }

  // MARK: JSON

  private static func string(_ text: String) -> JSONNode { JSONNode(value: .string(text)) }
  private static func number(_ literal: String) -> JSONNode { JSONNode(value: .number(literal)) }
  private static func array(_ elements: [JSONNode]) -> JSONNode { JSONNode(value: .array(elements)) }
  private static func object(_ members: (String, JSONNode)...) -> JSONNode { node(members) }
  private static func node(_ members: [(String, JSONNode)]) -> JSONNode {
    JSONNode(value: .object(members.map { JSONNode.Member(key: $0.0, value: $0.1) }))
  }
}

extension AttackMatrix {
  /// The scenario that a cell is, as a file has it: `sim run` gives it the outcome and the digest that the matrix gives.
  ///
  /// - Parameter found: what the cell came to, which the scenario expects.
  public static func scenarioText(_ attack: Attack, _ design: Attack.Design, expecting found: CellOutcome) -> String {
    let outcome = found == .refused ? Outcome.detected : Outcome(rawValue: found.rawValue)
    return CellScenario.node(Cell(attack: attack, design: design), expecting: outcome).laidOut()
  }
}
