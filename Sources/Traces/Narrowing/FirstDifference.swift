import Scenarios
import SimCPU
import SimEvents

/// The instruction that makes the states of two runs different.
///
/// Before it, all registers and all memory are the same in both; after it they are not. It may be the same instruction
/// that finds something else (an interrupt, a device's answer), or one whose operand lies in a page that was different
/// from the beginning, as pages of two images are.
public struct FirstDifference: Equatable, Sendable {
  /// The number of instructions retired before it.
  public var instruction: UInt64
  /// Its address.
  public var pointer: UInt64
  /// Its first bytes, as many as an instruction can have; fewer where memory ends.
  public var code: [UInt8]
  /// The same in the new run: other bytes where the instruction itself was changed.
  public var newCode: [UInt8]
  /// The registers before it, which are the same in both.
  public var before: RegisterFile
  /// The registers that differ after it.
  public var registers: [RegisterFile.Difference]
  /// Memory that differs after it, the first few pages.
  public var memory: [PageDifference]
  /// Physical pages that were different before, and therefore not compared.
  public var pagesDifferentBefore: [Int]
  /// What each run showed at this instruction; empty where it showed nothing.
  public var oldEvents: [Event]
  public var newEvents: [Event]
  /// The run that has ended before the instruction was retired.
  public var ended: Side?

  public enum Side: String, Equatable, Sendable {
    case old, new
  }

  /// A page that is not the same.
  public struct PageDifference: Equatable, Sendable {
    /// The guest-physical address of the first byte that differs.
    public var address: UInt64
    /// Up to 16 bytes from there.
    public var old: [UInt8]
    public var new: [UInt8]
  }
}

/// What came of the search for a first different instruction.
public enum Narrowing: Equatable, Sendable {
  case found(FirstDifference)
  /// The registers differ at the start of the search already.
  case differentBefore(instruction: UInt64, registers: [RegisterFile.Difference])
  /// No difference of registers or memory was seen until this many instructions are retired: it lies in what the scenario
  /// says or a device does, or in pages that were different from the start.
  case sameState(until: UInt64)
}
