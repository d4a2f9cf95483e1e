import GuestOS
import Hexadecimal
import Scenarios
import SimEvents
import SimVirtio

/// What one engine showed in one run, in the form in which engines are compared.
public struct Observation: Equatable, Sendable {
  /// The items of each category, in the order in which they happened.
  public internal(set) var items: [Category: [String]] = [:]
  /// Why a category is missing.
  public internal(set) var notShown: [Category: String] = [:]
  /// What depends on time: shown, never compared.
  public internal(set) var counts: [Count] = []

  fileprivate static let outcomeMark = "outcome "

  /// Without the outcome's word; how the guest ended, and how far the script got, stays.
  var withoutOutcome: Observation {
    var other = self
    other.items[.outcome]?.removeAll { $0.hasPrefix(Self.outcomeMark) }
    return other
  }

  public struct Count: Equatable, Sendable {
    public var name: String
    public var value: UInt64
  }
}

/// The state that a run leaves, as far as engines are compared by it.
public struct FinalState: Equatable, Sendable {
  /// Little-endian bytes of each variable; nil where nothing is mapped.
  public var variables: [(symbol: String, bytes: [UInt8]?)] = []
  /// The digest of the share; nil if there is none to be seen.
  public var share: String?

  /// The application's own variables. Scenarios name further ones.
  static let applicationVariables = ["count", "ushell_test_pages"]
  /// The application prints its value before it counts it up: what is compared is how far it is ahead.
  static let counter = "count"
  /// Longer variables are compared by their first bytes.
  private static let variableBytesMax: UInt64 = 8192

  public init(variables: [(symbol: String, bytes: [UInt8]?)] = [], share: String? = nil) {
    (self.variables, self.share) = (variables, share)
  }

  public init(of machine: any ScenarioMachine, _ inputs: RunInputs) {
    var names = Self.applicationVariables
    for value in inputs.scenario.expect.memory where !names.contains(value.symbol) { names.append(value.symbol) }
    for name in names {
      guard let symbol = inputs.image.symbol(named: name) else { continue }
      let count = Int(min(max(symbol.size, 8), Self.variableBytesMax))
      variables.append((name, machine.readMemory(at: symbol.address, count: count)))
    }
    share = machine.shareTree?.digest()
  }

  public static func == (one: FinalState, other: FinalState) -> Bool {
    one.share == other.share
      && one.variables.elementsEqual(other.variables) { $0.symbol == $1.symbol && $0.bytes == $1.bytes }
  }
}

/// Makes an observation from a run's events and the state it left.
public final class Observer: EventSink {
  private let image: GuestImage
  private var consoles: [[UInt8]] = Console.allCases.map { _ in [] }
  private var items: [Category: [String]] = [:]
  private var counts: [EventKind: UInt64] = [:]
  private var stepsDone = 0
  private var lastTime: UInt64 = 0

  /// A guest that prints without end must not fill the host's memory.
  private static let consoleBytesMax = 4 << 20
  private static let itemsMax = 200_000
  private static let countedKinds: [EventKind] = [
    .interrupt, .exception, .pkruWrite, .halt, .mmioAccess, .ninePRequest, .descriptorChain,
  ]

  private let clockHz: UInt64

  public init(_ inputs: RunInputs) {
    image = inputs.image
    clockHz = inputs.scenario.machine.clockHertz
  }

  public func record(_ event: Event) {
    lastTime = event.time
    counts[event.payload.kind, default: 0] += 1
    switch event.payload {
    case .consoleOutput(let console, let bytes):
      let index = Int(console.rawValue)
      if consoles[index].count < Self.consoleBytesMax { consoles[index] += bytes }
    case .exception(let vector, let errorCode, let pointer, let address):
      let reached = vector == 14 ? ", address \(address.hexadecimal)" : ""
      add(.exceptions, "vector \(vector), error code \(errorCode.hexadecimal), at \(place(pointer))\(reached)")
    // Threads change when time says so.
    case .guest(GuestRecord.Name.thread.rawValue, _): break
    case .guest(let name, let detail):
      let category: Category = [.loader, .refused].contains(GuestRecord.Name(rawValue: name)) ? .loader : .domains
      add(category, TimeIndependence.text("\(name) \(detail)"))
    case .pkruWrite(let old, let new, let pointer):
      add(.keys, "\(old.hexadecimal) -> \(new.hexadecimal) at \(place(pointer))")
    case .ninePRequest(_, let message, let detail), .ninePReply(_, let message, let detail):
      if let item = NinePProjection.item(message, detail) { add(.ninep, item) }
    case .deviceStatus(let device, let status): add(.devices, "\(device) status \(status.hexadecimal)")
    case .queueError(let device, let queue, let reason): add(.devices, "\(device) queue \(queue): \(reason)")
    case .scriptStep: stepsDone += 1
    case .tripleFault: add(.outcome, "triple fault")
    case .debugExit(let value): add(.outcome, "debug exit \(value)")
    case .outcome(let outcome, _): add(.outcome, "\(Observation.outcomeMark)\(outcome)")
    default: break
    }
  }

  private func add(_ category: Category, _ item: String) {
    if items[category, default: []].count < Self.itemsMax { items[category, default: []].append(item) }
  }

  /// - Parameter hidden: kinds of events that the engine does not show.
  public func observation(_ state: FinalState, hidden: Set<EventKind>, engine: EngineKind) -> Observation {
    var observation = Observation(items: items)
    add(&observation, .outcome, ["script steps done: \(stepsDone)"])
    add(&observation, .shell, TimeIndependence.lines(consoles[1]).map(TimeIndependence.text))
    add(&observation, .application, TimeIndependence.applicationLines(consoles[0]))
    add(&observation, .memory, state.variables.map(describe))
    if let share = state.share { observation.items[.share] = ["digest \(share)"] }
    observation.counts =
      [.init(name: "time in ms", value: lastTime / (clockHz / 1_000))]
      + Self.countedKinds.filter { !hidden.contains($0) }.map { .init(name: $0.name, value: counts[$0] ?? 0) }
    for category in Category.allCases {
      let missing = category.kinds.intersection(hidden).map(\.name).sorted()
      guard !missing.isEmpty else { continue }
      observation.items[category] = nil
      observation.notShown[category] = "\(engine.rawValue) does not show \(missing.joined(separator: ", "))"
    }
    if !state.variables.isEmpty, state.variables.allSatisfy({ $0.bytes == nil }) {
      observation.items[.memory] = nil
      observation.notShown[.memory] = "\(engine.rawValue) does not show memory once it has ended"
    }
    if state.share == nil { observation.notShown[.share] = "nothing is shared" }
    return observation
  }

  private func add(_ observation: inout Observation, _ category: Category, _ items: [String]) {
    observation.items[category, default: []] += items
  }

  private func describe(_ variable: (symbol: String, bytes: [UInt8]?)) -> String {
    guard let bytes = variable.bytes else { return "\(variable.symbol) is not mapped" }
    guard bytes.count <= 8 else {
      return "\(variable.symbol): \(bytes.count) bytes, digest \(ContentDigest.hex(of: bytes))"
    }
    let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if variable.symbol == FinalState.counter, let shown = TimeIndependence.lastNumber(consoles[0]) {
      return "\(variable.symbol) = the last number printed + \(value &- shown)"
    }
    return "\(variable.symbol) = \(value)"
  }

  private func place(_ address: UInt64) -> String {
    let name = image.symbol(at: address).map { " (\($0.symbol.name)+\($0.offset.hexadecimal))" } ?? ""
    return "\(address.hexadecimal)\(name)"
  }
}
