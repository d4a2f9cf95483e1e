extension Translator {
  /// One of the eight division instructions.
  struct Division {
    let isWide: Bool
    let isSigned: Bool
    let givesRemainder: Bool

    init(_ isWide: Bool, signed: Bool, remainder: Bool) {
      self.isWide = isWide
      isSigned = signed
      givesRemainder = remainder
    }

    var size: CodeWriter.OperandSize { isWide ? .bits64 : .bits32 }
  }

  mutating func divide(
    _ division: Division, _ destination: NativeRegister, _ source: NativeRegister?, _ value: Int32
  ) {
    if let source {
      divide(division, destination, byRegister: source)
    } else {
      divide(division, destination, by: value)
    }
  }

  /// RFC 9669 4.1: the quotient by 0 is 0, the remainder the dividend.
  private mutating func byZero(_ division: Division, _ destination: NativeRegister) {
    if !division.givesRemainder {
      code.mov(destination, 0)
    } else if !division.isWide {
      code.mov(.bits32, destination, destination)
    }
  }

  /// The quotient by -1 is the negative, the smallest number's included, on which IDIV would trap; the remainder is 0.
  private mutating func byMinusOne(_ division: Division, _ destination: NativeRegister) {
    if division.givesRemainder { code.mov(destination, 0) } else { code.neg(division.size, destination) }
  }

  private mutating func divide(_ division: Division, _ destination: NativeRegister, by value: Int32) {
    if value == 0 { return byZero(division, destination) }
    if division.isSigned && value == -1 { return byMinusOne(division, destination) }
    if !division.isSigned && value > 0 && value & (value - 1) == 0 {
      if division.givesRemainder {
        code.arithmetic(.and, division.size, destination, value - 1)
      } else if value > 1 {
        code.shift(5, division.size, destination, by: UInt8(value.trailingZeroBitCount))
      } else if !division.isWide {
        code.mov(.bits32, destination, destination)
      }
      return
    }
    code.mov(.address, Int64(value))
    divideByAddressRegister(division, destination)
  }

  private mutating func divide(
    _ division: Division, _ destination: NativeRegister, byRegister source: NativeRegister
  ) {
    code.mov(division.size, .address, source)
    code.test(division.size, .address, .address)
    let zero = code.jumpForward8(.equal)
    var minusOne: Int?
    if division.isSigned {
      code.arithmetic(.cmp, division.size, .address, -1)
      minusOne = code.jumpForward8(.equal)
    }
    divideByAddressRegister(division, destination)
    let done = code.jumpForward8(nil)
    if let minusOne {
      code.patch8(endingAt: minusOne)
      byMinusOne(division, destination)
      let done = code.jumpForward8(nil)
      code.patch8(endingAt: zero)
      byZero(division, destination)
      code.patch8(endingAt: done)
    } else {
      code.patch8(endingAt: zero)
      byZero(division, destination)
    }
    code.patch8(endingAt: done)
  }

  /// RAX and RDX are r0 and r3: they survive unless one is the destination.
  private mutating func divideByAddressRegister(_ division: Division, _ destination: NativeRegister) {
    if destination != .rax { code.mov(.bits64, .scratch, .rax) }
    if destination != .rdx { code.push(.rdx) }
    if destination != .rax { code.mov(division.size, .rax, destination) }
    if division.isSigned { code.signExtendRAX(division.size) } else { code.mov(.rdx, 0) }
    code.divide(division.size, signed: division.isSigned, by: .address)
    let result: NativeRegister = division.givesRemainder ? .rdx : .rax
    if destination != result { code.mov(division.size, destination, result) }
    if destination != .rdx { code.pop(.rdx) }
    if destination != .rax { code.mov(.bits64, .rax, .scratch) }
  }
}
