import Hexadecimal

/// A generated program: slots of code that are executed one after another, whatever faults, and what it starts from.
public struct Sequence: Equatable, Sendable {
  /// One instruction with what it needs, in a slot of its own.
  public struct Slot: Equatable, Sendable {
    public var code: [UInt8]
    /// What it is, for people.
    public var name: String
  }

  /// Bytes of a slot: an exception handler goes on at the next multiple of it.
  static let slotBytes = 32
  static let slotsMax = 64
  /// A slot ends with a jump of two bytes to the next.
  static let codeMax = slotBytes - 2

  /// What the memory that the program sees is filled from.
  public var memorySeed: UInt64
  /// 0 or 3.
  public var privilege: UInt8
  /// RAX RCX RDX RBX RSP RBP RSI RDI R8…R15; RSP, R14 and R15 are set by the bench.
  public var registers: [UInt64]
  public var flags: UInt64
  public var slots: [Slot]

  /// The slots as they lie in memory, and HLT behind them, or in user mode UD2, whose handler halts.
  var code: [UInt8] {
    var bytes: [UInt8] = []
    for slot in slots.prefix(Self.slotsMax) {
      bytes += slot.code.prefix(Self.codeMax)
      let left = Self.slotBytes - bytes.count % Self.slotBytes
      bytes += [0xeb, UInt8(left - 2)] + [UInt8](repeating: 0x90, count: left - 2)
    }
    return bytes + (privilege == 0 ? [0xf4] : [0x0f, 0x0b])
  }

  /// One line a slot.
  var listing: [String] {
    slots.map { slot in "\(slot.code.hexadecimal())  \(slot.name)" }
  }
}
