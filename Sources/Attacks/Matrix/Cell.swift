import Scenarios
import SimEvents

/// One attack under one design, with its bypass or, as its control, without.
struct Cell: Sendable {
  var attack: Attack
  var design: Attack.Design
  var isControl = false

  /// What its object is called in the share.
  var object: String { attack.object(isControl: isControl) }

  var guest: GuestKey { GuestKey(variant: variant, design: design) }

  /// Attacks by BPF programs, and on them, need the image that runs these, whatever the design.
  private var variant: GuestSpecification.Variant {
    (attack.attackClass == .bpf || attack.program == .bpf) && design.takesBPFPrograms
      ? .ushellmpkBPF : design.smallestVariant
  }
}

/// An image and the design that it is started with.
struct GuestKey: Hashable, Sendable {
  var variant: GuestSpecification.Variant
  var design: Attack.Design
}

/// How a cell ended.
public struct CellResult: Sendable {
  public var outcome: CellOutcome
  /// The oracle's own word, which `sim run` gives for the cell's scenario.
  public var judged: Outcome
  /// In one line.
  public var reason: String
  public var evidence: Evidence?
  /// The kind of the event that the evidence is.
  public var event: EventKind?
  public var instructions: UInt64
  public var virtualTimeNs: UInt64
  /// Of the run's events, as `sim run` gives it for the cell's scenario.
  public var digest: String
  /// What the consoles showed and what was typed.
  public var transcript: String
  /// Why this is no result, if it is none: the attack did not get to where it starts.
  public var problem: String?
  /// What the attack looks up and the image has not.
  public var missingSymbols: [String] = []

  /// What the head of the attack's file should say of it.
  public var expectation: Attack.Expectation {
    Attack.Expectation(outcome: outcome, rule: evidence?.rule, event: outcome == .refused ? nil : event)
  }
}
