import GuestOS
import SimEvents

/// Judges a run by what the host sees: each rule as a fold over the events, and what the guest itself says only where its own
/// code says it.
public final class Oracle: EventSink {
  // What every event touches goes without the run-time's checks for overlapping access: nobody else is under way in here.
  @exclusivity(unchecked) private var invariants: [any Invariant]
  /// By a kind's raw value, the invariants that look at it.
  private let invariantsByKind: [[Int]]
  /// There are gates by which an extension asks whether it may write: only then does a rule look at an entry into a gate.
  private let hasAnsweringGates: Bool
  /// Which it is a fold of: an event's number is the stream's count before it.
  private let events: EventStream
  private var names: AddressNames

  /// The first event that broke each rule, in the order of the events.
  private(set) var broken: [Evidence] = []
  private(set) var availability: Availability
  private(set) var nextExtension = NextExtension()
  private(set) var values = Values()
  /// Each extension that was stopped: by the host's evidence, with the unikernel's words for it if it has any.
  private(set) var containments: [(text: String, evidence: Evidence?)] = []
  private(set) var applicationWentOn = false
  private(set) var refusals: [(text: String, evidence: Evidence?)] = []
  private(set) var panic: (text: String, evidence: Evidence?)?
  private(set) var tripleFault: Evidence?
  /// Somebody can tell who acts.
  @exclusivity(unchecked) private(set) var isWitnessed = false
  /// An extension was stopped, and the unikernel has not yet said what it was.
  private var isContainmentOpen = false
  private var lastException: (event: Event, number: UInt64)?

  /// - Parameters:
  ///   - promise: what the design in force promises.
  ///   - applicationConsole: the console that only the application prints on, if there is one.
  ///   - second: in cycles.
  ///   - events: of which it is a fold.
  init(
    promise: DesignPromise, image: GuestImage, secrets: [Secret] = [], applicationConsole: Console? = nil,
    second: UInt64, events: EventStream
  ) {
    self.events = events
    names = AddressNames(image)
    availability = Availability(console: applicationConsole, second: second)
    let answering = promise.extensionPKRU == nil ? image.gateTable?.queries ?? [] : []
    let invariants: [any Invariant] = [
      RightsInvariant(promise), StoresInvariant(answering: answering, served: promise.servedVariables),
      SystemRegistersInvariant(promise, registerWrites: image.gateTable?.registerWrites ?? []) { image.isLoaded($0) },
      WritableCodeInvariant(promise),
      TablesInvariant(promise), DevicesInvariant(promise), SecretsInvariant(secrets: secrets),
    ]
    self.invariants = invariants
    // A gate that changes rights by WRMSR can be made to write another register as anybody.
    let own = image.gateTable?.registerWrites.isEmpty ?? true ? [] : EventKinds([.msrWrite, .controlRegisterWrite])
    kinds = .all.subtracting(Self.ofExtensions).subtracting(Self.ofNobody).union(own)
    hasAnsweringGates = !answering.isEmpty
    var byKind = [[Int]](repeating: [], count: 256)
    for kind in EventKind.allCases {
      byKind[Int(kind.rawValue)] = invariants.indices.filter { invariants[$0].kinds.contains(kind) }
    }
    invariantsByKind = byKind
  }

  /// What the unikernel does with ports, devices and system registers is its own affair, and comes by the million.
  private static let ofExtensions = EventKinds([
    .pkruWrite, .portAccess, .mmioAccess, .controlRegisterWrite, .msrWrite, .descriptorTableWrite,
  ])
  private static let ofNobody = EventKinds([.queueNotify, .descriptorChain, .usedChain, .deviceStatus, .scriptStep])

  public let kinds: EventKinds
  public var kindsOfExtensions: EventKinds { Self.ofExtensions }

  public func record(_ event: Event) {
    let number = events.count &- 1
    if !isWitnessed, event.actor != .unknown { isWitnessed = true }
    switch weight(of: event.payload) {
    case .none: return
    case .rules: return foldInvariants(event, number)
    case .values: return values.fold(event, number)
    case .all: break
    }
    foldInvariants(event, number)
    values.fold(event, number)
    availability.fold(event, number)
    nextExtension.fold(event, number)
    switch event.payload {
    case .exception, .interrupt: if event.actor.servesExtension { lastException = (event, number) }
    case .tripleFault:
      tripleFault = tripleFault ?? evidence(.availability, event, number, "the processor shuts down (triple fault)")
    case .crossing(.abort, _, _, _, _): stopped(event, number)
    case .consoleOutput(let console, _):
      if console == availability.console, !event.actor.isExtension { applicationWentOn = true }
    case .guest where !event.actor.isExtension:
      if let record = event.payload.guestRecord { note(record, event, number) }
    default: break
    }
  }

  private enum Weight { case none, rules, values, all }

  /// What an event can matter for. Most are calls of gates, which come by the million.
  private func weight(of payload: EventPayload) -> Weight {
    switch payload {
    case .pkruWrite, .mmioAccess, .controlRegisterWrite, .msrWrite, .descriptorTableWrite: .rules
    case .crossing(.gate, _, _, _, _): hasAnsweringGates ? .rules : .none
    case .crossing(.back, _, _, _, _), .crossing(.open, _, _, _, _), .crossing(.close, _, _, _, _): .rules
    case .sync: .values
    default: .all
    }
  }

  private func foldInvariants(_ event: Event, _ number: UInt64) {
    for index in invariantsByKind[Int(event.payload.kind.rawValue)] {
      guard let text = invariants[index].fold(event) else { continue }
      let rule = invariants[index].rule
      if !broken.contains(where: { $0.rule == rule }) { broken.append(evidence(rule, event, number, text)) }
    }
  }

  private func stopped(_ event: Event, _ number: UInt64) {
    let cause = lastException ?? (event, number)
    lastException = nil
    let what: String
    switch cause.event.payload {
    case .exception(let vector, _, _, _): what = "exception \(vector)"
    case .interrupt(let vector, _): what = "interrupt \(vector)"
    default: what = "its end"
    }
    let name = event.payload.crossedExtension ?? "an extension"
    containments.append(("\(name) \(what)", evidence(nil, cause.event, cause.number, "stopped by \(what)")))
    isContainmentOpen = true
    applicationWentOn = false
  }

  private func note(_ record: GuestRecord, _ event: Event, _ number: UInt64) {
    switch record {
    case .contained(let detail):
      if isContainmentOpen {
        containments[containments.count - 1].text = detail
      } else {
        // A program that the unikernel checks in its own code, or a machine on which nobody can tell who acts.
        containments.append((detail, isWitnessed ? evidence(nil, event, number, "stopped by the unikernel") : nil))
        applicationWentOn = false
      }
      isContainmentOpen = false
    case .application: applicationWentOn = true
    case .refused(let detail):
      nextExtension.refuse()
      refusals.append((detail, evidence(nil, event, number, "refused")))
    case .panic(let detail): panic = panic ?? (detail, evidence(.availability, event, number, "panic: \(detail)"))
    case .loaded, .freed: _ = names.note(record)
    default: break
    }
  }

  // MARK: Evidence

  func evidence(_ rule: Rule?, _ event: Event, _ number: UInt64, _ text: String) -> Evidence {
    let pointer = event.pointer
    var actor = event.actor
    if case .crossing(_, _, let to, _, _) = event.payload { actor = to }
    return Evidence(
      rule: rule, event: number, time: event.time, instruction: event.instruction, instructionPointer: pointer,
      place: names.place(pointer), actor: actor, text: text)
  }
}

extension Event {
  /// Where the instruction is; 0 if the event has none.
  fileprivate var pointer: UInt64 {
    instructionPointer != 0 ? instructionPointer : payload.instructionPointer ?? 0
  }
}

extension EventPayload {
  fileprivate var crossedExtension: String? {
    if case .crossing(_, let from, _, _, _) = self { from.servedExtension } else { nil }
  }
}
