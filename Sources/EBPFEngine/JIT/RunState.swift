/// The words of memory that translated code works with beside the registers: byte offsets from the register that holds
/// their address.
enum RunState {
  /// A `HelperRecord`.
  static let helperNumber: Int32 = 0
  static let helperFault: Int32 = 8
  static let helperContext: Int32 = 16
  static let helperSpace: Int32 = 24
  static let helperFunction: Int32 = 32
  /// `RegionSearch.function`, and the native program that it works for.
  static let searchFunction: Int32 = 40
  static let searchOwner: Int32 = 48
  /// Address of the region entries; the first is the stack's.
  static let entries: Int32 = 56
  /// What to add to an address in the stack to get its storage.
  static let stackDelta: Int32 = 64
  /// Local calls that are still possible.
  static let callsLeft: Int32 = 72
  /// RSP to go back to when the program ends early.
  static let stackPointer: Int32 = 80
  /// `RunEnd` as a number.
  static let end: Int32 = 88
  /// Site of a fault; where the budget ended, the index of the instruction.
  static let place: Int32 = 96
  /// Instructions that the budget still allows.
  static let remaining: Int32 = 104
  /// Address of a refused access.
  static let address: Int32 = 112
  /// How often `may_goto` still goes on.
  static let loopsLeft: Int32 = 120
  /// r0 to r10.
  static let registers: Int32 = 128
  /// One word for every checked access: address of the region entry that was right the last time.
  static let caches: Int32 = registers + 11 * 8

  static func register(_ index: UInt8) -> Int32 { registers + Int32(index) * 8 }
  static func cache(_ site: Int) -> Int32 { caches + Int32(truncatingIfNeeded: site) * 8 }
}

/// How translated code ended.
enum RunEnd: UInt64 {
  case returned, helperFault, readFault, writeFault, callDepth, budget
}

/// An instruction that can end the program.
struct NativeSite {
  /// Index in the executable.
  let operation: Int32
  /// Instructions from it to the end of its block: counted already when it faults, but not executed.
  let pending: Int32
}
