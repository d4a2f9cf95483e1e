// States as the Linux verifier logs them: `R1=ctx R2=scalar(umax=255,var_off=(0x0; 0xff)) R10=fp0 fp-8=7`.

extension MachineState {
  func write(to text: inout TextWriter) {
    if depth > 1 { text.write("frame", Int(frameNumber), ": ") }
    var separator: StaticString = ""
    for index in frame.registers.indices where frame.registers[index].kind != .uninitialised {
      text.write(separator)
      text.write("R", index, "=")
      frame.registers[index].write(to: &text)
      separator = " "
    }
    for index in frame.stack.indices where frame.stack[index].initialised != 0 {
      text.write(" fp", -8 * (index + 1), "=")
      frame.stack[index].write(to: &text)
    }
  }
}

extension StackSlot {
  /// The spilled register, or a letter a byte from the lowest: 0 zero, m misc, ? uninitialised.
  func write(to text: inout TextWriter) {
    if spillMask == 0xff { return spill.write(to: &text) }
    for byte in 0..<8 {
      let mask: UInt8 = 1 << UInt8(byte)
      text.write(zero & mask != 0 ? "0" : initialised & mask != 0 ? "m" : "?")
    }
  }
}

extension RegisterState {
  func write(to text: inout TextWriter) {
    if isScalar {
      if let number = scalar.constant { return text.write(Int64(bitPattern: number)) }
      text.write("scalar")
      guard !scalar.isUnknown else { return }
      text.write("(")
      scalar.write(to: &text)
      text.write(")")
      return
    }
    text.write(kind.text)
    if kind == .mapValue || kind == .mapValueOrNull || kind == .map || kind == .region || kind == .mapOrNull {
      text.write("#", Int(object), "")
    }
    if kind.isPacket {
      text.write("(id=", Int(id), ",r=")
      text.write(Int64(reach))
      text.write(")")
    }
    if let offset = scalar.constant {
      if kind == .stack || offset != 0 { text.write(Int64(bitPattern: offset)) }
      return
    }
    text.write("(")
    scalar.write(to: &text)
    text.write(")")
  }
}

extension Scalar {
  /// What is known, the intervals only where they tell something.
  func write(to text: inout TextWriter) {
    var separator: StaticString = ""
    func field(_ name: StaticString, _ text: inout TextWriter) {
      text.write(separator)
      text.write(name)
      separator = ","
    }
    if wide.signed.min != .min {
      field("smin=", &text)
      text.write(wide.signed.min)
    }
    if wide.signed.max != .max {
      field("smax=", &text)
      text.write(wide.signed.max)
    }
    if wide.unsigned.min != 0 {
      field("umin=", &text)
      text.writeUnsigned(wide.unsigned.min)
    }
    if wide.unsigned.max != .max {
      field("umax=", &text)
      text.writeUnsigned(wide.unsigned.max)
    }
    if bits.mask != ~0 {
      field("var_off=(", &text)
      text.writeHexadecimal(bits.value)
      text.write("; ")
      text.writeHexadecimal(bits.mask)
      text.write(")")
    }
  }
}

extension Refusal {
  /// Two lines: `instruction 3: R2 !read_ok`, and the registers before it (without the second where none are known).
  public func write(to text: inout TextWriter) {
    text.write("instruction ", slot, ": ")
    writeReason(to: &text)
    guard state != nil else { return }
    text.write("\n")
    text.write("", slot, ": ")
    writeState(to: &text)
  }

  /// Why, without the place: `R2 !read_ok`.
  public func writeReason(to text: inout TextWriter) { reason.write(to: &text) }

  /// Registers and stack before the instruction; nothing where the program was not explored.
  public func writeState(to text: inout TextWriter) { state?.write(to: &text) }
}

extension Refusal: CustomStringConvertible {
  public var description: String {
    var text = TextWriter()
    write(to: &text)
    return text.string
  }
}
