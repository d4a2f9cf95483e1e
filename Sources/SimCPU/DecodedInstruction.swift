/// An instruction taken apart: prefixes, opcode, operands, length (SDM volume 2, chapter 2). It says what the bytes say, not what the
/// instruction does.
public struct DecodedInstruction: Equatable, Sendable {
  /// The table that an opcode is looked up in.
  public enum Map: UInt8, Sendable { case oneByte, escape0F, escape0F38, escape0F3A }

  /// In bytes, 1…15.
  public var length: Int
  public var map: Map
  public var opcode: UInt8
  /// The ModRM byte; nil if there is none.
  public var modRM: UInt8?
  /// The ModRM byte names memory.
  public var isMemory: Bool
  public var hasLock: Bool
  /// F2 or F3 stands before it.
  public var hasRepeat: Bool
  /// VEX or EVEX.
  public var isVEX: Bool
  public var hasREX: Bool
  /// 2, 4 or 8, from prefixes and mode.
  public var operandBytes: Int
  /// ModRM.reg with its REX bit.
  public var reg: Int
  /// ModRM.rm with its REX bit; without ModRM the register in the opcode, if the opcode has one.
  public var rm: Int
  /// The base register of the memory operand; nil if there is none, or if it is RIP.
  public var base: Int?
  public var index: Int?
  /// F2, F3 or 66, the first of these that stands there; 0 if none does.
  public var prefix: UInt8
  public var immediate: UInt64

  public init(
    length: Int, map: Map, opcode: UInt8, modRM: UInt8?, isMemory: Bool, hasLock: Bool, hasRepeat: Bool, isVEX: Bool,
    hasREX: Bool, operandBytes: Int, reg: Int, rm: Int, base: Int?, index: Int?, prefix: UInt8, immediate: UInt64
  ) {
    self.length = length
    self.map = map
    self.opcode = opcode
    self.modRM = modRM
    self.isMemory = isMemory
    self.hasLock = hasLock
    self.hasRepeat = hasRepeat
    self.isVEX = isVEX
    self.hasREX = hasREX
    self.operandBytes = operandBytes
    self.reg = reg
    self.rm = rm
    self.base = base
    self.index = index
    self.prefix = prefix
    self.immediate = immediate
  }
}
