import Scenarios
import SimEvents
import SimMachine

/// Hands a run's events to its collector, which can be made only when there is a machine.
final class Relay: EventSink {
  private var collector: ProfileCollector?
  private(set) var profile: TimeProfile?
  private(set) var refusal: String?

  var kinds: EventKinds { EventKinds([.guest]) }

  func record(_ event: Event) { collector?.record(event) }

  func start(_ machine: Machine, _ inputs: RunInputs) {
    do throws(MachineError) { collector = try ProfileCollector(machine, inputs: inputs) } catch {
      refusal = "\(error)"
    }
  }

  /// The machine is still there.
  func finish() {
    profile = collector?.finish()
    collector = nil
  }
}
