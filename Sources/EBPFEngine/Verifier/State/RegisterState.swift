/// Type of what a register holds, as the verifier tracks it.
public enum RegisterKind: UInt8, Equatable, Sendable {
  case uninitialised
  case scalar
  case context
  /// A place in the stack frame number `object`; 0 is the program's, the offset counts from the frame's upper end.
  case stack
  /// The handle of map `object`.
  case map
  /// A value of map `object`; the first form may be 0.
  case mapValueOrNull
  case mapValue
  /// The memory region `object` of the environment.
  case region
}

/// What a register, or a spilled copy of one, holds.
struct RegisterState: Equatable, Sendable {
  typealias Kind = RegisterKind

  var kind: Kind
  /// Number of the frame, map or region that a pointer leads to.
  var object: Int32
  /// Of numbers: the value in the `ValueGraph`. Registers with the same one are copies, and what a branch tells of one
  /// holds for all. Pointers that may be 0 have one as well, to be tested together.
  var id: UInt32
  /// Not 0: the value of which this number is the lower half, zero-extended.
  var lowHalfOf: UInt32 = 0
  /// The number, or the pointer's distance from the start of its object.
  var scalar: Scalar

  init(_ kind: Kind, object: Int32 = 0, id: UInt32 = 0, offset: Scalar = Scalar(0)) {
    self.kind = kind
    self.object = object
    self.id = id
    scalar = offset
  }

  init(_ number: Scalar, id: UInt32 = 0) { self.init(.scalar, id: id, offset: number) }

  static var uninitialised: RegisterState { RegisterState(.uninitialised) }

  var isScalar: Bool { kind == .scalar }
  /// The value in the `ValueGraph`; 0 for what is no number.
  var value: UInt32 { isScalar ? id : 0 }
  var isPointer: Bool { kind != .scalar && kind != .uninitialised }
}
