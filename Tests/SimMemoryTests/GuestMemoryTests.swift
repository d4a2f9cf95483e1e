import SimMemory
import TestSupport
import Testing

@Suite struct GuestMemoryTests {
  @Test(arguments: [0, 1, 4095, 4097, 0xc000_1000, .max] as [UInt64])
  func refusesImpossibleSizes(size: UInt64) {
    #expect(throws: GuestMemoryError.invalidSize(size)) { try GuestMemory(size: size) }
  }

  @Test func integersAreLittleEndianAndNeedNoAlignment() throws {
    let memory = try GuestMemory(size: 8192)
    #expect(memory.write64(0x1122_3344_5566_7788, at: 4093))
    #expect(memory.read8(4093) == 0x88 && memory.read16(4094) == 0x6677 && memory.read32(4097) == 0x1122_3344)
    #expect(memory.read(4093, count: 8) == [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
  }

  @Test func nothingOutsideRAMIsReadWrittenOrTrapped() throws {
    let memory = try GuestMemory(size: 8192)
    let starts: [UInt64] = [8185, 8192, 8193, 1 << 31, 1 << 32, 1 << 63, .max - 7, .max]
    for start in starts {
      #expect(memory.read64(start) == nil && !memory.write64(1, at: start))
      #expect(memory.read(start, count: 8) == nil && !memory.write([UInt8](repeating: 1, count: 8), at: start))
      #expect(!memory.fill(start, count: 8, with: 1))
    }
    #expect(memory.read(0, count: .max) == nil && memory.read(0, count: -1) == nil)
    #expect(!memory.fill(0, count: -1, with: 1) && !memory.fill(1, count: .max, with: 1))
    #expect(memory.read(8192, count: 0) == [] && memory.read(8193, count: 0) == nil)
    #expect(memory.dirty.isEmpty && memory.digest() == 0)
    memory.markDirty(page: -1)
    memory.markDirty(page: 2)
    memory.markDirty(page: .max)
    #expect(memory.dirty.isEmpty)
  }

  @Test func everyWriteMarksExactlyThePagesItTouches() throws {
    let seed: UInt64 = 11
    var random = SeededGenerator(seed: seed)
    let memory = try GuestMemory(size: 300 * 4096)
    for _ in 0..<500 {
      _ = memory.changedPages
      let address = UInt64.random(in: 0..<memory.size, using: &random)
      let count = Int.random(in: 0...min(20_000, Int(memory.size - address)), using: &random)
      let wrote =
        switch Int.random(in: 0..<3, using: &random) {
        case 0: memory.write([UInt8](repeating: 1, count: count), at: address)
        case 1: memory.fill(address, count: count, with: 2)
        default: memory.write16(3, at: address)
        }
      let marked = Array(memory.dirty)
      guard wrote else {
        #expect(marked.isEmpty)
        continue
      }
      let first = Int(address / 4096)
      #expect(marked.isEmpty ? count == 0 : marked.first == first, "seed \(seed)")
      #expect(marked == Array(marked.first.map { $0..<$0 + marked.count } ?? 0..<0))
      #expect(memory.dirty.count == marked.count)
    }
  }

  @Test func theEngineHearsOfWritesToPagesItTranslated() throws {
    let memory = try GuestMemory(size: 16 * 4096)
    var heard: [Int] = []
    memory.onTranslatedPageWritten = { heard.append($0) }
    memory.translated.words[0] = 1 << 3 | 1 << 5
    #expect(memory.write([UInt8](repeating: 7, count: 3 * 4096), at: 3 * 4096) && memory.write8(1, at: 0))
    #expect(heard == [3, 5])
  }

  @Test func harvestsAreCountedSoThatTheEngineCanTakeWritePermissionAway() throws {
    let memory = try GuestMemory(size: 16 * 4096)
    _ = memory.digest()
    #expect(memory.harvestCount == 0)
    memory.markDirty(page: 4)
    _ = memory.digest()
    #expect(memory.harvestCount == 1 && memory.dirty.isEmpty && memory.changedPages == [4])
  }
}

@Suite struct InvariantTests {
  @Test func aWriteWithoutANoteIsFound() throws {
    let memory = try GuestMemory(size: 16 * 4096)
    #expect(memory.write8(1, at: 5 * 4096) && memory._checkInvariants())
    _ = memory.digest()
    memory.base.storeBytes(of: 2, toByteOffset: 5 * 4096, as: UInt8.self)
    #expect(!memory._checkInvariants())
    memory.markDirty(page: 5)
    #expect(memory._checkInvariants())
  }

  @Test func aBitForAPageThatDoesNotExistIsFound() throws {
    let memory = try GuestMemory(size: 16 * 4096)
    memory.translated.words[0] = 1 << 15
    #expect(memory._checkInvariants())
    memory.translated.words[0] = 1 << 16
    #expect(!memory._checkInvariants())
  }

  @Test func aPageThatDiffersFromTheSnapshotWithoutANoteIsFound() throws {
    let memory = try GuestMemory(size: 16 * 4096)
    #expect(memory.write8(1, at: 0))
    let fork = try GuestMemory(forking: memory.snapshot())
    #expect(fork._checkInvariants())
    fork.base.storeBytes(of: 2, toByteOffset: 0, as: UInt8.self)
    #expect(!fork._checkInvariants())
  }
}

@Suite struct DigestTests {
  @Test func itDependsOnContentsOnly() throws {
    let first = try GuestMemory(size: 64 * 4096)
    let second = try GuestMemory(size: 64 * 4096)
    for page in 0..<64 { #expect(first.write64(UInt64(page), at: UInt64(page * 4096 + 8))) }
    for page in (0..<64).reversed() {
      #expect(second.write64(99, at: UInt64(page * 4096 + 8)))
      _ = second.digest()
      #expect(second.write64(UInt64(page), at: UInt64(page * 4096 + 8)))
    }
    #expect(first.digest() == second.digest() && first.digest() != 0)
    #expect(first.fill(0, count: 64 * 4096, with: 0))
    #expect(first.digest() == 0)
  }

  @Test func everyBitAndEveryPlaceCounts() throws {
    var seen = Set<UInt64>()
    let memory = try GuestMemory(size: 8 * 4096)
    for page in 0..<8 {
      for offset in [0, 1, 7, 8, 2048, 4095] {
        for bit in 0..<8 {
          let address = UInt64(page * 4096 + offset)
          #expect(memory.write8(1 << UInt8(bit), at: address))
          seen.insert(memory.digest())
          #expect(memory.write8(0, at: address))
        }
      }
    }
    #expect(seen.count == 8 * 6 * 8 && memory.digest() == 0)
  }

  @Test func writesOfTheEngineCountOnceMarked() throws {
    let memory = try GuestMemory(size: 8 * 4096)
    memory.base.storeBytes(of: 5, toByteOffset: 3 * 4096, as: UInt8.self)
    memory.dirty.words[0] |= 1 << 3
    let direct = memory.digest()
    let other = try GuestMemory(size: 8 * 4096)
    #expect(other.write8(5, at: 3 * 4096) && other.digest() == direct)
  }
}
