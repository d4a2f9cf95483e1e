import SimEvents
import SimVirtio

/// What to boot, what to do with it, and what must come of it.
///
/// A run is a function of this, the files it names, the guest image and the simulator's version.
public struct Scenario: Equatable, Sendable {
  /// For people; the default is the file's name without its extension.
  public var name = ""
  public var summary = ""
  public var machine = MachineSpecification()
  public var guest = GuestSpecification()
  /// nil: no file system is offered.
  public var share: ShareSpecification?
  public var script: [ScriptStep] = []
  public var faults: [Fault] = []
  public var secrets: [SecretSpecification] = []
  public var expect = ExpectationSpecification()
  public var seed: UInt64 = 1
  public var budget = Budget()
  /// nil: the script is played to its end.
  public var liveness: Liveness?

  /// What a run may use before it counts as hung.
  public struct Budget: Equatable, Sendable {
    public var time = VirtualDuration(nanoseconds: 60_000_000_000)
    public var instructions: UInt64 = 5_000_000_000

    static let table = KeyTable(name: "budget", keys: ["time", "instructions"])
  }

  public init() {}

  static let table = KeyTable(
    name: "scenario",
    keys: [
      "$schema", "name", "description", "machine", "guest", "share", "script", "faults", "secrets", "expect", "seed",
      "budget", "liveness",
    ])

  /// Every object that a scenario can contain: the published schema must have the same.
  static let tables: [KeyTable] =
    [
      table, Budget.table, Liveness.table, MachineSpecification.table, MachineSpecification.costsTable,
      MachineSpecification.queueSizesTable, MachineSpecification.eventIndexTable,
      DMAWindow.table, DiskSpecification.table,
      GuestSpecification.table,
      GuestSpecification.Module.table, RequestsSpecification.table,
      ShareSpecification.table, ShareSpecification.SymbolFile.table, ScriptStep.table, ScriptStep.eventTable,
      EventFilter.containsTable, SecretSpecification.table,
      ExpectationSpecification.table, ExpectationSpecification.ConsoleText.table,
      ExpectationSpecification.MemoryValue.table, ExpectationSpecification.EventCount.table,
    ] + Fault.tables

  /// Reads a scenario's text.
  ///
  /// - Parameter file: the path that problems name; nothing is read from it.
  public static func read(_ text: [UInt8], file: String) throws(ScenarioProblems) -> Scenario {
    try read(tree(text, file: file), file: file)
  }

  /// A scenario's text as JSON, whatever it says.
  package static func tree(_ text: [UInt8], file: String) throws(ScenarioProblems) -> JSONNode {
    do {
      return try JSONParser.parse(text)
    } catch {
      throw ScenarioProblems([
        .init(
          file: file, position: error.position, path: "$", problem: "not JSON: \(error.problem)",
          remedy: "mend the text at this place")
      ])
    }
  }

  package static func read(_ root: JSONNode, file: String) throws(ScenarioProblems) -> Scenario {
    let problems = ProblemList(file: file)
    let scenario = Scenario(root, problems: problems)
    guard problems.problems.isEmpty, let scenario else { throw ScenarioProblems(problems.problems) }
    return scenario
  }

  private init?(_ root: JSONNode, problems: ProblemList) {
    guard let reader = ObjectReader(root, path: "$", table: Self.table, problems: problems) else { return nil }
    _ = reader.string("$schema")
    name = reader.string("name") ?? ""
    summary = reader.string("description") ?? ""
    seed = reader.integer("seed") ?? seed
    if let node = reader["machine"] {
      machine = MachineSpecification(node, path: "$.machine", problems: problems) ?? machine
    }
    if let node = reader["guest"] {
      guest = GuestSpecification(node, path: "$.guest", problems: problems) ?? guest
    }
    if reader["machine"]?["supervisorKeys"] == nil, guest.effectiveDesign.usesSupervisorKeys {
      machine.supervisorKeys = true
    }
    if let node = reader["share"] { share = ShareSpecification(node, path: "$.share", problems: problems) }
    if let node = reader["budget"] { budget = Budget(node, path: "$.budget", problems: problems) ?? budget }
    if let node = reader["liveness"] { liveness = Liveness(node, path: "$.liveness", problems: problems) }
    let console: Console = machine.devices.contains(.console) ? .virtio : .serial
    script = reader.elements("script").compactMap { element in
      ScriptStep(element.node, path: element.path, console: console, problems: problems)
    }
    faults = reader.elements("faults").compactMap { Fault($0.node, path: $0.path, problems: problems) }
    secrets = reader.elements("secrets").compactMap { SecretSpecification($0.node, path: $0.path, problems: problems) }
    if let node = reader["expect"] {
      expect = ExpectationSpecification(node, path: "$.expect", problems: problems) ?? expect
    }
    if problems.problems.isEmpty { checkConsistency(reader) }
  }
}

extension Scenario.Budget {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    time = reader.duration("time") ?? time
    instructions = reader.integer("instructions", in: 1...(1 << 48)) ?? instructions
    if time.nanoseconds == 0 { reader.complain("time", "is 0", "give the run some virtual time") }
  }
}
