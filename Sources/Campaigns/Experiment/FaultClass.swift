/// What came of an experiment beside its fault-free run: the first that holds, in this order (docs/campaigns.md).
public enum FaultClass: String, CaseIterable, Codable, Sendable {
  /// The simulator contradicts itself.
  case simulatorDefect = "simulator-defect"
  /// The fault's moment never came, or it could not be applied.
  case notTriggered = "not-triggered"
  /// The design's promise was broken.
  case escaped
  /// A secret became known.
  case leaked
  case crashed
  case hung
  /// A wrong result, and nobody noticed.
  case corrupted
  /// A fault, a panic or a refusal was noticed; the application did not go on.
  case detected
  /// The design stopped what came of it, and the application went on.
  case contained
  /// The output is the same, the state at the end is not.
  case latent
  /// Nothing is different.
  case masked

  /// Classes that a user looks for: a campaign that finds one has found failures.
  public var isFailure: Bool {
    switch self {
    case .simulatorDefect, .escaped, .leaked, .crashed, .hung, .corrupted: true
    case .notTriggered, .detected, .contained, .latent, .masked: false
    }
  }

  /// The rule by which it is decided, in one line.
  public var rule: String {
    switch self {
    case .simulatorDefect: "the simulator contradicts itself"
    case .notTriggered: "the fault did not happen"
    case .escaped: "the oracle saw a rule of the design broken that the fault-free run keeps"
    case .leaked: "the oracle saw a secret become known that the fault-free run keeps"
    case .crashed: "the guest or the machine came to an end that the fault-free run does not come to"
    case .hung: "the guest stopped answering, or used up more than its limit"
    case .corrupted:
      "what the run shows (consoles, exit code, share, disk, expected memory) is different, and nobody noticed"
    case .detected: "the guest noticed a fault that the fault-free run has not, and the application did not go on"
    case .contained: "the design stopped what came of the fault, and the application went on"
    case .latent: "the run shows the same, and the state at its end is different"
    case .masked: "the run shows the same, and the state is that of the fault-free run"
    }
  }
}
