import EBPFEngine
import TestSupport
import Testing

private func map(_ kind: MapKind, key: UInt32, value: UInt32, entries: UInt32) throws(MapError) -> Map {
  try Map(MapDefinition(kind: kind, keySize: key, valueSize: value, entryCount: entries))
}

extension Map {
  fileprivate func put(_ key: UInt32, _ value: UInt64, _ mode: UpdateMode = .any) throws(MapError) {
    var (key, value) = (key, value)
    try update(&key, &value, mode)
  }

  fileprivate func get(_ key: UInt32) -> UInt64? {
    var key = key
    return find(&key).map { value($0).load(as: UInt64.self) }
  }

  fileprivate func delete(_ key: UInt32) throws(MapError) {
    var key = key
    try remove(&key)
  }
}

@Suite struct MapTests {
  @Test func impossibleSizesAreRefused() {
    for (key, value, entries): (UInt32, UInt32, UInt32) in [
      (0, 8, 1), (4, 0, 1), (4, 8, 0), (513, 8, 1), (4, 8, 1 << 20 + 1), (4, .max, 1), (4, 1 << 20, 1 << 20),
      (.max, .max, .max),
    ] {
      #expect(throws: MapError.badSize) { try map(.hash, key: key, value: value, entries: entries) }
    }
    #expect(throws: MapError.badSize) { try map(.array, key: 8, value: 8, entries: 1) }
    for capacity in [0, -1, 1 << 21, Int.max, Int.min] {
      #expect(throws: MapError.badSize) { try PairMap(capacity: capacity) }
    }
  }

  @Test func arraysHaveEveryIndexAndNoOther() throws {
    let map = try map(.array, key: 4, value: 8, entries: 3)
    #expect(map.count == 3 && map.get(2) == 0 && map.get(3) == nil && map.get(.max) == nil)
    try map.put(2, 9)
    #expect(map.get(2) == 9)
    #expect(throws: MapError.full) { try map.put(3, 1) }
    #expect(throws: MapError.exists) { try map.put(0, 1, .onlyNew) }
    #expect(throws: MapError.badFlags) { try map.delete(0) }
  }

  @Test func updatesObeyTheirMode() throws {
    let map = try map(.hash, key: 4, value: 8, entries: 2)
    #expect(throws: MapError.notFound) { try map.put(1, 1, .onlyExisting) }
    try map.put(1, 10, .onlyNew)
    #expect(throws: MapError.exists) { try map.put(1, 11, .onlyNew) }
    try map.put(1, 12, .onlyExisting)
    try map.put(2, 20)
    #expect(throws: MapError.full) { try map.put(3, 30) }
    #expect(map.get(1) == 12 && map.get(2) == 20 && map.count == 2)
    try map.delete(1)
    #expect(throws: MapError.notFound) { try map.delete(1) }
    try map.put(3, 30)
    #expect(map.get(3) == 30 && map.get(1) == nil)
  }

  @Test func hashMapsAgreeWithADictionaryUnderRandomWork() throws {
    let seed: UInt64 = 0x4d41
    var generator = SeededGenerator(seed: seed)
    let map = try map(.hash, key: 4, value: 8, entries: 64)
    var model: [UInt32: UInt64] = [:]
    for step in 0..<40_000 {
      let key = UInt32.random(in: 0..<100, using: &generator) &* 0x1_0001
      if UInt32.random(in: 0..<10, using: &generator) < 4 {
        #expect(((try? map.delete(key)) != nil) == (model.removeValue(forKey: key) != nil))
      } else {
        let isPossible = model[key] != nil || model.count < 64
        #expect(((try? map.put(key, UInt64(step))) != nil) == isPossible)
        if isPossible { model[key] = UInt64(step) }
      }
      let probe = UInt32.random(in: 0..<100, using: &generator) &* 0x1_0001
      #expect(map.get(probe) == model[probe] && map.count == model.count)
    }
    var seen: [UInt32: UInt64] = [:]
    func note(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
      seen[key.load(as: UInt32.self)] = value.load(as: UInt64.self)
    }
    map.forEach(note)
    #expect(seen == model)
    print("hash map: seed \(seed), 40000 operations")
  }

  @Test func iterationIsInOrderOfInsertion() throws {
    let pairs = try PairMap(capacity: 100)
    for number in 0..<50 { #expect(pairs.put(UInt64(number * 7919), 1, UInt64(number))) }
    var order: [UInt64] = []
    func note(_: UInt64, _: UInt64, _ value: UInt64) { order.append(value) }
    pairs.forEach(note)
    #expect(order == Array(0..<50))
  }

  @Test func pairsThatAreMissingReadAsAllOnes() throws {
    let pairs = try PairMap(capacity: 2)
    #expect(pairs.get(1, 2) == UInt64.max)
    #expect(pairs.put(1, 2, 3) && pairs.get(1, 2) == 3 && pairs.get(2, 1) == UInt64.max)
    #expect(pairs.put(1, 2, 4) && pairs.count == 1 && pairs.get(1, 2) == 4)
    #expect(pairs.put(0, 0, 0) && !pairs.put(9, 9, 9))
    #expect(pairs.remove(1, 2) && !pairs.remove(1, 2) && pairs.get(1, 2) == UInt64.max)
  }

  /// Helpers 16 to 18 on one set of maps.
  private struct Helpers: HelperHost {
    let maps: MapSet
    mutating func call(
      _ number: Int32, _ arguments: HelperArguments, memory: AddressSpace
    ) throws(HelperFault) -> UInt64 {
      switch number {
      case 16: return try maps.lookup(arguments)
      case 17: return try maps.update(arguments)
      case 18: return try maps.remove(arguments)
      default: throw .unknownHelper
      }
    }
  }

  private func run(_ source: String, rights: MemoryRights = .readWrite) throws -> (RunResult.Outcome, MapSet) {
    let space = AddressSpace()
    let maps = MapSet(space: space)
    try maps.add(map(.hash, key: 4, value: 8, entries: 4))
    try maps.add(map(.array, key: 4, value: 6, entries: 4), rights: rights)
    let program = try Assembler.assemble(Array(source.utf8))
    let executable = try Executable(program, resolve: maps.resolve)
    var helpers = Helpers(maps: maps)
    let result = Interpreter.run(
      executable, in: space, arguments: HelperArguments(), budget: 1000, helpers: &helpers)
    return (result.outcome, maps)
  }

  @Test func programsReachValuesThroughPointers() throws {
    let (outcome, maps) = try run(
      """
      stw [%r10-4], 7
      stdw [%r10-16], 100
      lddw %r1, map_index 0
      mov %r2, %r10
      add %r2, -4
      mov %r3, %r10
      add %r3, -16
      mov %r4, 0
      call 17
      jne %r0, 0, exit
      lddw %r1, map_index 0
      mov %r2, %r10
      add %r2, -4
      call 16
      mov %r1, 5
      lock fetch_add [%r0], %r1
      ldxdw %r0, [%r0]
      exit
      """)
    #expect(outcome == .returned(105))
    #expect(maps[0]?.get(7) == 105)
  }

  @Test func lookupsThatFailGiveZeroAndUpdatesAnErrorNumber() throws {
    let lookup = "stw [%r10-4], 9\nlddw %r1, map_index 1\nmov %r2, %r10\nadd %r2, -4\ncall 16\nexit"
    #expect(try run(lookup).0 == .returned(0))
    let delete = "stw [%r10-4], 9\nlddw %r1, map_index 0\nmov %r2, %r10\nadd %r2, -4\ncall 18\nexit"
    #expect(try run(delete).0 == .returned(UInt64(bitPattern: -2)))
    let flags = "lddw %r1, map_index 0\nmov %r2, %r10\nadd %r2, -8\nmov %r3, %r2\nmov %r4, 9\ncall 17\nexit"
    #expect(try run(flags).0 == .returned(UInt64(bitPattern: -22)))
  }

  @Test func badArgumentsOfMapHelpersAreFaults() throws {
    func fault(_ source: String) throws -> Fault.Kind? {
      if case .fault(let fault) = try run(source).0 { fault.kind } else { nil }
    }
    #expect(try fault("mov %r1, 5\ncall 16\nexit") == .helper(number: 16, .badMap))
    #expect(try fault("lddw %r1, map_index 1\nadd %r1, 1\ncall 16\nexit") == .helper(number: 16, .badMap))
    #expect(try fault("lddw %r1, map_index 0\nmov %r2, 0\ncall 16\nexit") == .helper(number: 16, .badPointer))
    #expect(
      try fault("lddw %r1, map_index 0\nmov %r2, %r10\nadd %r2, -3\ncall 16\nexit")
        == .helper(number: 16, .badPointer))
    #expect(
      try fault("lddw %r1, map_index 0\nmov %r2, %r10\nadd %r2, -4\nmov %r3, %r2\ncall 17\nexit")
        == .helper(number: 17, .badPointer))
  }

  @Test func helpersDoNotChangeAReadOnlyMap() throws {
    for helper in [17, 18] {
      let source = """
        stdw [%r10-8], 1
        lddw %r1, map_index 1
        mov %r2, %r10
        add %r2, -8
        mov %r3, %r2
        mov %r4, 0
        call \(helper)
        exit
        """
      let fault = Fault(slot: 7, kind: .helper(number: Int64(helper), .readOnlyMap))
      #expect(try run(source, rights: .read).0 == .fault(fault))
      #expect(try run(source).0 != .fault(fault))
    }
  }

  @Test func valuesByOffsetAreReadAndWrittenWithTheirRights() throws {
    #expect(try run("lddw %r1, map_index_value 1, 8\nstb [%r1], 5\nldxdw %r0, [%r1]\nexit").0 == .returned(5))
    let address = MapSet.valueBase + 1 << 32
    let kind = Fault.Kind.write(address: address, size: 1)
    #expect(
      try run("lddw %r1, map_index_value 1, 0\nstb [%r1], 5\nexit", rights: .read).0
        == .fault(Fault(slot: 2, kind: kind)))
    #expect(throws: LinkError(slot: 0, immediate: .mapByIndex(2))) { try run("lddw %r1, map_index 2\nexit") }
    #expect(throws: LinkError.self) { try run("lddw %r1, map_index_value 1, -8\nexit") }
  }

  @Test func aRunThatKeepsARecordHoldsUpNobody() throws {
    let ring = try map(.ringBuffer, key: 0, value: 0, entries: 4096)
    let (set, other) = (MapSet(space: AddressSpace()), MapSet(space: AddressSpace()))
    try set.add(ring)
    try other.add(ring)
    let arguments = HelperArguments(r1: MapSet.handleBase, r2: 16)
    _ = try set.reserve(arguments)
    let second = try other.reserve(arguments)
    set.endRun()
    // That of a program which still runs stays what it is.
    #expect(try other.release(HelperArguments(r1: second), submitting: true) == 0)
    var sizes: [Int] = []
    ring.consumeRecords { sizes.append($0.count) }
    #expect(sizes == [16])
    _ = try set.reserve(arguments)
    ring.discardReservedRecords()
    #expect(throws: HelperFault.badRecord) { try set.release(HelperArguments(r1: second), submitting: true) }
  }

  @Test func aSetHoldsAtMost48Maps() throws {
    let maps = MapSet(space: AddressSpace())
    for _ in 0..<48 { try maps.add(map(.array, key: 4, value: 1, entries: 1)) }
    #expect(throws: MapError.tooManyMaps) { try maps.add(map(.array, key: 4, value: 1, entries: 1)) }
  }
}
