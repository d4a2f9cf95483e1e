import Scenarios
import SimEvents

/// What two engines can agree about.
public enum Category: String, CaseIterable, Sendable {
  /// How the run ended: the outcome, the debug-exit value, how far the script got.
  case outcome
  /// What the shell's console showed.
  case shell
  /// What the application printed on COM1, independent of time (``TimeIndependence``).
  case application
  /// Exceptions: vector, error code, place, and the address of a page fault.
  case exceptions
  /// The guest's records of loading and of refusing to.
  case loader
  /// The guest's records of changing domains, containing and ending.
  case domains
  /// Values that were written to PKRU, and where.
  case keys
  /// Messages of the file protocol.
  case ninep = "9p"
  /// How the guest set up the virtio devices, and what it did wrong.
  case devices
  /// Variables of the application at the end, by symbol.
  case memory
  /// The share as the guest left it.
  case share

  /// The events that it is made of; a category of which an engine hides one is not compared.
  var kinds: Set<EventKind> {
    switch self {
    case .outcome: [.outcome, .debugExit, .scriptStep, .tripleFault]
    case .shell, .application: [.consoleOutput]
    case .exceptions: [.exception]
    case .loader, .domains: [.guest]
    case .keys: [.pkruWrite]
    case .ninep: [.ninePRequest, .ninePReply]
    case .devices: [.deviceStatus, .queueError]
    case .memory, .share: []
    }
  }
}
