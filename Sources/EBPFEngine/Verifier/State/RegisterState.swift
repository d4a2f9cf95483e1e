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
  /// Not 0: registers with the same number are copies of one value, and what a branch tells of one holds for all.
  var id: UInt32
  /// The number, or the pointer's distance from the start of its object.
  var scalar: Scalar

  init(_ kind: Kind, object: Int32 = 0, id: UInt32 = 0, offset: Scalar = Scalar(0)) {
    self.kind = kind
    self.object = object
    self.id = id
    scalar = offset
  }

  init(_ number: Scalar) { self.init(.scalar, offset: number) }

  static var uninitialised: RegisterState { RegisterState(.uninitialised) }
  static var unknown: RegisterState { RegisterState(Scalar.unknown) }

  var isScalar: Bool { kind == .scalar }
  var isPointer: Bool { kind != .scalar && kind != .uninitialised }
}
