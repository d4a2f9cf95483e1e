import SimCPU
import SimEvents
import SimMemory
import Testing

@testable import SimMachine

/// What watches tell is held against memory itself.
@Suite struct WatchTests {
  private static let end: UInt64 = 600_000

  /// All of RAM is watched, and what the hits say is written into a copy of it: the copy is memory at each of them.
  @Test func theHitsOfAllOfMemoryAreAllThatHappensToIt() throws {
    guard let plain = try Subject(memoryMiB: 32), let subject = try Subject(memoryMiB: 32) else { return }
    plain.run(to: Self.end)
    let machine = subject.machine
    var copy = try #require(machine.memory.read(0, count: Int(machine.memory.size)))
    var (reads, writes, outside, wrong) = (0, 0, 0, 0)
    var last: UInt64 = 0
    var latest: [MemoryHit] = []
    try machine.watch(MemoryWatch([.read, .write], .physical, at: 0, count: machine.memory.size)) { machine, hit in
      let range = Int(hit.physicalAddress)..<Int(hit.physicalAddress + hit.count)
      if copy[range] != hit.old[...] {
        wrong += 1
        if wrong < 5 { print("not as before: \(hit), the copy has \(copy[range]); before that \(latest)") }
      }
      latest = latest.suffix(3) + [hit]
      if hit.access == .write {
        copy.replaceSubrange(range, with: hit.new)
        writes += 1
      } else {
        reads += 1
      }
      if hit.origin == .outside { outside += 1 }
      if hit.instruction < last || hit.instruction > machine.instructions {
        wrong += 1
        if wrong < 5 { print("out of order: \(hit) after \(last), now \(machine.instructions)") }
      }
      last = hit.instruction
    }
    subject.run(to: Self.end)
    #expect(subject.list.events == plain.list.events)
    #expect(wrong == 0)
    let now = try #require(machine.memory.read(0, count: copy.count))
    let differing = stride(from: 0, to: copy.count, by: 4096).filter { now[$0..<$0 + 4096] != copy[$0..<$0 + 4096] }
    #expect(differing.map { String($0, radix: 16) } == [])
    #expect(reads > 1_000 && writes > 1_000 && outside > 100)
    print("\(reads) reads, \(writes) writes, \(outside) of them from outside")
  }

  /// A watch that is set while an instruction is told of sees what the next one does.
  @Test func aWatchCountsFromTheInstructionOnBehindWhichItWasSet() throws {
    // MOV RAX, [210000H]; MOV [211000H], RAX; INC RAX; MOV [211008H], RAX.
    let stores: [UInt8] = [
      0x48, 0x8b, 0x04, 0x25, 0x00, 0x00, 0x21, 0x00, 0x48, 0x89, 0x04, 0x25, 0x00, 0x10, 0x21, 0x00, 0x48, 0xff, 0xc0,
      0x48, 0x89, 0x04, 0x25, 0x08, 0x10, 0x21, 0x00,
    ]
    let guest = try SmallGuest(stores + SmallGuest.deaf)
    var written: [UInt64] = []
    try guest.machine.watch(MemoryWatch(.read, .physical, at: 0x21_0000, count: 8)) { machine, _ in
      let write = MemoryWatch(.write, .physical, at: 0x21_1000, count: 16)
      do { try machine.watch(write) { _, hit in written.append(hit.physicalAddress) } } catch { Issue.record(error) }
    }
    _ = guest.machine.run(until: 100_000)
    #expect(written == [0x21_1000, 0x21_1008])
  }

  @Test func eachInstructionIsAHitOfAWatchOfExecution() throws {
    guard let subject = try Subject(), let plain = try Subject() else { return }
    let (from, to): (UInt64, UInt64) = (2_000, 12_000)
    var numbers: [UInt64] = []
    for machine in [subject.machine, plain.machine] {
      try machine.hold(at: .instruction(from))
      _ = machine.run(until: Self.end)
    }
    try subject.machine.watch(MemoryWatch(.execute, .physical, at: 0, count: subject.machine.memory.size)) {
      machine, hit in
      if machine.registers.instructionPointer != hit.instructionPointer { Issue.record("elsewhere") }
      numbers.append(hit.instruction)
    }
    for machine in [subject.machine, plain.machine] {
      try machine.hold(at: .instruction(to))
      _ = machine.run(until: Self.end)
    }
    #expect(subject.list.events == plain.list.events)
    // Iterations of a repeated instruction come without being begun anew.
    #expect(Set(numbers).count == numbers.count && numbers == numbers.sorted() && numbers.first == from)
    #expect(numbers.count > 5_000 && numbers.allSatisfy { (from..<to).contains($0) })
    print("\(numbers.count) of \(to - from) instructions")
  }

  /// Where the domain changes is where one executed page follows another of a different domain.
  @Test func domainsChangeWhereInstructionsComeFromOtherPages() throws {
    guard let subject = try Subject(), let plain = try Subject() else { return }
    plain.run(to: Self.end)
    let machine = subject.machine
    let memcpy = try #require(machine.image.symbol(named: "memcpy")).address
    let start = try #require(machine.image.symbol(named: "linux_entry") ?? machine.image.symbol(named: "count")).address
    try machine.setDomain(7, ofPages: Int(memcpy >> 12)..<Int(memcpy >> 12) + 1)
    try machine.setDomain(9, ofPages: Int(start >> 12) + 3..<Int(start >> 12) + 9)
    func domain(_ address: UInt64) -> UInt8 {
      address >> 12 == memcpy >> 12 ? 7 : (start >> 12 + 3..<start >> 12 + 9).contains(address >> 12) ? 9 : 0
    }
    var (changes, wrong, entries, exits) = (0, 0, 0, 0)
    var before: UInt8?
    try machine.watch(MemoryWatch(.execute, .physical, at: 0, count: machine.memory.size)) { machine, hit in
      let now = domain(hit.physicalAddress)
      if machine.currentDomain != now { wrong += 1 }
      if before != now {
        changes += 1
        if now == 7 { entries += 1 }
        if before == 7 { exits += 1 }
      }
      before = now
    }
    var (entered, left) = (0, 0)
    try machine.appoint(at: .entry(domain: 7, hit: 1)) { machine in
      entered += 1
      if machine.registers.instructionPointer >> 12 != memcpy >> 12 { wrong += 1 }
      return .entry(domain: 7, hit: 1)
    }
    try machine.appoint(at: .exit(domain: 7, hit: 1)) { machine in
      left += 1
      if machine.registers.instructionPointer >> 12 == memcpy >> 12 { wrong += 1 }
      return .exit(domain: 7, hit: 1)
    }
    subject.run(to: Self.end)
    #expect(subject.list.events == plain.list.events)
    #expect(wrong == 0 && changes > 20 && entries > 3)
    #expect(entered == entries && left == exits)
    print("\(changes) changes of domain, \(entries) into memcpy's page: \(entered) entries, \(left) exits of \(exits)")
  }
}
