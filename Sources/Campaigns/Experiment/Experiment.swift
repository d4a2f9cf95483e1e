import Scenarios
import SimEvents
import SimMachine

/// One fault in one run, or several.
public struct Experiment: Equatable, Sendable {
  public var faults: [Fault]
  /// The instruction before which the first fault can happen.
  public var instruction: UInt64

  public init(_ faults: [Fault], from instruction: UInt64) {
    self.faults = faults
    self.instruction = instruction
  }
}

/// What came of an experiment. It depends on nothing but the campaign's inputs and the fault.
public struct ExperimentResult: Equatable, Sendable {
  public var faultClass: FaultClass
  public var reason: String
  public var evidence: Evidence?
  /// The fault as it happened, the first one of several; nil if none did.
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
