import CodeScanner

/// Bytes of a program's code that an extension must not have, as it could jump to them.
struct PrivilegedCode {
  var name: StaticString
  var address: UInt64

  /// Looks at the final bytes of code, which nobody can write any more: at each offset for what is told by more than one byte, and
  /// at each instruction from the first on for the rest.
  static func first(at start: UInt64, bytes count: UInt64) -> PrivilegedCode? {
    let code = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(start)), count: Int(count))
    var scanner = CodeScanner()
    var index = 0
    if let found = scanner.next(in: code, from: &index) {
      return PrivilegedCode(name: found.instruction.name, address: start &+ found.offset)
    }
    var walk = InstructionWalk(code)
    while let step = walk.next() {
      if let finding = step.finding {
        return PrivilegedCode(name: finding.name, address: start &+ UInt64(step.offset))
      }
      walk.passFilling()
    }
    return nil
  }

  /// `WRPKRU in its code, at offset 0x1b`: the loader's words for it.
  func reason(base: UInt64) -> [UInt8] {
    var text = TextBuffer()
    text.text(name)
    text.text(" in its code, at offset ")
    text.address(address &- base)
    return Array(text.contents)
  }
}
