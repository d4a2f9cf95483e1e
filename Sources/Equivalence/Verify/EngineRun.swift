import Scenarios
import SimEvents

/// A scenario's run on one engine, for comparison.
public struct EngineRun: Sendable {
  public var result: RunResult
  public var observation: Observation
  public var state: FinalState
  public var hidden: Set<EventKind>
  public var events: [Event]

  /// Given to each engine at its end, so that all come to rest: an engine that stops right after the last thing that the
  /// script waits for has not shown what follows at once.
  static let rest = ScriptStep(.wait(VirtualDuration(nanoseconds: 50_000_000)))

  /// - Parameter keepsEvents: whether the events are wanted, to be recorded.
  public init(_ inputs: RunInputs, on maker: any MachineMaker, keepsEvents: Bool = false) throws(ScenarioProblems) {
    var inputs = inputs
    if !inputs.scenario.script.isEmpty { inputs.scenario.script.append(Self.rest) }
    let observer = Observer(inputs)
    let keeper = EventKeeper()
    var (state, hidden) = (FinalState(), Set<EventKind>())
    result = try ScenarioRun(inputs, on: maker).run(observers: keepsEvents ? [observer, keeper] : [observer]) {
      machine in
      state = FinalState(of: machine, inputs)
      hidden = machine.hiddenEvents
    }
    observation = observer.observation(state, hidden: hidden, engine: maker.engine)
    (self.state, self.hidden, events) = (state, hidden, keeper.events)
  }
}

private final class EventKeeper: EventSink {
  /// Real runs show few events; one that shows more is cut.
  private static let countMax = 1 << 20
  private(set) var events: [Event] = []

  func record(_ event: Event) {
    if events.count < Self.countMax { events.append(event) }
  }
}
