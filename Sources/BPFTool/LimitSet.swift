import EBPFEngine

/// Whose limits on the verifier's work hold.
public enum LimitSet: String, CaseIterable, Encodable, Sendable {
  /// Those of the guest: what is accepted loads there.
  case guest
  /// Those of Linux.
  case host

  var limits: VerifierEnvironment.Limits { self == .guest ? .guest : .host }
}
