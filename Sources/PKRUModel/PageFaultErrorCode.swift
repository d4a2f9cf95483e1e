/// The error code of a page fault (SDM vol. 3, 4.7, figure 4-12).
@frozen
public struct PageFaultErrorCode: OptionSet, Equatable, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// P: there was a translation or a reserved bit; 0 when an entry was not present.
  @inlinable public static var present: PageFaultErrorCode { PageFaultErrorCode(rawValue: 1) }
  /// W/R: the access was a write.
  @inlinable public static var write: PageFaultErrorCode { PageFaultErrorCode(rawValue: 2) }
  /// U/S: the access was a user-mode access.
  @inlinable public static var user: PageFaultErrorCode { PageFaultErrorCode(rawValue: 4) }
  /// RSVD: a reserved bit was set in a paging-structure entry.
  @inlinable public static var reserved: PageFaultErrorCode { PageFaultErrorCode(rawValue: 8) }
  /// I/D: the access was a fetch, and SMEP is on or NXE with PAE.
  @inlinable public static var instruction: PageFaultErrorCode { PageFaultErrorCode(rawValue: 16) }
  /// PK: the protection key forbids the access.
  @inlinable public static var protectionKey: PageFaultErrorCode { PageFaultErrorCode(rawValue: 32) }
}
