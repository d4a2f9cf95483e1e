import Scenarios
import SimCPU
import SimEvents

/// One run of a design whose events tell what it costs.
///
/// An extension runs several times: with nothing to do, with calls of the unikernel, with two short loops and a long one. Differences
/// of these times leave out what all have in common.
struct CostRun {
  let design: Attack.Design
  private let isNative: Bool
  private let object: String

  /// Calls of a helper that the BPF program makes; it says so itself.
  private static let helperCalls: UInt64 = 64
  private static let calls: UInt64 = 1000
  private static let shortLoops: [UInt64] = [1000, 2000]
  /// Some periods of the timer.
  private static let longLoop: UInt64 = 40_000_000

  init(_ design: Attack.Design) {
    self.design = design
    isNative = design.takesNativeObjects
    object = isNative ? "design-cost.o" : "design-cost.bpf.o"
  }

  /// - Throws: ``MatrixError`` if a run does not end as it should, ``ScenarioProblems`` if the image or the extension is not there.
  func measure(products: BuildProducts, engine: EngineMaker) throws -> DesignCost {
    let watch = CostWatch(object)
    let result = try MadeUpScenario.run(
      "costs of \(design.rawValue)", scenario.text, products: products, engine: engine, observers: [watch]
    ).result
    guard result.passed, watch.visits.count == commands.count, let idle = watch.idleInstructions,
      let load = watch.loadCycles
    else {
      throw MatrixError(
        "the costs of \(design.rawValue) can't be measured: "
          + ([result.reason] + result.failures).joined(separator: "; "))
    }
    let times = watch.visits.map(\.cycles)
    let calls = isNative ? Self.calls : Self.helperCalls
    return DesignCost(
      design: design, idleInstructions: idle, loadCycles: load, callCycles: times[0],
      serviceCycles: (times[1] &- times[0]) / calls, interruptCycles: isNative ? interrupt(watch.visits) : nil)
  }

  /// What the long loop takes beyond its rounds, by the interrupts that came in it.
  private func interrupt(_ visits: [CostWatch.Visit]) -> UInt64? {
    let (short, other, long) = (visits[2], visits[3], visits[4])
    let (from, to) = (Self.shortLoops[0], Self.shortLoops[1])
    let rounds = (other.cycles &- short.cycles) * (Self.longLoop - from) / (to - from)
    let (beyond, isLess) = (long.cycles &- short.cycles).subtractingReportingOverflow(rounds)
    guard !isLess, long.interrupts > 0 else { return nil }
    return beyond / long.interrupts
  }

  /// What is typed, the first of which with nothing to do.
  private var commands: [String] {
    guard isNative else { return ["bpf_exec \(object)", "bpf_exec \(object) calls"] }
    let loops = (Self.shortLoops + [Self.longLoop]).map { " 0 \($0)" }
    return (["", " \(Self.calls)"] + loops).map { "run \(object)\($0)" }
  }

  private var scenario: JSONText {
    func prompt() -> JSONText { .object([("expect", .string("> ")), ("within", .string("2s"))]) }
    func applicationPrints(_ number: Int) -> JSONText {
      .object([("expectPattern", .string("^\(number)\\r?\\n")), ("console", .string("serial"))])
    }
    let typed = (isNative ? ["prog-load \(object)"] : []) + commands
    let steps =
      [prompt(), applicationPrints(1), applicationPrints(2)]
      + typed.flatMap { [.object([("send", .string($0))]), prompt()] }
    let guest = [("variant", design.smallestVariant.rawValue), ("design", design.rawValue)]
    return .object([
      ("name", .string("costs of \(design.rawValue)")),
      ("description", .string("What the design \(design.rawValue) costs the application.")),
      ("guest", .object(guest.map { ($0.0, .string($0.1)) })),
      ("share", .object([("extensions", .array([.string(object)]))])),
      ("script", .array(steps)),
      ("expect", .object([("outcome", .string(Outcome.completed.rawValue))])),
    ])
  }
}

/// Takes times from a run's events.
private final class CostWatch: EventSink {
  /// A time in the overlay.
  struct Visit {
    var cycles: UInt64
    /// That came while the extension's own code ran.
    var interrupts: UInt64
  }

  private let object: String
  private(set) var visits: [Visit] = []
  private(set) var idleInstructions: UInt64?
  private(set) var loadCycles: UInt64?

  private var lastTyped: UInt64?
  /// The loader has told of the extension, and is not yet seen to be done.
  private var isLoading = false
  private var lastLine: UInt64?
  private var entered: UInt64?
  private var interrupts: UInt64 = 0

  init(_ object: String) { self.object = object }

  var kinds: EventKinds { EventKinds([.guest, .consoleInput, .consoleOutput, .interrupt]) }

  func record(_ event: Event) {
    switch event.payload {
    case .consoleInput: lastTyped = lastTyped ?? event.time
    case .consoleOutput(.serial, let bytes) where bytes.contains(0x0a) && lastTyped == nil:
      idleInstructions = lastLine.map { event.instruction &- $0 }
      lastLine = event.instruction
    case .interrupt where event.actor.isExtension: interrupts += 1
    case .consoleOutput(.virtio, _): endLoad(event)
    case .guest where !event.actor.isExtension: note(event)
    default: break
    }
  }

  /// What a design does after the loader's record, such as a look at the code, is a part of the load.
  private func endLoad(_ event: Event) {
    guard isLoading, let lastTyped else { return }
    loadCycles = event.time &- lastTyped
    isLoading = false
  }

  private func note(_ event: Event) {
    switch event.payload.guestRecord {
    case .loaded(object, _, _): isLoading = loadCycles == nil
    case .domainEntered(object):
      endLoad(event)
      (entered, interrupts) = (event.time, 0)
    case .domainLeft(object):
      if let entered { visits.append(Visit(cycles: event.time &- entered, interrupts: interrupts)) }
      entered = nil
    default: break
    }
  }
}
