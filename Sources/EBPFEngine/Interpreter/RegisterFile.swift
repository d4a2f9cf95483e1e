typealias OperationPointer = UnsafeMutablePointer<MicroOperation>

/// The eleven registers in memory, and the four ways in which an operation takes its second operand. Everything is
/// inlined into the interpreter's loop.
struct RegisterFile {
  let base: UnsafeMutablePointer<UInt64>

  @inline(__always) subscript(_ index: UInt8) -> UInt64 {
    get { base[Int(index)] }
    nonmutating set { base[Int(index)] = newValue }
  }

  @inline(__always) private func low(_ index: UInt8) -> UInt32 { UInt32(truncatingIfNeeded: self[index]) }

  // MARK: Arithmetic: destination = f(destination, operand)

  @inline(__always) func wideImmediate(_ pc: OperationPointer, _ f: (UInt64, UInt64) -> UInt64) {
    let d = pc.pointee.destination
    self[d] = f(self[d], UInt64(bitPattern: pc.pointee.immediate))
  }

  @inline(__always) func wideRegister(_ pc: OperationPointer, _ f: (UInt64, UInt64) -> UInt64) {
    let d = pc.pointee.destination
    self[d] = f(self[d], self[pc.pointee.source])
  }

  @inline(__always) func narrowImmediate(_ pc: OperationPointer, _ f: (UInt32, UInt32) -> UInt32) {
    let d = pc.pointee.destination
    self[d] = UInt64(f(low(d), UInt32(truncatingIfNeeded: pc.pointee.immediate)))
  }

  @inline(__always) func narrowRegister(_ pc: OperationPointer, _ f: (UInt32, UInt32) -> UInt32) {
    let d = pc.pointee.destination
    self[d] = UInt64(f(low(d), low(pc.pointee.source)))
  }

  // MARK: Conditions

  @inline(__always) func wideImmediate(_ pc: OperationPointer, _ f: (UInt64, UInt64) -> Bool) -> Bool {
    f(self[pc.pointee.destination], UInt64(bitPattern: pc.pointee.immediate))
  }

  @inline(__always) func wideRegister(_ pc: OperationPointer, _ f: (UInt64, UInt64) -> Bool) -> Bool {
    f(self[pc.pointee.destination], self[pc.pointee.source])
  }

  @inline(__always) func narrowImmediate(_ pc: OperationPointer, _ f: (UInt32, UInt32) -> Bool) -> Bool {
    f(low(pc.pointee.destination), UInt32(truncatingIfNeeded: pc.pointee.immediate))
  }

  @inline(__always) func narrowRegister(_ pc: OperationPointer, _ f: (UInt32, UInt32) -> Bool) -> Bool {
    f(low(pc.pointee.destination), low(pc.pointee.source))
  }
}
