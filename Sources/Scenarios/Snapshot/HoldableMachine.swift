import SimEvents
import SimMachine
import SimVirtio

/// A machine that answers a script from the record of an earlier run as far as that goes, and itself from there on; it can
/// be held for a snapshot.
///
/// The script can't tell: it gets the same answers, and the events come at the same points between them.
final class HoldableMachine: ScenarioMachine, EventSink {
  private let machine: Machine
  private let maker: SnapshotMachineMaker
  private let events: EventStream

  // The record: calls up to `answered` have been answered from it, and `past` still has events until the machine takes over.
  private let recorded: [ScriptCall]
  private var answered = 0
  private var past: EventDecoder
  private let pastCount: UInt64
  private var isLive: Bool
  /// The event that was told last.
  private var told: EventPayload?
  private var now: (time: UInt64, instructions: UInt64) = (0, 0)
  private var stop: Moment?

  // What the next snapshot will consist of.
  private let point: Moment?
  private let climb: RunClimb?
  private var calls: [ScriptCall] = []
  private var encoder = EventEncoder()
  /// A snapshot was taken, or can't be: what the script still asks has no effect.
  private var isOver = false

  init(
    _ machine: Machine, start: RunSnapshot?, point: Moment?, climb: RunClimb? = nil, maker: SnapshotMachineMaker
  ) {
    precondition(start == nil || climb == nil, "a ladder stands at the beginning of a run")
    self.machine = machine
    self.maker = maker
    self.point = point
    self.climb = climb
    events = machine.events
    recorded = start?.calls ?? []
    past = EventDecoder(start?.events ?? [])
    pastCount = start?.eventCount ?? 0
    isLive = start == nil
    events.add(self)
    if isLive { arm() }
  }

  var simulated: Machine? { machine }

  // MARK: The record

  /// The answer to the next call, if it is in the record; the events until then are told.
  private func answer(_ kind: ScriptCall.Kind) -> ScriptCall? {
    guard !isLive, answered < recorded.count else { return nil }
    let call = recorded[answered]
    guard call.kind == kind, (call.stop != nil) == (kind == .run), tell(upTo: call.eventCount) else {
      return give(Self.otherScript)
    }
    answered += 1
    now = (call.time, call.instructions)
    calls.append(call)
    return call
  }

  private func give(_ problem: String) -> ScriptCall? {
    isOver = true
    maker.change { $0.problem = $0.problem ?? problem }
    return nil
  }

  /// False if there are not so many events.
  private func tell(upTo count: UInt64) -> Bool {
    guard count >= events.count, count <= pastCount else { return false }
    while events.count < count {
      guard let event = try? past.next() else { return false }
      told = event.payload
      events.emit(event)
    }
    return true
  }

  /// From here on the machine itself answers.
  private func goLive() {
    guard !isLive, !isOver else { return }
    // There may be more in the record: that is of the same run, later on.
    guard tell(upTo: pastCount) else {
      _ = give("the recorded events do not fit the scenario's script; take the snapshot again with this version")
      return
    }
    isLive = true
    do throws(MachineError) { try machine.stop(at: stop) } catch { _ = give("\(error)") }
    arm()
  }

  // MARK: Holding

  /// Somebody wants what the script has asked and what has happened.
  private var isRecording: Bool { point != nil || climb != nil }

  private func arm() {
    climb?.follow(machine) { [unowned self] in (calls.count, events.count) }
    guard let point else { return }
    let isPast =
      switch point {
      case .time(let time): time < machine.time
      case .instruction(let number): number < machine.instructions
      case .event(let number): number < events.count
      default: false
      }
    if isPast { _ = give("that is before the snapshot that the run goes on from") }
    do throws(MachineError) { try machine.hold(at: point) } catch { _ = give("\(error)") }
  }

  func record(_ event: Event) {
    guard isRecording, !isOver else { return }
    encoder.encode(event)
  }

  private func hold() {
    isOver = true
    do throws(MachineError) {
      let taken = RunSnapshot(
        machine: try machine.snapshot(), calls: calls, events: encoder.withBytes { [UInt8]($0) },
        eventCount: events.count)
      maker.change { $0.snapshot = taken }
    } catch {
      _ = give("\(error)")
    }
  }

  /// The event that the run is to be held behind has happened.
  private var isEventReached: Bool {
    if case .event(let number) = point { events.count > number } else { false }
  }

  private func note(_ kind: ScriptCall.Kind, stop: MachineStop? = nil) {
    guard isRecording else { return }
    calls.append(
      ScriptCall(
        kind: kind, stop: stop, eventCount: events.count, time: machine.time, instructions: machine.instructions))
  }

  // MARK: ScenarioMachine

  var time: UInt64 { isLive ? machine.time : now.time }
  var instructions: UInt64 { isLive ? machine.instructions : now.instructions }
  var clockHertz: UInt64 { machine.clockHertz }
  var shareTree: ShareTree? { machine.shareTree }
  var diskImage: [UInt8]? { machine.diskImage }
  var hiddenEvents: Set<EventKind> { machine.hiddenEvents }
  var limitations: [String] { machine.limitations }

  private static let otherScript =
    "the recorded answers do not fit the scenario's script; take the snapshot again with this version"

  func run(until deadline: UInt64) -> MachineStop {
    if let stop = answer(.run)?.stop { return stop }
    goLive()
    guard !isOver else { return .held }
    let stop = machine.run(until: deadline)
    if stop == .held {
      hold()
    } else {
      note(.run, stop: stop)
      // The machine ended with the event that was waited for.
      if stop.isFinal, isEventReached { hold() }
    }
    return stop
  }

  func requestStop() {
    // A stop that the script asked for in the record is the next answer there.
    if isLive { machine.requestStop() }
  }

  func type(_ bytes: [UInt8], into console: Console) {
    perform(.type) { machine.type(bytes, into: console) }
  }

  func record(_ payload: EventPayload) {
    perform(.record) { machine.record(payload) }
    // The script's own events say what it does: another script is noticed by them.
    if !isLive, !isOver, told != payload { _ = give(Self.otherScript) }
  }

  func recordSync() {
    perform(.sync) { machine.recordSync() }
  }

  private func perform(_ kind: ScriptCall.Kind, _ body: () -> Void) {
    if answer(kind) != nil { return }
    goLive()
    guard !isOver else { return }
    body()
    note(kind)
    // There may be no further run to be held in.
    if isEventReached { hold() }
  }

  func stop(at moment: Moment?) throws(MachineError) {
    stop = moment
    if isLive { try machine.stop(at: moment) }
  }

  func readMemory(at address: UInt64, count: Int) -> [UInt8]? {
    machine.readMemory(at: address, count: count)
  }

  func close() {
    events.remove(self)
    climb?.finish(calls: calls, events: encoder.withBytes { [UInt8]($0) })
    machine.close()
  }
}
