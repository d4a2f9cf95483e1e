/// What an access does. The raw value n is also the number of its bit in ``AccessKinds``.
@frozen
public enum AccessKind: UInt8, CaseIterable, Equatable, Sendable {
  case read = 0
  case write = 1
  case fetch = 2

  /// "read", "write" or "fetch".
  public var name: StaticString {
    switch self {
    case .read: "read"
    case .write: "write"
    case .fetch: "fetch"
    }
  }
}

/// A set of access kinds: what a translation may be used for.
@frozen
public struct AccessKinds: OptionSet, Equatable, Sendable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  @inlinable public static var read: AccessKinds { AccessKinds(rawValue: 1) }
  @inlinable public static var write: AccessKinds { AccessKinds(rawValue: 2) }
  @inlinable public static var fetch: AccessKinds { AccessKinds(rawValue: 4) }
  @inlinable public static var all: AccessKinds { AccessKinds(rawValue: 7) }
  @inlinable public static var none: AccessKinds { AccessKinds(rawValue: 0) }

  @inlinable
  public func permits(_ kind: AccessKind) -> Bool {
    (rawValue &>> kind.rawValue) & 1 != 0
  }
}

/// Who makes an access (SDM vol. 3, 4.6): the mode of the access is not always that of the CPL.
@frozen
public enum Privilege: UInt8, CaseIterable, Equatable, Sendable {
  /// CPL 3.
  case user = 0
  /// CPL 0, 1 or 2: an instruction's own operands, and fetches.
  case supervisor = 1
  /// The processor's accesses to descriptor tables, the TSS, and stacks during delivery, at whatever CPL.
  case implicitSupervisor = 2

  /// The privilege of an instruction's own accesses at `cpl` (0…3).
  @inlinable
  public init(cpl: UInt8) {
    self = cpl == 3 ? .user : .supervisor
  }
}

@frozen
public struct Access: Equatable, Sendable {
  public var kind: AccessKind
  public var privilege: Privilege

  @inlinable
  public init(_ kind: AccessKind, _ privilege: Privilege) {
    self.kind = kind
    self.privilege = privilege
  }
}
