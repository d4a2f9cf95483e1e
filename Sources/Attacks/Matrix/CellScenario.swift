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

  /// - Parameters:
  ///   - outcome: what is expected; nil: nothing in particular, as it is to be found out.
  ///   - isPlain: without what other engines' machines have not: memory that is filled with secrets, a window for devices.
  static func node(_ cell: Cell, expecting outcome: Outcome? = nil, isPlain: Bool = false) -> JSONNode {
    let attack = cell.attack
    var members: [(String, JSONNode)] = [
      ("name", string("\(attack.name) under \(cell.design.rawValue)\(cell.isControl ? ", without its bypass" : "")")),
      ("description", string(attack.title)),
    ]
    members += common(cell.guest, isPlain: isPlain)
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

  private static func common(_ guest: GuestKey, isPlain: Bool = false) -> [(String, JSONNode)] {
    let secrets = ("secrets", array([object(("symbol", string("secret")), ("size", number("32")))]))
    return [
      ("machine", machine(guest, isPlain: isPlain)),
      ("guest", object(("variant", string(guest.variant.rawValue)), ("design", string(guest.design.rawValue)))),
    ] + (isPlain ? [] : [secrets])
  }

  private static func machine(_ guest: GuestKey, isPlain: Bool) -> JSONNode {
    var members = [("costs", string(costs))]
    if guest.design.usesDMAWindow, !isPlain { members.append(("dmaWindow", dmaWindow)) }
    return node(members)
  }

  /// Free memory before the overlay's, which are the last 16 MiB of 64.
  private static let dmaWindow = object(("address", string("0x2f00000")), ("sizeKiB", number("1024")))

  /// A design that takes no native object refuses the attack whatever lies beside it.
  private static func isPrepared(_ cell: Cell) -> Bool { cell.attack.program == .bpf || cell.design.takesNativeObjects }

  private static func share(_ cell: Cell) -> JSONNode {
    let attack = cell.attack
    let folder = attack.attackClass.rawValue
    var (attacks, extensions) = ([cell.object], [honest(cell).object])
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
    let ready = prompt(within: "2s")
    func send(_ line: String) -> JSONNode { object(("send", string(line))) }
    var steps: [JSONNode] = []
    if isPrepared(cell) {
      for name in attack.with {
        steps += [send("\(name.hasSuffix(".bpf.o") ? "bpf_exec" : "prog-load") \(name)"), ready]
      }
      if !attack.symbols.isEmpty { steps += [send("load \(symbolFile)"), ready] }
    }
    let honest = honest(cell)
    return steps + [
      send(command(cell)), applicationPrints(within: limit(cell)),
      prompt(within: attack.within > Attack.withinDefault ? limit(cell) : answerLimit, isRequired: false),
      send(honest.command), object(("expect", string(honest.shows)), ("within", string(answerLimit))),
      prompt(within: answerLimit), applicationPrints(within: "\(Attack.withinDefault)"),
    ]
  }

  /// A short limit is that of an attack's end, which neither its control nor a refused one comes to.
  private static func limit(_ cell: Cell) -> String {
    let isWhole = !cell.isControl && isPrepared(cell)
    return "\(isWhole ? cell.attack.within : max(cell.attack.within, Attack.withinDefault))"
  }

  /// Shorter than the application's pauses, so that nothing at all is shown where the overlay no longer answers.
  private static let answerLimit = "900ms"

  /// - Parameter isRequired: false: whatever comes, the next extension is asked for.
  private static func prompt(within limit: String, isRequired: Bool = true) -> JSONNode {
    node(
      [("expect", string("> ")), ("within", string(limit))]
        + (isRequired ? [] : [("required", JSONNode(value: .boolean(false)))]))
  }

  /// Waits for the end of a line of the application's, which is its sign of life.
  private static func applicationPrints(within limit: String) -> JSONNode {
    let line = object(("console", number("0")), ("bytes", object(("contains", string("\n")))))
    return object(
      ("waitForEvent", object(("kind", string("consoleOutput")), ("where", line))), ("within", string(limit)))
  }

  /// What is typed to have the attack run.
  private static func command(_ cell: Cell) -> String {
    let attack = cell.attack
    let words =
      switch attack.program {
      case .bpf: attack.attach.map { ["bpf_attach", $0] } ?? ["bpf_exec"]
      case .native, .none: ["run"]
      }
    return (words + [cell.object] + attack.arguments).joined(separator: " ")
  }

  /// An extension that harms nobody, of the attack's own kind where the design takes it, and what it shows when it has run.
  static func honest(_ cell: Cell) -> (object: String, command: String, shows: String) {
    cell.attack.program == .native && cell.design.takesNativeObjects
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
  /// - Parameter outcome: what the cell came to, which the scenario expects.
  public static func scenarioText(_ attack: Attack, _ design: Attack.Design, expecting outcome: Outcome) -> String {
    CellScenario.node(Cell(attack: attack, design: design), expecting: outcome).laidOut()
  }
}
