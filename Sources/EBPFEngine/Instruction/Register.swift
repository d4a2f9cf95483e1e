/// One of the eleven registers of RFC 9669 section 2.3: `r0` to `r9`, and the read-only frame pointer `r10`.
public struct Register: Equatable, Comparable, Sendable {
  /// 0 to 10.
  public let index: UInt8

  @inline(__always) init(unchecked index: UInt8) { self.index = index }

  /// `nil` when `index` is above 10.
  public init?(_ index: UInt8) {
    guard index <= 10 else { return nil }
    self.index = index
  }

  public static func < (a: Register, b: Register) -> Bool { a.index < b.index }

  public static let r0 = Register(unchecked: 0)
  public static let r1 = Register(unchecked: 1)
  public static let r2 = Register(unchecked: 2)
  public static let r3 = Register(unchecked: 3)
  public static let r4 = Register(unchecked: 4)
  public static let r5 = Register(unchecked: 5)
  public static let r6 = Register(unchecked: 6)
  public static let r7 = Register(unchecked: 7)
  public static let r8 = Register(unchecked: 8)
  public static let r9 = Register(unchecked: 9)
  /// The frame pointer: the end of the current function's 512-byte stack frame.
  public static let r10 = Register(unchecked: 10)
  public static let framePointer = r10
}
