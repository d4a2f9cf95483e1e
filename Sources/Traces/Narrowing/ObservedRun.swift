import Engines
import Scenarios
import SimCPU
import SimEvents
import SimMachine

/// A run that is looked at between instructions, and ended when nobody needs the rest.
struct ObservedRun {
  let inputs: RunInputs
  var observers: [any EventSink] = []

  /// Looks at the run once so many instructions have been retired, for each of `points`, which are in order; then ends it.
  ///
  /// - Parameter look: false ends the run at once.
  /// - Returns: how many points were reached.
  @discardableResult
  func look(at points: [UInt64], _ look: @escaping (Int, Machine) -> Bool) throws(ScenarioProblems) -> Int {
    let run = try ScenarioRun(inputs)
    var reached = 0
    if let first = points.first {
      run.appoint(at: .instruction(first)) { [unowned run] machine in
        reached += 1
        guard look(reached - 1, machine), reached < points.count else {
          run.abandon()
          return nil
        }
        return .instruction(points[reached])
      }
    }
    _ = try run.run(observers: observers)
    return reached
  }
}

/// Keeps the events at one instruction.
final class EventsAtInstruction: EventSink {
  private let instruction: UInt64
  private(set) var events: [Event] = []
  private static let countMax = 32

  init(_ instruction: UInt64) {
    self.instruction = instruction
  }

  func record(_ event: Event) {
    guard event.instruction == instruction, event.payload.kind != .sync, events.count < Self.countMax else { return }
    events.append(event)
  }
}
