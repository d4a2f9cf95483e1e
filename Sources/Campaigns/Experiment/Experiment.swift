import Scenarios
import SimEvents
import SimMachine

/// One fault in one run.
public struct Experiment: Equatable, Sendable {
  public var fault: Fault
  /// The instruction before which the fault happens, where it is told by that; 0 if anything else tells.
  public var instruction: UInt64

  public init(_ fault: Fault) {
    self.fault = fault
    if case .instruction(let number) = fault.when.place { instruction = number } else { instruction = 0 }
  }
}

/// What came of an experiment. It depends on nothing but the campaign's inputs and the fault.
public struct ExperimentResult: Equatable, Sendable {
  public var faultClass: FaultClass
  public var reason: String
  public var evidence: Evidence?
  /// The fault as it happened; nil if it did not.
  public var injection: Event?
  /// The first event that is another one than in the fault-free run.
  public var difference: EventDifference?
  /// The instruction before which the state was found to be the fault-free run's again; nil: it never was, as far as was looked.
  public var convergedAt: UInt64?
  /// Retired in the run until it ended or came back.
  public var instructions: UInt64
  /// Of the events until then, 32 hexadecimal digits.
  public var digest: String

  public struct EventDifference: Equatable, Sendable {
    public var number: UInt64
    public var golden: Event?
    public var found: Event?
  }
}
