import EBPFEngine

/// Helper 5 adds its first two arguments; no other helper exists.
struct TestHelpers: HelperHost {
  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    guard number == 5 else { throw .unknownHelper }
    return arguments.r1 &+ arguments.r2
  }
}

/// A run over a 64-byte context at `TestRun.contextBase`.
struct TestRun {
  static let contextBase: UInt64 = 0x1000
  var result: RunResult
  var context: [UInt8]

  init(_ program: Program, context: [UInt8], budget: UInt64, rights: MemoryRights = .readWrite) throws {
    let executable = try Executable(program) { immediate in
      if case .mapByIndex(let index) = immediate { UInt64(index) } else { nil }
    }
    let space = AddressSpace()
    var helpers = TestHelpers()
    var context = context
    let result = try context.withUnsafeMutableBytes { bytes in
      let storage = bytes.baseAddress!
      _ = try space.addRegion(storage, size: bytes.count, base: Self.contextBase, rights: rights)
      let arguments = HelperArguments(r1: Self.contextBase, r2: UInt64(bytes.count))
      return Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
    }
    self.result = result
    self.context = context
  }

  /// Assembles and runs.
  init(_ source: String, context: [UInt8] = [UInt8](0..<64), budget: UInt64 = 1_000_000) throws {
    try self.init(Assembler.assemble(Array(source.utf8)), context: context, budget: budget)
  }

  var value: UInt64? {
    if case .returned(let value) = result.outcome { value } else { nil }
  }

  var fault: Fault? {
    if case .fault(let fault) = result.outcome { fault } else { nil }
  }
}
