/// What the paging structures say about one linear address, combined over the walk (SDM vol. 3, 4.6).
///
/// The bits are packed so that rights travel in a register: 0 present, 1 writable, 2 user, 3 noExecute, 4 reserved,
/// 8…11 the protection key.
@frozen
public struct PageRights: RawRepresentable, Equatable, Hashable, Sendable {
  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue & 0x0f1f
  }

  @inlinable
  public init(
    present: Bool = true, writable: Bool, user: Bool, noExecute: Bool = false, reservedViolation: Bool = false,
    key: ProtectionKey = .zero
  ) {
    var bits = UInt16(key.rawValue) &<< 8
    if present { bits |= Self.presentBit }
    if writable { bits |= Self.writableBit }
    if user { bits |= Self.userBit }
    if noExecute { bits |= Self.noExecuteBit }
    if reservedViolation { bits |= Self.reservedBit }
    rawValue = bits
  }

  @inlinable static var presentBit: UInt16 { 1 }
  @inlinable static var writableBit: UInt16 { 2 }
  @inlinable static var userBit: UInt16 { 4 }
  @inlinable static var noExecuteBit: UInt16 { 8 }
  @inlinable static var reservedBit: UInt16 { 16 }

  /// Every entry of the walk was present. False as well for a walk that met a non-present entry first.
  @inlinable public var isPresent: Bool { rawValue & 1 != 0 }
  /// R/W = 1 in every entry of the walk.
  @inlinable public var isWritable: Bool { rawValue & 2 != 0 }
  /// U/S = 1 in every entry of the walk: a *user-mode address* in the manual's words.
  @inlinable public var isUser: Bool { rawValue & 4 != 0 }
  /// XD = 1 in some entry of the walk.
  @inlinable public var isNoExecute: Bool { rawValue & 8 != 0 }
  /// Some present entry of the walk has a reserved bit set: there is no translation.
  @inlinable public var hasReservedViolation: Bool { rawValue & 16 != 0 }
  /// The key in the leaf. PKRU has its rights for a user page, IA32_PKRS for another.
  @inlinable public var key: ProtectionKey { ProtectionKey(truncating: UInt64(rawValue &>> 8)) }

  /// No translation: an entry of the walk has P = 0.
  @inlinable public static var notPresent: PageRights { PageRights(rawValue: 0) }
}
