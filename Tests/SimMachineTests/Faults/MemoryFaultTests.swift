import Hexadecimal
import SimCPU
import SimMemory
import Testing

@testable import SimMachine

/// Memory, page tables, TLB and code: each fault changes its target and nothing else.
@Suite struct MemoryFaultTests {
  private static func symbol(_ name: String, _ machine: Machine) throws -> UInt64 {
    try #require(machine.image.symbol(named: name)).address
  }

  @Test func bytesOfMemoryChangeAlone() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    let address = try Self.symbol("count", machine)
    let old = try #require(machine.readMemory(at: address, count: 2))
    let result = try FaultBench.inject(.memory(address: address, .flip([0x81, 0x01])), machine)
    let injection = try result.get()
    #expect(injection.before == old.hexadecimal())
    #expect(machine.readMemory(at: address, count: 2) == [old[0] ^ 0x81, old[1] ^ 1])
    #expect(injection.after == [old[0] ^ 0x81, old[1] ^ 1].hexadecimal())
    let page = Int(machine.walk(address).physicalAddress >> 12)
    #expect(try bench.differences(machine) == ["memory \(page)"])
    _ = try FaultBench.inject(.memory(address: address, .set(old)), machine)
    #expect(try bench.differences(machine) == [])
  }

  @Test func bytesOfTwoPagesAreOneTarget() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    let address = try Self.symbol("count", machine) | 0xfff
    _ = try FaultBench.inject(.memory(address: address, .flip([1, 1])), machine).get()
    #expect(try bench.differences(machine).count == 2)
  }

  @Test func whatIsNoMemoryIsMissed() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    for effect in [
      FaultEffect.memory(address: 0x7fff_ffff_f000, .set([1])), .physicalMemory(address: 1 << 40, .set([1])),
      .physicalMemory(address: machine.memory.size - 1, .set([1, 2])),
      .pageTableEntry(address: 0x7fff_ffff_f000, level: nil, .key(1)),
      .translation(address: 0x7fff_ffff_f000, isFetch: false, .lost),
    ] {
      guard case .failure = try FaultBench.inject(effect, machine) else {
        Issue.record("\(effect) was applied")
        continue
      }
      #expect(try bench.differences(machine) == [])
    }
  }

  /// The entry in memory, and not what the TLB holds of it.
  @Test(arguments: [
    FaultEffect.EntryChange.bits(.flip(2)), .bits(.flip(1 << 63)), .key(9), .frame(0x123),
  ])
  func anEntryOfThePageTablesChangesAlone(change: FaultEffect.EntryChange) throws {
    guard let bench = try FaultBench() else { return }
    for level in [nil, 1, 2, 3, 4] {
      let machine = try bench.fork()
      let address = try Self.symbol("count", machine)
      let before = machine.walk(address)
      let result = try FaultBench.inject(.pageTableEntry(address: address, level: level, change), machine)
      guard case .success(let injection) = result else {
        // A large page has no entry of level 1.
        #expect(level.map { before.levels - $0 >= before.depth } == true)
        continue
      }
      let index = level.map { before.levels - $0 } ?? before.depth - 1
      let place = before.entryAddresses[index]
      let wanted = change.applied(to: before.entries[index])
      #expect(machine.memory.read64(place) == wanted && injection.after == wanted.hexadecimal)
      #expect(injection.before == before.entries[index].hexadecimal)
      #expect(try bench.differences(machine) == ["memory \(place >> 12)"])
    }
  }

  /// Of an entry whose key sticks, all other bits are whoever's who writes them: page walks mark entries.
  @Test func onlyTheChangedBitsOfAnEntryStick() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    let address = try Self.symbol("count", machine)
    let walk = machine.walk(address)
    let place = walk.entryAddresses[walk.depth - 1]
    let old = try #require(machine.memory.read64(place))
    machine.inject(.pageTableEntry(address: address, level: nil, .key(9)), for: 100) { _, result in
      #expect(throws: Never.self) { try result.get() }
    }
    func entry(after count: UInt64, _ written: UInt64) throws -> UInt64 {
      #expect(machine.memory.write64(written, at: place))
      try machine.hold(at: .instruction(machine.instructions + count))
      _ = machine.run(until: .max)
      return try #require(machine.memory.read64(place))
    }
    // Bit 9 is nobody's.
    #expect(try entry(after: 10, (old ^ 1 << 9) & ~(15 << 59)) == (old ^ 1 << 9) & ~(15 << 59) | 9 << 59)
    #expect(try entry(after: 200, old) >> 59 & 15 == 9)
    #expect(try entry(after: 10, old) == old)
  }

  @Test(arguments: [
    FaultEffect.TranslationChange.lost, .rights(.flip(1)), .rights(.flip(4)), .key(7), .frame(0x321),
  ])
  func anEntryOfTheTLBChangesAlone(change: FaultEffect.TranslationChange) throws {
    guard let bench = try FaultBench() else { return }
    var checked = 0
    for (index, old) in bench.base.state.cpu.translations.enumerated() {
      let machine = try bench.fork()
      _ = try FaultBench.inject(
        .translation(address: old.virtualPage << 12 | 0x123, isFetch: old.isFetch, change), machine
      ).get()
      let changed = change.applied(to: old)
      if changed == old { continue }
      var expected = bench.base.state.cpu.translations
      if let changed { expected[index] = changed } else { expected.remove(at: index) }
      #expect(try machine.snapshot().state.cpu.translations == expected)
      #expect(try bench.differences(machine) == ["TLB"])
      checked += 1
    }
    print("\(change): \(checked) entries")
    #expect(checked > 3)
  }

  /// A stale entry survives what empties the TLB, for as long as it is kept.
  @Test func aStaleEntryIsKeptForSoLong() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    let old = try #require(machine.snapshot().state.cpu.translations.first { !$0.isFetch })
    machine.inject(.translation(address: old.virtualPage << 12, isFetch: false, .stale), for: 50) { _, result in
      if case .failure(let missed) = result { Issue.record("\(missed)") }
    }
    func holds() throws -> Bool { try machine.snapshot().state.cpu.translations.contains(old) }
    let start = machine.instructions
    try machine.hold(at: .instruction(start + 10))
    _ = machine.run(until: .max)
    // A CR3 that is written anew empties the TLB; the next instruction finds the entry there again.
    let engine = try #require(machine.engine as? any RestorableEngine)
    engine.translations = []
    try machine.hold(at: .instruction(start + 20))
    _ = machine.run(until: .max)
    #expect(try holds())
    try machine.hold(at: .instruction(start + 60))
    _ = machine.run(until: .max)
    engine.translations = []
    #expect(try !holds())
  }

  /// The changed instruction is executed, even where its block was translated before.
  @Test func aChangedByteOfCodeIsExecuted() throws {
    // again: inc eax; jmp again.
    let guest = try SmallGuest([0x31, 0xc0, 0xff, 0xc0, 0xeb, 0xfc])
    let machine = guest.machine
    try machine.hold(at: .instruction(101))
    _ = machine.run(until: .max)
    #expect(machine.registers["rax"] == 50)
    // ff c0 becomes ff c8: dec eax.
    let injection = try FaultBench.inject(.code(offset: 1, .flip([8])), machine).get()
    #expect(injection.before == "c0" && injection.after == "c8")
    try machine.hold(at: .instruction(141))
    _ = machine.run(until: .max)
    #expect(machine.registers["rax"] == 30)
  }

  /// A fault is nobody's access: no watch tells of it.
  @Test func aWatchDoesNotSeeAFault() throws {
    guard let bench = try FaultBench() else { return }
    let machine = try bench.fork()
    var hits = 0
    try machine.watch(MemoryWatch([.read, .write], .physical, at: 0, count: machine.memory.size)) { _, _ in hits += 1 }
    let address = try Self.symbol("count", machine)
    for effect in [
      FaultEffect.memory(address: address, .flip([1])), .pageTableEntry(address: address, level: nil, .key(3)),
      .code(offset: 0, .flip([1])), .physicalMemory(address: 0x5000, .set([1, 2, 3])),
    ] {
      _ = try FaultBench.inject(effect, machine).get()
    }
    #expect(hits == 0)
    #expect(machine.memory.write64(1, at: 0x5000) && hits > 0, "the watch sees others")
  }
}
