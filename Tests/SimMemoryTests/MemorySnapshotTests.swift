import SimMemory
import TestSupport
import Testing

private func contents(_ memory: GuestMemory) -> [UInt8]? { memory.read(0, count: Int(memory.size)) }

@Suite struct MemorySnapshotTests {
  /// Random writes, saves, restores and forks against plain arrays.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func savesRestoresAndForksLikePlainCopies(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let size = 130 * 4096
    var memory = try GuestMemory(size: UInt64(size))
    var model = [UInt8](repeating: 0, count: size)
    var saved: [(MemorySnapshot, [UInt8])] = []
    for _ in 0..<150 {
      switch Int.random(in: 0..<12, using: &random) {
      case 0:
        saved.append((memory.snapshot(), model))
      case 1:
        guard let (snapshot, old) = saved.randomElement(using: &random) else { continue }
        try memory.restore(snapshot)
        model = old
      case 2:
        guard let (snapshot, old) = saved.randomElement(using: &random) else { continue }
        memory = try GuestMemory(forking: snapshot)
        model = old
      case 3:
        let page = Int.random(in: 0..<130, using: &random)
        #expect(memory.fill(UInt64(page * 4096), count: 4096, with: 0))
        model.replaceSubrange(page * 4096..<page * 4096 + 4096, with: [UInt8](repeating: 0, count: 4096))
      default:
        let address = Int.random(in: 0..<size, using: &random)
        let count = Int.random(in: 0...min(9000, size - address), using: &random)
        let byte = UInt8.random(in: 0...3, using: &random)
        #expect(memory.write([UInt8](repeating: byte, count: count), at: UInt64(address)))
        model.replaceSubrange(address..<address + count, with: [UInt8](repeating: byte, count: count))
      }
      #expect(memory._checkInvariants(), "seed \(seed)")
      if Int.random(in: 0..<4, using: &random) == 0 {
        let plain = try GuestMemory(size: UInt64(size))
        #expect(plain.write(model, at: 0))
        #expect(memory.digest() == plain.digest(), "seed \(seed)")
      }
    }
    #expect(contents(memory) == model, "seed \(seed)")
    for (snapshot, old) in saved {
      #expect(contents(try GuestMemory(forking: snapshot)) == old, "seed \(seed)")
    }
  }

  @Test func forksDoNotSeeEachOther() throws {
    let memory = try GuestMemory(size: 64 * 4096)
    #expect(memory.write8(1, at: 100))
    let snapshot = memory.snapshot()
    let forks = try (0..<200).map { _ in try GuestMemory(forking: snapshot) }
    for (number, fork) in forks.enumerated() { #expect(fork.write8(UInt8(number), at: 100)) }
    for (number, fork) in forks.enumerated() { #expect(fork.read8(100) == UInt8(number)) }
    #expect(memory.read8(100) == 1)
    let original = try GuestMemory(forking: snapshot)
    #expect(original.read8(100) == 1 && original.digest() == snapshot.digest)
  }

  @Test func restoringNamesTheRewrittenPagesAndTellsTheEngine() throws {
    let memory = try GuestMemory(size: 64 * 4096)
    let empty = memory.snapshot()
    #expect(memory.write8(1, at: 5 * 4096))
    let one = memory.snapshot()
    #expect(memory.write8(1, at: 9 * 4096))
    var heard: [Int] = []
    memory.onTranslatedPageWritten = { heard.append($0) }
    memory.translated.words[0] = 1 << 5
    #expect(try memory.restore(empty) == [5, 9] && heard == [5])
    #expect(try memory.restore(one) == [5])
    #expect(try memory.restore(one) == [])
    #expect(one.pagesDiffering(from: empty) == [5] && one.pagesDiffering(from: one) == [])
  }

  @Test func aSnapshotGoesThroughPlainPagesAndBack() throws {
    let memory = try GuestMemory(size: 256 * 4096)
    for page in [0, 63, 64, 255] { #expect(memory.write64(UInt64(page) + 1, at: UInt64(page * 4096 + 16))) }
    #expect(memory.write8(1, at: 7 * 4096) && memory.write8(0, at: 7 * 4096))
    let snapshot = memory.snapshot()
    var pages: [(index: UInt64, bytes: [UInt8])] = []
    snapshot.forEachPage { pages.append((UInt64($0), [UInt8]($1))) }
    #expect(pages.map(\.index) == [0, 63, 64, 255])
    let copy = try MemorySnapshot(size: snapshot.size, pages: pages)
    #expect(copy.digest == snapshot.digest && copy.pagesDiffering(from: snapshot) == [])
    #expect(contents(try GuestMemory(forking: copy)) == contents(memory))
  }

  @Test func contradictoryPagesAndSizesAreRefused() throws {
    let page = [UInt8](repeating: 1, count: 4096)
    #expect(throws: GuestMemoryError.invalidPage(index: 2, bytes: 4096)) {
      try MemorySnapshot(size: 8192, pages: [(2, page)])
    }
    #expect(throws: GuestMemoryError.invalidPage(index: .max, bytes: 4096)) {
      try MemorySnapshot(size: 8192, pages: [(.max, page)])
    }
    #expect(throws: GuestMemoryError.invalidPage(index: 0, bytes: 4095)) {
      try MemorySnapshot(size: 8192, pages: [(0, Array(page.dropLast()))])
    }
    #expect(throws: GuestMemoryError.invalidSize(.max)) { try MemorySnapshot(size: .max, pages: []) }
    let small = try MemorySnapshot(size: 4096, pages: [(0, page)])
    let memory = try GuestMemory(size: 8192)
    #expect(throws: GuestMemoryError.sizeMismatch(memory: 8192, snapshot: 4096)) { try memory.restore(small) }
    #expect(small.pagesDiffering(from: memory.snapshot()) == nil)
  }

  /// Prints what the operations cost here; a number to look at, not to pass.
  @Test func costsAreProportionalToDirtyPages() throws {
    let memory = try GuestMemory(size: 64 << 20)
    for page in 0..<2000 { #expect(memory.write64(1, at: UInt64(page * 8 * 4096))) }
    let start = memory.snapshot()
    let clock = ContinuousClock()
    for page in 0..<500 { _ = memory.write64(2, at: UInt64(page * 31 * 4096)) }
    var after = start
    let save = clock.measure { after = memory.snapshot() }
    let back = try clock.measure { try memory.restore(start) }
    let forth = try clock.measure { try memory.restore(after) }
    let firstFork = try clock.measure { _ = try GuestMemory(forking: after) }
    var forks: [GuestMemory] = []
    let fork = try clock.measure { for _ in 0..<100 { forks.append(try GuestMemory(forking: after)) } } / 100
    print(
      "SimMemory: 64 MiB, 500 dirty pages: save \(save), restore \(back) and \(forth), first fork \(firstFork), fork \(fork)"
    )
    #expect(memory.changedPages.isEmpty && forks.count == 100)
  }
}
