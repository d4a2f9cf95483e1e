/// A function with the C calling convention that carries out helpers for translated programs.
public struct HelperThunk {
  /// Takes r1 to r5 and the call's record, gives r0. The record is three words: the number of the helper (signed 64
  /// bits), a fault to report (0 for none, else 1 plus the raw value of `HelperFault`), and `context`.
  public typealias Function =
    @convention(c) (UInt64, UInt64, UInt64, UInt64, UInt64, UnsafeMutableRawPointer) -> UInt64

  public let function: Function
  public let context: UnsafeMutableRawPointer?

  public init(_ function: Function, context: UnsafeMutableRawPointer?) {
    self.function = function
    self.context = context
  }
}

/// What the thunk of a Swift host finds as its context. C functions know no generic types: the closure does.
struct HelperClosure {
  let call: (Int32, HelperArguments) -> (value: UInt64, fault: HelperFault?)

  static let thunk: HelperThunk.Function = { r1, r2, r3, r4, r5, record in
    let number = record.load(as: Int64.self)
    guard let context = record.load(fromByteOffset: 16, as: UnsafeMutableRawPointer?.self) else { return 0 }
    let closure = context.assumingMemoryBound(to: HelperClosure.self)
    var fault: HelperFault? = .unknownHelper
    var value: UInt64 = 0
    if let number = Int32(exactly: number) {
      (value, fault) = closure.pointee.call(number, HelperArguments(r1: r1, r2: r2, r3: r3, r4: r4, r5: r5))
    }
    if let fault { record.storeBytes(of: UInt64(fault.rawValue) + 1, toByteOffset: 8, as: UInt64.self) }
    return value
  }
}

/// Calls a thunk where a `HelperHost` is asked for.
struct ThunkHost: HelperHost {
  let thunk: HelperThunk
  /// The record: the first words of the run's state.
  let record: UnsafeMutableRawPointer

  mutating func call(
    _ number: Int32, _ r: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    record.storeBytes(of: Int64(number), as: Int64.self)
    let value = thunk.function(r.r1, r.r2, r.r3, r.r4, r.r5, record)
    let fault = record.load(fromByteOffset: 8, as: UInt64.self)
    guard fault == 0 else { throw HelperFault(code: fault) }
    return value
  }
}

extension HelperFault {
  /// The fault that a thunk reported; a number that is none counts as an argument that was refused.
  init(code: UInt64) { self = UInt8(exactly: code &- 1).flatMap(HelperFault.init(rawValue:)) ?? .badArgument }
}
