import Testing

@testable import EBPFEngine

/// Functions that helpers call, and loops that a count ends; every run in the interpreter and translated.
@Suite struct CallbackTests {
  private static func loop(_ count: String, _ body: String, flags: Int = 0) -> String {
    """
    stdw [%r10-8], 0
    mov %r6, 77
    lddw %r1, \(count)
    lddw %r2, code f
    mov %r3, %r10
    add %r3, -8
    mov %r4, \(flags)
    call 181
    ldxdw %r7, [%r10-8]
    lsh %r7, 8
    add %r0, %r7
    jeq %r6, 77, +1
    mov %r0, -1
    exit
    f: \(body)
    exit
    """
  }

  private static let sum = "ldxdw %r3, [%r2]\nadd %r3, %r1\nstxdw [%r2], %r3\nmov %r6, 5\nmov %r0, 0"

  @Test(arguments: [(0, 0), (1, 1), (10, 45 << 8 | 10)] as [(Int, UInt64)])
  func everyRoundGetsItsNumberAndTheContext(count: Int, expected: UInt64) throws {
    #expect(try TestRun(Self.loop("\(count)", Self.sum)).value == expected)
  }

  @Test func anythingButZeroEndsTheRounds() throws {
    let body = Self.sum + "\njlt %r1, 3, +1\nmov %r0, 9"
    #expect(try TestRun(Self.loop("100", body)).value == 6 << 8 | 4)
  }

  @Test func flagsAndTooManyRoundsAreErrors() throws {
    #expect(try TestRun(Self.loop("3", Self.sum, flags: 1)).value == UInt64(bitPattern: -22))
    #expect(try TestRun(Self.loop("8388609", Self.sum)).value == UInt64(bitPattern: -7))
  }

  @Test func theBudgetEndsRoundsAtTheSameInstruction() throws {
    let source = Self.loop("10", Self.sum)
    let all = try TestRun(source).result.instructionCount
    for budget in 0..<all {
      let run = try TestRun(source, budget: budget)
      #expect(run.fault?.kind == .budgetExhausted && run.result.instructionCount == budget)
    }
  }

  @Test func whatTheProgramDoesNotLoadIsNotCalled() throws {
    let run = try TestRun("mov %r1, 1\nmov %r2, 5\nmov %r4, 0\ncall 181\nexit")
    #expect(run.fault == Fault(slot: 3, kind: .helper(number: 181, .badFunction)))
    let other = try TestRun("lddw %r5, code +4\nmov %r1, 1\nmov %r2, 5\nmov %r4, 0\ncall 181\nmov %r0, 0\nexit")
    #expect(other.fault == Fault(slot: 5, kind: .helper(number: 181, .badFunction)))
  }

  @Test func functionsThatCallThemselvesRunOutOfFrames() throws {
    let run = try TestRun(
      "lddw %r2, code f\nf: mov %r1, 1\nlddw %r2, code f\nmov %r4, 0\ncall 181\nmov %r0, 0\nexit")
    #expect(run.fault?.kind == .callDepth)
  }

  @Test func aFaultInAFunctionIsWhereItIs() throws {
    let run = try TestRun(Self.loop("5", "ldxdw %r0, [%r1]"))
    #expect(run.fault == Fault(slot: 16, kind: .read(address: 0, size: 8)))
  }

  @Test func mayGotoJumpsWhenTheCountIsUsedUp() throws {
    let run = try TestRun("mov %r0, 0\nl: may_goto +2\nadd %r0, 1\nja l\nexit", budget: 30_000_000)
    #expect(run.value == Interpreter.maximumLoops)
  }

  // MARK: Elements of maps

  private struct Host: HelperHost {
    let maps: MapSet
    mutating func call(
      _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
    ) throws(HelperFault) -> UInt64 {
      guard let result = try maps.call(number, arguments) else { throw .unknownHelper }
      return result
    }
  }

  /// The sum of keys times values of a map, interpreted, and translated with checks and, where `verified`, without.
  private func visit(_ kind: MapKind, _ source: String) throws -> [RunResult.Outcome] {
    let program = try Assembler.assemble(Array(source.utf8))
    let definition = MapDefinition(kind: kind, keySize: 4, valueSize: 8, entryCount: 4)
    var outcomes: [RunResult.Outcome] = []
    for way in 0..<3 where way == 0 || ExecutablePages.areAvailable {
      let space = way == 2 ? AddressSpace.ofRealAddresses() : AddressSpace()
      let maps = MapSet(space: space)
      let map = try Map(definition)
      for number in UInt32(0)..<3 {
        var (key, value) = (number, UInt64(number) * 10 + 1)
        try map.update(&key, &value, .any)
      }
      try maps.add(map)
      var host = Host(maps: maps)
      if way == 0 {
        let executable = try Executable(program, resolve: maps.resolve)
        outcomes.append(
          Interpreter.run(executable, in: space, arguments: HelperArguments(), budget: 10_000, helpers: &host).outcome)
        continue
      }
      let run: NativeRun
      if way == 1 {
        run = try NativeRun(checking: Executable(program, resolve: maps.resolve), in: space)
      } else {
        let environment = VerifierEnvironment(
          arguments: [], maps: [.init(number: 0, definition)], helpers: .uio)
        let verified = try VerifiedProgram(verifying: program, environment)
        #expect(verified.report.instructionBound == nil)
        run = try NativeRun(trusting: VerifiedExecutable(verified, resolve: maps.resolve), in: space)
      }
      outcomes.append(
        run.run(HelperArguments(), budget: 10_000, helpers: &host) { Host.serve($0, $1, $2, $3, $4, $5) }.outcome)
    }
    return outcomes
  }

  private static let visiting = """
    stdw [%r10-8], 0
    lddw %r1, map_index 0
    lddw %r2, code f
    mov %r3, %r10
    add %r3, -8
    mov %r4, 0
    call 164
    mov %r6, %r0
    lsh %r6, 32
    ldxdw %r0, [%r10-8]
    add %r0, %r6
    exit
    f: ldxw %r5, [%r2]
    ldxdw %r0, [%r3]
    mul %r5, %r0
    ldxdw %r0, [%r4]
    add %r0, %r5
    stxdw [%r4], %r0
    mov %r0, 0
    exit
    """

  @Test(arguments: [MapKind.hash, .lruHash, .perCPUHash, .array]) func everyElementIsVisitedOnce(kind: MapKind) throws {
    // 0 * 1 + 1 * 11 + 2 * 21; an array has a fourth.
    let rounds: UInt64 = kind == .array ? 4 : 3
    for outcome in try visit(kind, Self.visiting) { #expect(outcome == .returned(rounds << 32 + 53)) }
  }
}
