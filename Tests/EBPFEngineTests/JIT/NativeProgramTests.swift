import Testing

@testable import EBPFEngine

/// Helper 5 adds, 6 faults, 7 fills memory; they note what they were called with.
struct RecordingHelpers: HelperHost {
  var calls: [UInt64] = []

  static let thunk: HelperThunk.Function = { serve($0, $1, $2, $3, $4, $5) }

  mutating func call(
    _ number: Int32, _ r: HelperArguments, memory: AddressSpace
  ) throws(HelperFault) -> UInt64 {
    calls += [UInt64(number), r.r1, r.r2, r.r3, r.r4, r.r5]
    switch number {
    case 5: return r.r1 &+ r.r2
    case 6: throw .badArgument
    case 7:
      guard let storage = memory.pointer(to: r.r1, size: 8, rights: .write) else { throw .badPointer }
      storage.storeBytes(of: 0x55, as: UInt64.self)
      return 0
    default: throw .unknownHelper
    }
  }
}

/// One program in one address space of real addresses, in all three ways.
struct ThreeWays {
  let space = AddressSpace.ofRealAddresses()
  let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
  let executable: VerifiedExecutable
  let checked: NativeRun
  let unchecked: NativeRun

  static let environment = VerifierEnvironment(
    arguments: [.region(0), .number(nil)], regions: [.init(number: 0, size: 64, rights: .readWrite)],
    helpers: HelperTable([
      HelperSignature(5, "plus", .scalar, .scalar), HelperSignature(6, "fault"),
      HelperSignature(7, "fill", .writable, .size),
    ]))

  init(_ source: String, _ environment: VerifierEnvironment = Self.environment) throws {
    let program = try Assembler.assemble([UInt8](source.utf8))
    executable = try VerifiedExecutable(VerifiedProgram(verifying: program, environment))
    _ = try space.addRegion(memory, size: 64, rights: .readWrite)
    checked = try NativeRun(checking: executable.executable, in: space)
    unchecked = try NativeRun(trusting: executable, in: space)
  }

  struct Result: Equatable {
    var run: RunResult
    var memory: [UInt8]
    var calls: [UInt64]
  }

  func run(_ way: Int, argument: UInt64, budget: UInt64) -> Result {
    memory.initializeMemory(as: UInt8.self, repeating: 3, count: 64)
    var helpers = RecordingHelpers()
    let arguments = HelperArguments(r1: UInt64(UInt(bitPattern: memory)), r2: argument)
    let result =
      switch way {
      case 0:
        Interpreter.run(executable.executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
      case 1: checked.run(arguments, budget: budget, helpers: &helpers, through: RecordingHelpers.thunk)
      default: unchecked.run(arguments, budget: budget, helpers: &helpers, through: RecordingHelpers.thunk)
      }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: memory, count: 64))
    return Result(run: result, memory: bytes, calls: helpers.calls)
  }

  /// The result of all three ways, if they agree.
  @discardableResult func agreed(argument: UInt64 = 0, budget: UInt64 = 100_000) -> Result {
    let interpreted = run(0, argument: argument, budget: budget)
    for way in [1, 2] {
      let native = run(way, argument: argument, budget: budget)
      // Arguments that a helper does not have are anybody's after a call of unchecked code.
      #expect(native.run == interpreted.run, "way \(way), budget \(budget)")
      #expect(native.memory == interpreted.memory, "way \(way), budget \(budget)")
      #expect(native.calls.count == interpreted.calls.count, "way \(way), budget \(budget)")
    }
    return interpreted
  }
}

@Suite(.enabled(if: ExecutablePages.areAvailable)) struct NativeProgramTests {
  static let calling = """
    mov %r6, %r1
    mov %r7, 3
    mov %r1, %r2
    loop: mov %r2, 10
    call 5
    stxdw [%r6+8], %r0
    mov %r1, %r0
    mov %r2, %r7
    call local f
    mov %r1, %r0
    sub %r7, 1
    jne %r7, 0, loop
    ldxdw %r1, [%r6+8]
    add %r0, %r1
    exit
    f: stxdw [%r10-8], %r1
    mov %r6, %r2
    mov %r1, %r10
    add %r1, -16
    mov %r2, 8
    call 7
    ldxdw %r0, [%r10-16]
    ldxdw %r1, [%r10-8]
    add %r0, %r1
    jgt %r6, 2, end
    call local g
    end: exit
    g: mov %r7, 1000
    mov %r0, %r7
    exit
    """

  @Test func everyBudgetEndsAtTheSameInstruction() throws {
    let ways = try ThreeWays(Self.calling)
    let count = ways.agreed(argument: 7).run.instructionCount
    #expect(count > 60)
    for budget in 0...count + 1 { ways.agreed(argument: 7, budget: budget) }
  }

  @Test func aFaultOfAHelperIsTheInterpreters() throws {
    let ways = try ThreeWays("stdw [%r1], 1\nmov %r6, 1\ncall 6\nstdw [%r10-8], 2\nmov %r0, 0\nexit")
    let result = ways.agreed()
    #expect(result.run.outcome == .fault(Fault(slot: 2, kind: .helper(number: 6, .badArgument))))
    #expect(result.run.instructionCount == 2)
  }

  @Test func nothingOfAFaultIsLeftForTheNextRun() throws {
    let ways = try ThreeWays(
      "jne %r2, 0, plus\ncall 6\nmov %r0, 0\nexit\nplus: mov %r1, 1\ncall 5\nexit")
    for argument in [UInt64(0), 7, 0, 8] {
      let result = ways.agreed(argument: argument).run.outcome
      let fault = Fault(slot: 1, kind: .helper(number: 6, .badArgument))
      #expect(result == (argument == 0 ? .fault(fault) : .returned(argument + 1)))
    }
  }

  @Test func anAtomicNeedsBothRightsInEveryRun() throws {
    let executable = try Executable(Assembler.assemble(Array("lock add [%r1], %r2\nmov %r0, 0\nexit".utf8)))
    let space = AddressSpace()
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: 8)
    defer { storage.deallocate() }
    let id = try space.addRegion(storage, size: 8, base: 0x1000, rights: .readWrite)
    let native = try NativeRun(checking: executable, in: space)
    let ends: [(MemoryRights, RunResult.Outcome)] = [
      (.readWrite, .returned(0)), (.write, .fault(Fault(slot: 0, kind: .read(address: 0x1000, size: 8)))),
      (.read, .fault(Fault(slot: 0, kind: .write(address: 0x1000, size: 8)))),
    ]
    for (rights, end) in ends + ends {
      try space.moveRegion(id, to: storage, size: 8, base: 0x1000, rights: rights)
      for _ in 0..<2 {
        var helpers = RecordingHelpers()
        let arguments = HelperArguments(r1: 0x1000, r2: 1)
        let result = native.run(arguments, budget: 9, helpers: &helpers, through: RecordingHelpers.thunk)
        #expect(result.outcome == end)
      }
    }
  }

  @Test func aFaultInACalledFunctionLeavesAllFrames() throws {
    let ways = try ThreeWays(
      "call local f\nmov %r0, 0\nexit\nf: call local g\nmov %r0, 1\nexit\ng: call 6\nmov %r0, 2\nexit")
    for _ in 0..<3 {
      #expect(ways.agreed().run.outcome == .fault(Fault(slot: 6, kind: .helper(number: 6, .badArgument))))
    }
    #expect(ways.space.pointer(to: ways.space.stackTop - 513, size: 1, rights: .read) == nil)
  }

  @Test func helpersReachTheFramesOfCallees() throws {
    let ways = try ThreeWays(
      """
      call local f
      exit
      f: mov %r1, %r10
      add %r1, -512
      mov %r2, 8
      call 7
      ldxdw %r0, [%r10-512]
      exit
      """)
    #expect(ways.agreed().run.outcome == .returned(0x55))
  }

  @Test func argumentRegistersSurviveAHelperInCheckedCode() throws {
    // `TestRun` compares; the verifier would refuse it.
    let source = "mov %r1, 1\nmov %r2, 2\nmov %r3, 3\nmov %r4, 4\nmov %r5, 5\ncall 5\n"
    let sum = (1...5).map { "add %r0, %r\($0)\n" }.joined()
    #expect(try TestRun(source + sum + "exit").value == 18)
  }

  @Test func codeWithoutChecksNeedsRealAddresses() throws {
    let ways = try ThreeWays("mov %r0, 0\nexit")
    let pages = try #require(ExecutablePages(size: 4096))
    #expect(throws: TranslationError.translatedAddresses) {
      try NativeProgram(trusting: ways.executable, in: AddressSpace(), code: pages.buffer)
    }
  }

  @Test func aSpaceOfRealAddressesHasNoOthers() throws {
    let space = AddressSpace.ofRealAddresses()
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
    defer { storage.deallocate() }
    #expect(throws: AddressSpaceError.notRealAddress) {
      try space.addRegion(storage, size: 64, base: 0x1000, rights: .read)
    }
    let id = try space.addRegion(storage, size: 32, rights: .read)
    #expect(throws: AddressSpaceError.notRealAddress) {
      try space.moveRegion(id, to: storage, size: 64, base: 0x1000, rights: .read)
    }
    #expect(space.pointer(to: UInt64(UInt(bitPattern: storage)), size: 8, rights: .read) == storage)
  }

  @Test func mapsHaveTheirRealAddresses() throws {
    let space = AddressSpace.ofRealAddresses()
    let maps = MapSet(space: space)
    let map = try Map(MapDefinition(kind: .array, keySize: 4, valueSize: 8, entryCount: 4))
    try maps.add(map)
    let address = UInt64(UInt(bitPattern: map.storage))
    #expect(maps.resolve(.mapValueByIndex(0, offset: 16)) == address + 16)
    let key = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 4)
    defer { key.deallocate() }
    key.storeBytes(of: 3, as: UInt32.self)
    _ = try space.addRegion(key, size: 4, rights: .read)
    let arguments = HelperArguments(r1: MapSet.handleBase, r2: UInt64(UInt(bitPattern: key)))
    #expect(try maps.lookup(arguments) == address + 24)
  }

  @Test func aBufferTooSmallSaysWhatIsNeededAndIsNotOverrun() throws {
    let executable = try Executable(Assembler.assemble([UInt8](Self.calling.utf8)))
    let space = AddressSpace()
    let needed = NativeProgram.codeSize(checking: executable, in: space)
    let pages = try #require(ExecutablePages(size: needed))
    for size in 0..<needed {
      for byte in pages.buffer.indices { pages.buffer[byte] = 0xee }
      let part = UnsafeMutableRawBufferPointer(rebasing: pages.buffer[..<size])
      #expect(throws: TranslationError.bufferTooSmall(neededSize: needed)) {
        try NativeProgram(checking: executable, in: space, code: part)
      }
      #expect(pages.buffer[size...].allSatisfy { $0 == 0xee })
    }
    let part = UnsafeMutableRawBufferPointer(rebasing: pages.buffer[..<needed])
    #expect(try NativeProgram(checking: executable, in: space, code: part).codeSize == needed)
  }

  @Test func theStackIsClearedBeforeEveryRun() throws {
    let executable = try Executable(Assembler.assemble(Array("ldxdw %r0, [%r10-8]\nstdw [%r10-8], 7\nexit".utf8)))
    let native = try NativeRun(checking: executable, in: AddressSpace())
    var helpers = RecordingHelpers()
    for _ in 0..<2 {
      let result = native.run(HelperArguments(), budget: 9, helpers: &helpers, through: RecordingHelpers.thunk)
      #expect(result == RunResult(outcome: .returned(0), instructionCount: 3))
    }
  }

  @Test func aRegionThatMovedIsNoLongerRemembered() throws {
    let executable = try Executable(Assembler.assemble(Array("ldxb %r0, [%r1]\nexit".utf8)))
    let space = AddressSpace()
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    storage.initializeMemory(as: UInt8.self, repeating: 9, count: 8)
    defer { storage.deallocate() }
    let id = try space.addRegion(storage, size: 8, base: 0x1000, rights: .read)
    let native = try NativeRun(checking: executable, in: space)
    func run(_ address: UInt64) -> RunResult.Outcome {
      var helpers = RecordingHelpers()
      let arguments = HelperArguments(r1: address)
      return native.run(arguments, budget: 9, helpers: &helpers, through: RecordingHelpers.thunk).outcome
    }
    #expect(run(0x1000) == .returned(9))
    #expect(run(0x1000) == .returned(9))
    try space.moveRegion(id, to: storage, size: 8, base: 0x2000, rights: .read)
    #expect(run(0x1000) == .fault(Fault(slot: 0, kind: .read(address: 0x1000, size: 1))))
    #expect(run(0x2007) == .returned(9))
    try space.moveRegion(id, to: storage, size: 8, base: 0x2000, rights: .write)
    #expect(run(0x2007) == .fault(Fault(slot: 0, kind: .read(address: 0x2007, size: 1))))
  }

  @Test func aHelperCannotStartARunInTheSameAddressSpace() throws {
    struct Recursive: HelperHost {
      let native: NativeRun
      var inner: RunResult.Outcome?
      static let thunk: HelperThunk.Function = { serve($0, $1, $2, $3, $4, $5) }
      mutating func call(
        _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
      ) throws(HelperFault) -> UInt64 {
        var helpers = RecordingHelpers()
        inner = native.run(arguments, budget: 9, helpers: &helpers, through: RecordingHelpers.thunk).outcome
        return 1
      }
    }
    let executable = try Executable(Assembler.assemble(Array("call 1\nexit".utf8)))
    var host = Recursive(native: try NativeRun(checking: executable, in: AddressSpace()))
    let result = host.native.run(HelperArguments(), budget: 9, helpers: &host, through: Recursive.thunk)
    #expect(result.outcome == .returned(1))
    #expect(host.inner == .fault(Fault(slot: 0, kind: .addressSpaceInUse)))
  }

  @Test func aThunkThatReportsNonsenseIsABadArgument() throws {
    let ways = try ThreeWays("call 6\nmov %r0, 0\nexit")
    let thunk = HelperThunk(
      { _, _, _, _, _, record in
        record.assumingMemoryBound(to: HelperRecord.self).pointee.fault = 1 << 40
        return 0
      }, context: nil)
    let result = ways.unchecked.program.run(arguments: HelperArguments(), budget: 9, helpers: thunk)
    #expect(result.outcome == .fault(Fault(slot: 0, kind: .helper(number: 6, .badArgument))))
  }

  @Test func offsetsInTheCodeAreThoseOfTheStructures() {
    #expect(MemoryLayout<RegionEntry>.offset(of: \.base) == Int(RegionEntry.baseOffset))
    #expect(MemoryLayout<RegionEntry>.offset(of: \.storage) == Int(RegionEntry.storageOffset))
    #expect(MemoryLayout<RegionEntry>.offset(of: \.size) == Int(RegionEntry.sizeOffset))
    let limits: [(Int, WritableKeyPath<RegionEntry, UInt64>, WritableKeyPath<RegionEntry, UInt64>)] = [
      (1, \.readLimits.0, \.writeLimits.0), (2, \.readLimits.1, \.writeLimits.1), (4, \.readLimits.2, \.writeLimits.2),
      (8, \.readLimits.3, \.writeLimits.3),
    ]
    for (bytes, read, write) in limits {
      #expect(MemoryLayout<RegionEntry>.offset(of: read) == Int(RegionEntry.limitOffset(bytes: bytes, writes: false)))
      #expect(MemoryLayout<RegionEntry>.offset(of: write) == Int(RegionEntry.limitOffset(bytes: bytes, writes: true)))
    }
    #expect(MemoryLayout<HelperRecord>.offset(of: \.number) == Int(RunState.helperNumber))
    #expect(MemoryLayout<HelperRecord>.offset(of: \.fault) == Int(RunState.helperFault))
    #expect(MemoryLayout<HelperRecord>.offset(of: \.context) == Int(RunState.helperContext))
    #expect(MemoryLayout<HelperRecord>.offset(of: \.space) == Int(RunState.helperSpace))
    #expect(MemoryLayout<HelperRecord>.size == Int(RunState.helperFunction))
  }
}
