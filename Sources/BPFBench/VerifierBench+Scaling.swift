import EBPFEngine

/// How the verifier's time grows with a program's length, for programs of three shapes.
extension VerifierBench {
  private enum Shape: String, CaseIterable {
    case straight, branchy, looping
  }

  static func runScaling() throws {
    for shape in Shape.allCases {
      var first: Double?
      for slots in [300, 3000, 30_000, 100_000] {
        let program = try program(shape, slots)
        let start = processorTime()
        let report = try Verifier.verify(program, scalingEnvironment)
        let time = (processorTime() - start) / Double(program.slotCount)
        let ratio = time / (first ?? time)
        first = first ?? time
        print(
          "verifier: \(program.slotCount) \(shape.rawValue) slots: \(report.exploredInstructions) explored,",
          "\(text(time, 0)) ns a slot, \(text(ratio, 2)) of that at 300")
      }
    }
  }

  /// Every branch leaves a way for later until the end is reached: 100,000 branchy slots have more of them than the
  /// limit, which is not what is measured here.
  private static var scalingEnvironment: VerifierEnvironment {
    var environment = VerifierEnvironment(
      arguments: [.context, .number(nil), .region(0)], context: ProgramContext.fields,
      regions: [.init(number: 0, size: 64, rights: .readWrite)], helpers: .uio)
    environment.limits.pendingBranches = 1 << 20
    return environment
  }

  private static func program(_ shape: Shape, _ slots: Int) throws -> Program {
    var source = "mov %r6, 0\nmov %r8, 0\n"
    for block in 0..<(slots / 4) {
      switch shape {
      case .straight: source += "add %r6, 7\nstxdw [%r10-8], %r6\nldxdw %r6, [%r10-8]\nxor %r6, %r2\n"
      case .branchy:
        source += "ldxb %r4, [%r3]\njset %r4, 1, b\(block)\nadd %r6, \(block)\nb\(block): mov %r5, %r6\n"
      case .looping: source += "mov %r9, 0\nl\(block): add %r6, %r9\nadd %r9, 1\njlt %r9, 4, l\(block)\n"
      }
    }
    // What was there at the start decides at the end.
    source += "add %r3, %r8\nldxb %r0, [%r3]\nexit\n"
    return try Assembler.assemble([UInt8](source.utf8))
  }
}
