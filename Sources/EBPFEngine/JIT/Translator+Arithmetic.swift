extension Translator {
  /// One of the operations with four variants: 64 or 32 bits, immediate or register.
  mutating func arithmetic(_ operation: MicroOperation) {
    let variant = operation.code.rawValue
    let isWide = variant & 2 == 0
    let size: CodeWriter.OperandSize = isWide ? .bits64 : .bits32
    let destination = NativeRegister.of(operation.destination)
    let source: NativeRegister? = variant & 1 == 1 ? .of(operation.source) : nil
    let value = Int32(truncatingIfNeeded: operation.immediate)
    switch ArithmeticOperation(rawValue: variant / 4) ?? .move {
    case .add: simple(.add, size, destination, source, value, operation)
    case .subtract: simple(.sub, size, destination, source, value, operation)
    case .or: simple(.or, size, destination, source, value, operation)
    case .and: simple(.and, size, destination, source, value, operation)
    case .xor: simple(.xor, size, destination, source, value, operation)
    case .move:
      if let source {
        if !isWide || source != destination { code.mov(size, destination, source) }
      } else {
        code.mov(destination, isWide ? Int64(value) : Int64(UInt32(bitPattern: value)))
      }
    case .multiply:
      if let source { code.imul(size, destination, source) } else { multiply(size, destination, by: value) }
    case .shiftLeft: shift(4, size, destination, source, value)
    case .shiftRight: shift(5, size, destination, source, value)
    case .arithmeticShiftRight: shift(7, size, destination, source, value)
    case .divide: divide(.init(isWide, signed: false, remainder: false), destination, source, value)
    case .modulo: divide(.init(isWide, signed: false, remainder: true), destination, source, value)
    case .signedDivide: divide(.init(isWide, signed: true, remainder: false), destination, source, value)
    case .signedModulo: divide(.init(isWide, signed: true, remainder: true), destination, source, value)
    }
  }

  private mutating func simple(
    _ native: NativeArithmetic, _ size: CodeWriter.OperandSize, _ destination: NativeRegister,
    _ source: NativeRegister?, _ value: Int32, _ operation: MicroOperation
  ) {
    if let source {
      code.arithmetic(native, size, destination, source)
    } else {
      code.arithmetic(native, size, destination, value)
    }
    flags = (operation.destination, size == .bits64)
  }

  /// Products by small constants without a multiplication, as compilers make them.
  private mutating func multiply(_ size: CodeWriter.OperandSize, _ register: NativeRegister, by value: Int32) {
    switch value {
    case 3, 5, 9: code.leaScaled(size, register, register, scale: UInt8(value - 1))
    case 2...0x4000_0000 where value & (value - 1) == 0:
      code.shift(4, size, register, by: UInt8(value.trailingZeroBitCount))
    default: code.imul(size, register, value)
    }
  }

  /// Counts are masked by the processor as RFC 9669 asks.
  private mutating func shift(
    _ kind: UInt8, _ size: CodeWriter.OperandSize, _ destination: NativeRegister, _ source: NativeRegister?,
    _ value: Int32
  ) {
    guard let source else {
      if value == 0 {
        if size == .bits32 { code.mov(.bits32, destination, destination) }
      } else {
        code.shift(kind, size, destination, by: UInt8(truncatingIfNeeded: value))
      }
      return
    }
    guard source != .rcx else { return code.shiftByCL(kind, size, destination) }
    code.mov(.bits64, .address, .rcx)
    code.mov(.bits32, .rcx, source)
    if destination == .rcx {
      code.shiftByCL(kind, size, .address)
    } else {
      code.shiftByCL(kind, size, destination)
    }
    code.mov(.bits64, .rcx, .address)
  }
}
