/// What a helper of a translated program finds beside r1 to r5: four words of memory.
@frozen public struct HelperRecord {
  /// Number of the helper: that of the instruction, or what `callx` found in its register.
  public let number: Int64
  /// A fault to report: 0 for none, else 1 plus the raw value of `HelperFault`.
  public var fault: UInt64
  /// The context of the thunk.
  public let context: UnsafeMutableRawPointer?
  public let space: Unmanaged<AddressSpace>
}

/// A function with the C calling convention that carries out helpers for translated programs.
public struct HelperThunk {
  /// Takes r1 to r5 and the address of a `HelperRecord`, gives r0.
  public typealias Function =
    @convention(c) (UInt64, UInt64, UInt64, UInt64, UInt64, UnsafeMutableRawPointer) -> UInt64

  public let function: Function
  public let context: UnsafeMutableRawPointer?

  public init(_ function: Function, context: UnsafeMutableRawPointer?) {
    self.function = function
    self.context = context
  }
}

extension HelperHost {
  /// What the thunk of a Swift host does: its context is the address of the host. C functions know no generic types, so
  /// every host writes its own: `{ Host.serve($0, $1, $2, $3, $4, $5) }`.
  @inlinable public static func serve(
    _ r1: UInt64, _ r2: UInt64, _ r3: UInt64, _ r4: UInt64, _ r5: UInt64, _ record: UnsafeMutableRawPointer
  ) -> UInt64 {
    let record = record.assumingMemoryBound(to: HelperRecord.self)
    guard let context = record.pointee.context else { return 0 }
    // Without the reference counting of a plain call, which takes longer than most helpers.
    return record.pointee.space._withUnsafeGuaranteedRef { space in
      do throws(HelperFault) {
        guard let number = Int32(exactly: record.pointee.number) else { throw .unknownHelper }
        return try context.assumingMemoryBound(to: Self.self).pointee.call(
          number, HelperArguments(r1: r1, r2: r2, r3: r3, r4: r4, r5: r5), memory: space)
      } catch {
        record.pointee.fault = UInt64(error.rawValue) + 1
        return 0
      }
    }
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
    record.storeBytes(of: Int64(number), toByteOffset: Int(RunState.helperNumber), as: Int64.self)
    let value = thunk.function(r.r1, r.r2, r.r3, r.r4, r.r5, record)
    let fault = record.load(fromByteOffset: Int(RunState.helperFault), as: UInt64.self)
    guard fault == 0 else { throw HelperFault(code: fault) }
    return value
  }
}

extension HelperFault {
  /// The fault that a thunk reported; a number that is none counts as an argument that was refused.
  init(code: UInt64) { self = UInt8(exactly: code &- 1).flatMap(HelperFault.init(rawValue:)) ?? .badArgument }
}
