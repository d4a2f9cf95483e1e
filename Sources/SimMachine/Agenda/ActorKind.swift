import SimEvents

/// Who acts, without a name.
public enum ActorKind: String, CaseIterable, Equatable, Sendable {
  case unikernel, application, handler, gate, hostFunction, `extension`

  /// nil: nobody can tell.
  public init?(_ actor: Actor) {
    switch actor {
    case .unknown: return nil
    case .unikernel: self = .unikernel
    case .application: self = .application
    case .handler: self = .handler
    case .gate: self = .gate
    case .hostFunction: self = .hostFunction
    case .extension: self = .extension
    }
  }
}
