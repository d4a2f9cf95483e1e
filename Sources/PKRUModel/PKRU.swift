/// A protection key: bits 62:59 of the paging-structure entry that maps a page (SDM vol. 3, 4.6.2).
@frozen
public struct ProtectionKey: RawRepresentable, Equatable, Hashable, Sendable {
  /// 0…15.
  public let rawValue: UInt8

  /// `nil` when `rawValue` is above 15.
  @inlinable
  public init?(rawValue: UInt8) {
    guard rawValue < 16 else { return nil }
    self.rawValue = rawValue
  }

  /// The low four bits of `bits` are the key.
  @inlinable
  public init(truncating bits: UInt64) {
    rawValue = UInt8(truncatingIfNeeded: bits & 15)
  }

  /// The key of the leaf `entry`, whose bits 62:59 hold it.
  @inlinable
  public init(leafEntry entry: UInt64) {
    self.init(truncating: entry &>> 59)
  }

  /// The key of every page whose entry says nothing else.
  @inlinable public static var zero: ProtectionKey { ProtectionKey(truncating: 0) }
}

/// The protection-key rights register for user pages (SDM vol. 3, 2.7 and 4.6.2).
///
/// IA32_PKRS (MSR 6E1H), the one for supervisor pages, has the same format.
///
/// Bit 2i is ADi (no data access to pages with key i), bit 2i + 1 is WDi (no writes to them).
@frozen
public struct PKRU: RawRepresentable, Equatable, Hashable, Sendable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Every key may be read and written: the value after reset.
  @inlinable public static var allowAll: PKRU { PKRU(rawValue: 0) }

  /// AD: reads and writes of pages with `key` are refused.
  @inlinable
  public func accessDisabled(_ key: ProtectionKey) -> Bool {
    (rawValue &>> (UInt32(key.rawValue) &* 2)) & 1 != 0
  }

  /// WD: writes to pages with `key` are refused (those of supervisor mode only while CR0.WP = 1).
  @inlinable
  public func writeDisabled(_ key: ProtectionKey) -> Bool {
    (rawValue &>> (UInt32(key.rawValue) &* 2)) & 2 != 0
  }

  @inlinable
  public mutating func setAccessDisabled(_ key: ProtectionKey, _ disabled: Bool) {
    set(bit: UInt32(key.rawValue) &* 2, disabled)
  }

  @inlinable
  public mutating func setWriteDisabled(_ key: ProtectionKey, _ disabled: Bool) {
    set(bit: UInt32(key.rawValue) &* 2 &+ 1, disabled)
  }

  /// The keys whose AD or WD differ from `other`, one bit each: pages of all other keys keep their rights.
  @inlinable
  public func changedKeys(from other: PKRU) -> UInt16 {
    let difference = rawValue ^ other.rawValue
    var pairs = (difference | (difference &>> 1)) & 0x5555_5555
    pairs = (pairs | (pairs &>> 1)) & 0x3333_3333
    pairs = (pairs | (pairs &>> 2)) & 0x0f0f_0f0f
    pairs = (pairs | (pairs &>> 4)) & 0x00ff_00ff
    return UInt16(truncatingIfNeeded: pairs | (pairs &>> 8))
  }

  @usableFromInline
  mutating func set(bit: UInt32, _ value: Bool) {
    rawValue = value ? rawValue | (1 &<< bit) : rawValue & ~(1 &<< bit)
  }
}
