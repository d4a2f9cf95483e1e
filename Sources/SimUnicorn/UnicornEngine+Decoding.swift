import CUnicornSeams
import SimCPU

extension UnicornEngine {
  public func decode(_ code: [UInt8]) -> DecodedInstruction? {
    let attributes = rawState.segment.1.attributes
    return Self.decode(code, codeBits: attributes & 1 << 21 != 0 ? 64 : attributes & 1 << 22 != 0 ? 32 : 16)
  }

  /// - Parameter codeBits: 16, 32 or 64.
  public static func decode(_ code: [UInt8], codeBits: Int) -> DecodedInstruction? {
    precondition([16, 32, 64].contains(codeBits), "code has 16, 32 or 64 bits")
    var raw = seams_instruction()
    guard seams_take_apart(code, code.count, Int32(codeBits), &raw), let map = DecodedInstruction.Map(rawValue: raw.map)
    else { return nil }
    func register(_ number: Int8) -> Int? { (0...15).contains(number) ? Int(number) : nil }
    return DecodedInstruction(
      length: Int(raw.length), map: map, opcode: raw.opcode, modRM: raw.has_modrm ? raw.modrm : nil,
      isMemory: raw.is_memory, hasLock: raw.has_lock, hasRepeat: raw.has_rep, isVEX: raw.is_vex, hasREX: raw.has_rex,
      operandBytes: Int(raw.operand_bytes), reg: Int(raw.reg), rm: Int(raw.rm), base: register(raw.base),
      index: register(raw.index), prefix: raw.prefix, immediate: raw.immediate)
  }
}
