import EBPFEngine
import Testing

/// Helper 5 adds its first two arguments; no other helper exists.
struct TestHelpers: HelperHost {
  mutating func call(
    _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    guard number == 5 else { throw .unknownHelper }
    return arguments.r1 &+ arguments.r2
  }
}

/// A run over a 64-byte context at `TestRun.contextBase`: in the interpreter and, where that is possible, translated.
/// Both have to end alike.
struct TestRun {
  static let contextBase: UInt64 = 0x1000
  var result: RunResult
  var context: [UInt8]

  init(_ program: Program, context: [UInt8], budget: UInt64, rights: MemoryRights = .readWrite) throws {
    let executable = try Executable(program) { immediate in
      if case .mapByIndex(let index) = immediate { UInt64(index) } else { nil }
    }
    let interpreted = try Self.run(context, rights) { space, arguments in
      var helpers = TestHelpers()
      return Interpreter.run(executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
    }
    (result, self.context) = interpreted
    guard ExecutablePages.areAvailable else { return }
    let native = try Self.run(context, rights) { space, arguments in
      var helpers = TestHelpers()
      return try NativeRun(checking: executable, in: space)
        .run(arguments, budget: budget, helpers: &helpers) { TestHelpers.serve($0, $1, $2, $3, $4, $5) }
    }
    #expect(native.0 == interpreted.0, "native code ends in another way\n\(program.text)")
    #expect(native.1 == interpreted.1, "native code leaves other memory\n\(program.text)")
  }

  private static func run(
    _ context: [UInt8], _ rights: MemoryRights, _ body: (AddressSpace, HelperArguments) throws -> RunResult
  ) throws -> (RunResult, [UInt8]) {
    let space = AddressSpace()
    var context = context
    let result = try context.withUnsafeMutableBytes { bytes in
      let storage = bytes.baseAddress!
      _ = try space.addRegion(storage, size: bytes.count, base: Self.contextBase, rights: rights)
      return try body(space, HelperArguments(r1: Self.contextBase, r2: UInt64(bytes.count)))
    }
    return (result, context)
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
