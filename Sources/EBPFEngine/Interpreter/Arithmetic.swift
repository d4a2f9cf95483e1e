/// Arithmetic that eBPF defines where Swift traps (RFC 9669 section 4.1): division by zero gives 0, the remainder by
/// zero is the dividend, and the smallest number divided by -1 is itself with remainder 0. The operands of the signed
/// forms are bit patterns.
enum Arithmetic {
  @inline(__always) static func second<T>(_ x: T, _ y: T) -> T { y }

  @inline(__always) static func divide<T: FixedWidthInteger>(_ x: T, _ y: T) -> T { y == 0 ? 0 : x / y }

  @inline(__always) static func modulo<T: FixedWidthInteger>(_ x: T, _ y: T) -> T { y == 0 ? x : x % y }

  @inline(__always) static func signed(_ x: UInt64) -> Int64 { Int64(bitPattern: x) }
  @inline(__always) static func signed(_ x: UInt32) -> Int32 { Int32(bitPattern: x) }

  @inline(__always) static func signedDivide(_ x: UInt64, _ y: UInt64) -> UInt64 {
    y == 0 ? 0 : UInt64(bitPattern: signed(x).dividedReportingOverflow(by: signed(y)).partialValue)
  }
  @inline(__always) static func signedDivide(_ x: UInt32, _ y: UInt32) -> UInt32 {
    y == 0 ? 0 : UInt32(bitPattern: signed(x).dividedReportingOverflow(by: signed(y)).partialValue)
  }
  @inline(__always) static func signedModulo(_ x: UInt64, _ y: UInt64) -> UInt64 {
    y == 0 ? x : UInt64(bitPattern: signed(x).remainderReportingOverflow(dividingBy: signed(y)).partialValue)
  }
  @inline(__always) static func signedModulo(_ x: UInt32, _ y: UInt32) -> UInt32 {
    y == 0 ? x : UInt32(bitPattern: signed(x).remainderReportingOverflow(dividingBy: signed(y)).partialValue)
  }
  @inline(__always) static func shiftRight(_ x: UInt64, _ y: UInt64) -> UInt64 {
    UInt64(bitPattern: signed(x) &>> signed(y))
  }
  @inline(__always) static func shiftRight(_ x: UInt32, _ y: UInt32) -> UInt32 {
    UInt32(bitPattern: signed(x) &>> signed(y))
  }

  @inline(__always) static func intersect<T: FixedWidthInteger>(_ x: T, _ y: T) -> Bool { x & y != 0 }
  @inline(__always) static func signedGreater(_ x: UInt64, _ y: UInt64) -> Bool { signed(x) > signed(y) }
  @inline(__always) static func signedGreater(_ x: UInt32, _ y: UInt32) -> Bool { signed(x) > signed(y) }
  @inline(__always) static func signedGreaterOrEqual(_ x: UInt64, _ y: UInt64) -> Bool { signed(x) >= signed(y) }
  @inline(__always) static func signedGreaterOrEqual(_ x: UInt32, _ y: UInt32) -> Bool { signed(x) >= signed(y) }
  @inline(__always) static func signedLess(_ x: UInt64, _ y: UInt64) -> Bool { signed(x) < signed(y) }
  @inline(__always) static func signedLess(_ x: UInt32, _ y: UInt32) -> Bool { signed(x) < signed(y) }
  @inline(__always) static func signedLessOrEqual(_ x: UInt64, _ y: UInt64) -> Bool { signed(x) <= signed(y) }
  @inline(__always) static func signedLessOrEqual(_ x: UInt32, _ y: UInt32) -> Bool { signed(x) <= signed(y) }
}
