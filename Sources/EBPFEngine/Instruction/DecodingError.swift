/// Why a sequence of bytes is not a program.
public struct DecodingError: Error, Equatable, Sendable {
  public enum Reason: UInt8, Equatable, Sendable {
    case emptyProgram, partialSlot, tooManySlots
    case unknownOpcode, registerAbove10, frameWrite
    case reservedDestination, reservedSource, reservedOffset, reservedImmediate
    case signedOffset, signExtensionWidth, byteOrderWidth, atomicOperation, atomicSize
    case missingSecondSlot, badSecondSlot, wideImmediateKind
    case targetOutside, targetInsideWide, fallsThrough
    case callByTypeID, callKind, arenaCast
  }

  /// Slot of the offending instruction; 0 when the whole program is meant.
  public let slot: Int
  public let reason: Reason

  public init(slot: Int, reason: Reason) {
    self.slot = slot
    self.reason = reason
  }
}

extension DecodingError.Reason {
  /// One short sentence without a full stop.
  public var text: StaticString {
    switch self {
    case .emptyProgram: "the program is empty"
    case .partialSlot: "the length is not a multiple of 8 bytes"
    case .tooManySlots: "the program has more than 1048576 slots"
    case .unknownOpcode: "unknown opcode"
    case .registerAbove10: "register number above 10"
    case .frameWrite: "frame pointer r10 is read-only"
    case .reservedDestination: "destination register field is reserved and must be 0"
    case .reservedSource: "source register field is reserved and must be 0"
    case .reservedOffset: "offset field is reserved and must be 0"
    case .reservedImmediate: "immediate field is reserved and must be 0"
    case .signedOffset: "division offset must be 0 (unsigned) or 1 (signed)"
    case .signExtensionWidth: "sign extension must be from 8, 16 or, in 64 bits, 32 bits"
    case .byteOrderWidth: "byte order width must be 16, 32 or 64"
    case .atomicOperation: "unknown atomic operation"
    case .atomicSize: "atomic operations exist for 4 and 8 bytes only"
    case .missingSecondSlot: "64-bit immediate load lacks its second slot"
    case .badSecondSlot: "second slot of a 64-bit immediate load has non-zero fields"
    case .wideImmediateKind: "unknown kind of 64-bit immediate"
    case .targetOutside: "jump or call out of the program"
    case .targetInsideWide: "jump or call into the second half of a 64-bit immediate load"
    case .fallsThrough: "execution runs past the last instruction"
    case .callByTypeID: "call by BTF id (kfunc) is not supported"
    case .callKind: "unknown kind of call"
    case .arenaCast: "casts between address spaces, which arenas need, are not supported"
    }
  }
}

extension DecodingError: CustomStringConvertible {
  public var description: String { "instruction \(slot): \(reason.text)" }
}
