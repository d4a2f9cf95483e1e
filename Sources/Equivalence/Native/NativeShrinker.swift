/// Makes a program that shows a disagreement as small as it gets: groups of instructions first, then its states.
struct NativeShrinker {
  /// Whether a program still shows it.
  let isDifferent: (NativeProgram) throws -> Bool

  func shrunk(_ program: NativeProgram) throws -> NativeProgram {
    var shrinker = ProgramShrinker(program, isDifferent: isDifferent)
    try shrinker.leaveOut(\.groups)
    for index in program.starts.indices {
      for change in Self.simplifications { try shrinker.simplify { change(&$0.starts[index]) } }
    }
    return shrinker.smallest
  }

  private typealias Change = @Sendable (inout NativeStart) -> Void

  /// RSP, RBP, R14 and R15 stay: they point at memory.
  private static let simplifications: [Change] = {
    var changes: [Change] = [
      { $0.flags = 0 },
      { $0.pkru = 0 },
      { $0.reset(24..<28) },
      { $0.reset(0..<24) },
    ]
    for register in NativeGenerator.writable { changes.append { $0.registers[register] = 0 } }
    for at in stride(from: 32, to: 416, by: 16) { changes.append { $0.reset(at..<at + 16) } }
    return changes
  }()
}

extension NativeStart {
  /// Makes a part of the state of x87 and SSE what it is after a reset.
  fileprivate mutating func reset(_ range: Range<Int>) { fx.replaceSubrange(range, with: Self.plainFX[range]) }
}
