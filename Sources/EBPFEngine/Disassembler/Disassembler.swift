/// Writes instructions in the syntax that the assembler reads; assembling the text gives the same slots again.
public enum Disassembler {
  /// One line an instruction, without slot numbers.
  public static func disassemble(_ program: Program) -> [UInt8] {
    var text = TextWriter()
    for instruction in program.instructions {
      write(instruction, to: &text)
      text.write("\n")
    }
    return text.bytes
  }

  /// One instruction without a newline.
  public static func write(_ instruction: Instruction, to text: inout TextWriter) {
    switch instruction.operation {
    case .arithmetic(let operation, let width, let destination, let operand):
      text.write(Mnemonics.name(operation), width)
      text.write(destination)
      text.write(", ")
      text.write(operand)
    case .negate(let width, let register):
      text.write("neg", width)
      text.write(register)
    case .moveSignExtended(let width, let bits, let destination, let source):
      text.write("movsx")
      text.write(Int64(bits))
      text.write(Int64(width.rawValue))
      text.write(" ")
      text.write(destination)
      text.write(", ")
      text.write(source)
    case .byteOrder(let order, let bits, let register):
      text.write(Mnemonics.name(order))
      text.write(Int64(bits))
      text.write(" ")
      text.write(register)
    case .loadWide(let register, let immediate):
      text.write("lddw ")
      text.write(register)
      text.write(", ")
      writeWide(immediate, instruction, to: &text)
    case .load(let size, let signExtended, let destination, let base, let offset):
      text.write(signExtended ? "ldxs" : "ldx")
      text.write(Mnemonics.suffix(size))
      text.write(" ")
      text.write(destination)
      text.write(", ")
      text.write(base, offset)
    case .store(let size, let base, let offset, let value):
      if case .register = value { text.write("stx") } else { text.write("st") }
      text.write(Mnemonics.suffix(size))
      text.write(" ")
      text.write(base, offset)
      text.write(", ")
      text.write(value)
    case .atomic(let operation, let width, let base, let offset, let source):
      text.write("lock ")
      text.write(Mnemonics.name(operation), width)
      text.write(base, offset)
      text.write(", ")
      text.write(source)
    case .loadAcquire(let size, let destination, let base, let offset):
      text.write(Mnemonics.loadAcquire)
      text.write(Mnemonics.suffix(size))
      text.write(" ")
      text.write(destination)
      text.write(", ")
      text.write(base, offset)
    case .storeRelease(let size, let base, let offset, let source):
      text.write(Mnemonics.storeRelease)
      text.write(Mnemonics.suffix(size))
      text.write(" ")
      text.write(base, offset)
      text.write(", ")
      text.write(source)
    case .loadPacket(let size, let index, let offset):
      text.write(index == nil ? Mnemonics.loadAbsolute : Mnemonics.loadIndirect)
      text.write(Mnemonics.suffix(size))
      text.write(" ")
      if let index {
        text.write(index)
        text.write(", ")
      }
      text.write(Int64(offset))
    default: writeFlow(instruction, to: &text)
    }
  }

  private static func writeFlow(_ instruction: Instruction, to text: inout TextWriter) {
    switch instruction.operation {
    case .jump(let target, let wide):
      text.write(wide ? "ja32 " : "ja ")
      text.write(target, from: instruction)
    case .branch(let condition, let width, let register, let operand, let target):
      text.write(Mnemonics.name(condition), width)
      text.write(register)
      text.write(", ")
      text.write(operand)
      text.write(", ")
      text.write(target, from: instruction)
    case .mayGoto(let target):
      text.write(Mnemonics.mayGoto)
      text.write(" ")
      text.write(target, from: instruction)
    case .callHelper(let number):
      text.write("call ")
      text.write(Int64(number))
    case .callLocal(let target):
      text.write("call local ")
      text.write(target, from: instruction)
    case .callRegister(let register):
      text.write("call ")
      text.write(register)
    default: text.write("exit")
    }
  }

  private static func writeWide(
    _ immediate: WideImmediate, _ instruction: Instruction, to text: inout TextWriter
  ) {
    switch immediate {
    case .constant(let value): text.writeHexadecimal(value)
    case .mapByDescriptor(let number): text.write(Mnemonics.mapByDescriptor, number)
    case .mapValueByDescriptor(let number, let offset):
      text.write(Mnemonics.mapValueByDescriptor, number)
      text.write(", ")
      text.write(Int64(offset))
    case .variable(let number): text.write(Mnemonics.variable, number)
    case .code(let slot):
      text.write(Mnemonics.code)
      text.write(" ")
      text.write(slot, from: instruction)
    case .mapByIndex(let number): text.write(Mnemonics.mapByIndex, number)
    case .mapValueByIndex(let number, let offset):
      text.write(Mnemonics.mapValueByIndex, number)
      text.write(", ")
      text.write(Int64(offset))
    }
  }
}

extension TextWriter {
  /// `%r0` to `%r10`.
  public mutating func write(_ register: Register) {
    write("%r")
    write(Int64(register.index))
  }

  fileprivate mutating func write(_ operand: Operand) {
    switch operand {
    case .register(let register): write(register)
    case .immediate(let value): write(Int64(value))
    }
  }

  fileprivate mutating func write(_ name: StaticString, _ width: Width) {
    write(name)
    write(width == .bits32 ? "32 " : " ")
  }

  fileprivate mutating func write(_ name: StaticString, _ number: Int32) {
    write(name)
    write(" ")
    write(Int64(number))
  }

  fileprivate mutating func write(_ base: Register, _ offset: Int16) {
    write("[")
    write(base)
    if offset != 0 { writeSigned(Int64(offset)) }
    write("]")
  }

  fileprivate mutating func write(_ target: Int32, from instruction: Instruction) {
    writeSigned(Int64(target) - Int64(instruction.slot) - 1)
  }
}
