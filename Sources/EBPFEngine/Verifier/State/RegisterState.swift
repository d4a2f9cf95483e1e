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
  /// A record of `object` bytes that is the program's until a helper takes it; the first form may be 0.
  case recordOrNull
  case record
  /// A key of `object` bytes, as a helper shows it to a function.
  case mapKey
  /// The handle of a map like map `object`, out of a map of maps; or 0.
  case mapOrNull
  /// The function at slot `object` of the program.
  case function
  /// A place in the packet, or in the data before it; where it ends.
  case packet
  case packetMeta
  case packetEnd

  /// Whether it may be 0, so that a test tells what it is.
  var mayBeNull: Bool { self == .mapValueOrNull || self == .recordOrNull || self == .mapOrNull }
  /// What it is when it is not 0.
  var withoutNull: RegisterKind {
    switch self {
    case .mapValueOrNull: .mapValue
    case .recordOrNull: .record
    case .mapOrNull: .map
    default: self
    }
  }
  /// Whether pointers with different `id` lead to different things.
  var hasIdentity: Bool { mayBeNull || self == .record || self == .packet || self == .packetMeta }
  var isPacket: Bool { self == .packet || self == .packetMeta }
}

/// What a register, or a spilled copy of one, holds.
struct RegisterState: Equatable, Sendable {
  typealias Kind = RegisterKind

  var kind: Kind
  /// Number of the frame, map or region that a pointer leads to.
  var object: Int32
  /// Of numbers: the value in the `ValueGraph`. Registers with the same one are copies, and what a branch tells of one
  /// holds for all. Pointers that may be 0 have one as well, to be tested together; records, to be given away together;
  /// and places in a packet, where the distance from its start is not known: those with the same one count from the
  /// same place, which lies `object` bytes behind the start at most.
  var id: UInt32
  /// Not 0: the value of which this number is the lower half, zero-extended. Of a place in a packet, see `reach`.
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

  /// Of a place in a packet: the bytes that the packet certainly has from the place on that the offset counts from.
  var reach: Int {
    get { Int(lowHalfOf) }
    set { lowHalfOf = UInt32(truncatingIfNeeded: newValue) }
  }

  static var uninitialised: RegisterState { RegisterState(.uninitialised) }

  var isScalar: Bool { kind == .scalar }
  /// The value in the `ValueGraph`; 0 for what is no number.
  var value: UInt32 { isScalar ? id : 0 }
  var isPointer: Bool { kind != .scalar && kind != .uninitialised }
}
