/// Why a program cannot be made executable.
public struct LinkError: Error, Equatable, Sendable {
  /// Slot of the `lddw` whose immediate the host did not resolve.
  public let slot: Int
  public let immediate: WideImmediate

  public init(slot: Int, immediate: WideImmediate) {
    self.slot = slot
    self.immediate = immediate
  }
}

/// A program translated for the interpreter: one micro-operation an instruction, immediates extended, targets as
/// indices, 64-bit immediates resolved. It carries caches that a run updates, so one thread at a time may run it.
public final class Executable {
  let operations: UnsafeMutablePointer<MicroOperation>
  /// Number of micro-operations.
  let count: Int
  /// Slot of every micro-operation.
  let slots: UnsafeMutablePointer<Int32>
  /// Bytes of stack that are cleared before a run: one frame, or all when the program has local calls.
  let clearedStackSize: Int
  /// Instructions whose addresses the program loads, sorted: what helpers may call.
  let functions: [Int32]

  /// The address of the instruction with index i is this plus i: a number that is no address of any region.
  static let functionBase: UInt64 = 0xc0de_0000_0000_0000

  /// Translates `program`; `resolve` gives the 64-bit value of every immediate that is not a plain constant.
  public init(
    _ program: Program, resolve: (WideImmediate) -> UInt64? = { _ in nil }
  ) throws(LinkError) {
    let instructions = program.instructions
    var translated: [MicroOperation] = []
    translated.reserveCapacity(instructions.count)
    var hasLocalCalls = false
    var functions: [Int32] = []
    for instruction in instructions {
      let target = Int32(truncatingIfNeeded: instruction.target.flatMap { program.index(ofSlot: Int($0)) } ?? 0)
      switch instruction.operation {
      case .callLocal: hasLocalCalls = true
      case .loadWide(_, .code):
        hasLocalCalls = true
        functions.append(target)
      default: break
      }
      translated.append(try Self.translate(instruction, target: target, resolve))
    }
    functions.sort()
    self.functions = functions.indices.filter { $0 == 0 || functions[$0] != functions[$0 - 1] }.map { functions[$0] }
    count = instructions.count
    operations = .allocate(capacity: count)
    slots = .allocate(capacity: count)
    for index in 0..<count {
      (operations + index).initialize(to: translated[index])
      (slots + index).initialize(to: instructions[index].slot)
    }
    clearedStackSize = hasLocalCalls ? AddressSpace.stackSize : AddressSpace.frameSize
  }

  deinit {
    operations.deallocate()
    slots.deallocate()
  }

  private static func translate(
    _ instruction: Instruction, target: Int32, _ resolve: (WideImmediate) -> UInt64?
  ) throws(LinkError) -> MicroOperation {
    switch instruction.operation {
    case .arithmetic(let operation, let width, let destination, let operand):
      return arithmetic(operation, width, destination, operand)
    case .negate(let width, let register):
      return MicroOperation(code: width == .bits64 ? .neg64 : .neg32, destination: register.index)
    case .moveSignExtended(let width, let bits, let destination, let source):
      let codes: (Code, Code, Code) =
        width == .bits64
        ? (.movsx8To64, .movsx16To64, .movsx32To64) : (.movsx8To32, .movsx16To32, .movsx16To32)
      let code = bits == 8 ? codes.0 : bits == 16 ? codes.1 : codes.2
      return MicroOperation(code: code, destination: destination.index, source: source.index)
    case .byteOrder(let order, let bits, let register):
      return MicroOperation(code: byteOrder(order, bits), destination: register.index)
    case .loadWide(let register, .code):
      let address = functionBase + UInt64(target)
      return MicroOperation(code: .wide, destination: register.index, immediate: Int64(bitPattern: address))
    case .loadWide(let register, let immediate):
      let value: UInt64? = if case .constant(let constant) = immediate { constant } else { resolve(immediate) }
      guard let value else { throw LinkError(slot: Int(instruction.slot), immediate: immediate) }
      return MicroOperation(code: .wide, destination: register.index, immediate: Int64(bitPattern: value))
    case .loadAcquire(let size, let destination, let base, let offset):
      // Nobody else is there to see an order.
      return MicroOperation(
        code: load(size, false), destination: destination.index, source: base.index, immediate: Int64(offset))
    case .storeRelease(let size, let base, let offset, let source):
      return store(size, base, source, offset)
    case .load(let size, let signed, let destination, let base, let offset):
      return MicroOperation(
        code: load(size, signed), destination: destination.index, source: base.index, immediate: Int64(offset))
    case .store(let size, let base, let offset, .register(let source)): return store(size, base, source, offset)
    case .store(let size, let base, let offset, .immediate(let value)):
      let code: Code =
        switch size {
        case .byte: .storeImmediate8
        case .half: .storeImmediate16
        case .word: .storeImmediate32
        case .doubleWord: .storeImmediate64
        }
      let packed = Int64(offset) << 32 | Int64(UInt32(bitPattern: value))
      return MicroOperation(code: code, destination: base.index, immediate: packed)
    case .atomic(let operation, let width, let base, let offset, let source):
      return MicroOperation(
        code: width == .bits64 ? .atomic64 : .atomic32, destination: base.index, source: source.index,
        detail: operation.rawValue, immediate: Int64(offset))
    case .loadPacket(let size, let index, let offset):
      return MicroOperation(
        code: .loadPacket, source: index?.index ?? 0, detail: size.rawValue | (index == nil ? 0 : PacketLoad.indexFlag),
        immediate: Int64(offset))
    case .jump: return MicroOperation(code: .jump, auxiliary: target)
    case .branch(let condition, let width, let register, let operand, _):
      let group = Code.firstBranch.rawValue + condition.rawValue * 4
      return withOperand(group, width, register, operand, auxiliary: target)
    case .mayGoto: return MicroOperation(code: .mayGoto, auxiliary: target)
    case .callHelper(CallbackHelper.loop): return MicroOperation(code: .callLoop, immediate: Int64(CallbackHelper.loop))
    case .callHelper(CallbackHelper.elements):
      return MicroOperation(code: .callElements, immediate: Int64(CallbackHelper.elements))
    case .callHelper(let number): return MicroOperation(code: .callHelper, immediate: Int64(number))
    case .callLocal: return MicroOperation(code: .callLocal, auxiliary: target)
    case .callRegister(let register): return MicroOperation(code: .callRegister, destination: register.index)
    case .exit: return MicroOperation(code: .exit)
    }
  }

  private static func store(
    _ size: AccessSize, _ base: Register, _ source: Register, _ offset: Int16
  ) -> MicroOperation {
    let code: Code =
      switch size {
      case .byte: .store8
      case .half: .store16
      case .word: .store32
      case .doubleWord: .store64
      }
    return MicroOperation(code: code, destination: base.index, source: source.index, immediate: Int64(offset))
  }

  /// Constant shifts are masked and constant divisions by zero replaced here, so that the loop need not look.
  private static func arithmetic(
    _ operation: ArithmeticOperation, _ width: Width, _ destination: Register, _ operand: Operand
  ) -> MicroOperation {
    var operand = operand
    if case .immediate(let value) = operand {
      switch operation {
      case .shiftLeft, .shiftRight, .arithmeticShiftRight:
        operand = .immediate(value & Int32(width.rawValue - 1))
      default: break
      }
    }
    return withOperand(operation.rawValue * 4, width, destination, operand, auxiliary: 0)
  }

  /// `group` is the code of the variant "64-bit, immediate"; the other three follow it.
  private static func withOperand(
    _ group: UInt8, _ width: Width, _ destination: Register, _ operand: Operand, auxiliary: Int32
  ) -> MicroOperation {
    let base = width == .bits64 ? group : group + 2
    switch operand {
    case .immediate(let value):
      return MicroOperation(
        code: Code(rawValue: base) ?? .nop, destination: destination.index, auxiliary: auxiliary,
        immediate: Int64(value))
    case .register(let source):
      return MicroOperation(
        code: Code(rawValue: base + 1) ?? .nop, destination: destination.index, source: source.index,
        auxiliary: auxiliary)
    }
  }

  /// The platform is little-endian: `le` only truncates, `be` and `bswap` swap.
  private static func byteOrder(_ order: ByteOrder, _ bits: UInt8) -> Code {
    switch (order, bits) {
    case (.little, 16): .truncate16
    case (.little, 32): .truncate32
    case (.little, _): .nop
    case (_, 16): .swap16
    case (_, 32): .swap32
    default: .swap64
    }
  }

  private static func load(_ size: AccessSize, _ signed: Bool) -> Code {
    switch size {
    case .byte: signed ? .loadSigned8 : .load8
    case .half: signed ? .loadSigned16 : .load16
    case .word: signed ? .loadSigned32 : .load32
    case .doubleWord: .load64
    }
  }
}
