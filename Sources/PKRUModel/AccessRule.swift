/// A rule by which an access can be refused, in order of precedence: when several refuse the same access, the first of
/// them is its reason.
///
/// The manual orders only part of this list: a walk ends at the first entry with P = 0, or with a reserved bit, before
/// any right counts. Among rights it knows no order, because the error code has a bit of its own for protection keys
/// alone. We name a key violation before the others so that the reason and the PK bit always agree.
@frozen
public enum AccessRule: UInt8, CaseIterable, Equatable, Hashable, Sendable {
  case notPresent = 0
  case reservedBit = 1
  case supervisorPage = 2
  case keyAccessDisabled = 3
  case keyWriteDisabled = 4
  case smap = 5
  case smep = 6
  case readOnlyPage = 7
  case noExecute = 8

  /// A short stable name, as it appears in events.
  public var name: StaticString {
    switch self {
    case .notPresent: "not-present"
    case .reservedBit: "reserved-bit"
    case .supervisorPage: "supervisor-page"
    case .keyAccessDisabled: "key-access-disabled"
    case .keyWriteDisabled: "key-write-disabled"
    case .smap: "smap"
    case .smep: "smep"
    case .readOnlyPage: "read-only-page"
    case .noExecute: "no-execute"
    }
  }
}

/// A set of rules: all those that refuse an access. Bit n stands for the rule with raw value n.
@frozen
public struct AccessRules: OptionSet, Equatable, Sendable {
  public let rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  @inlinable
  public init(_ rule: AccessRule) {
    rawValue = 1 &<< UInt16(rule.rawValue)
  }

  /// The rule that comes first in the order of ``AccessRule``; `nil` for the empty set.
  @inlinable public var first: AccessRule? {
    AccessRule(rawValue: UInt8(truncatingIfNeeded: rawValue.trailingZeroBitCount))
  }

  @inlinable
  public func contains(_ rule: AccessRule) -> Bool {
    (rawValue &>> UInt16(rule.rawValue)) & 1 != 0
  }
}
