import Scenarios

/// How an attack ended under a design: the oracle's word, or why there is none.
public enum CellOutcome: String, CaseIterable, Sendable {
  case simulatorDefect = "simulator-defect"
  case escaped, leaked, crashed, hung, corrupted, detected, contained, completed
  /// The attack's object was not loaded.
  case refused
  /// The machine has nothing that the attack goes against.
  case notModelled = "not-modelled"
  /// Under this design there is no such program.
  case notExpressible = "not-expressible"

  init(_ outcome: Outcome) {
    switch outcome {
    case .simulatorDefect: self = .simulatorDefect
    case .escaped: self = .escaped
    case .leaked: self = .leaked
    case .crashed: self = .crashed
    case .hung: self = .hung
    case .corrupted: self = .corrupted
    case .detected: self = .detected
    case .contained: self = .contained
    case .completed: self = .completed
    }
  }

  /// Whether somebody got what the design promises that nobody gets.
  public var isSuccess: Bool { [.escaped, .leaked, .crashed, .hung, .corrupted].contains(self) }

  /// Whether something is run to find it out.
  public var isRun: Bool { self != .notModelled && self != .notExpressible }

  /// As it is written in a sentence.
  public var words: String { rawValue.replacing("-", with: " ") }
}
