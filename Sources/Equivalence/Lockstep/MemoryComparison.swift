import Glibc
import Hexadecimal
import SimMemory

/// Two memories that should hold the same.
struct MemoryComparison {
  let simulator: GuestMemory
  let other: GuestMemory
  private static let pageSize = GuestMemory.pageSize

  /// The pages that the simulator wrote since ``forget()``.
  var writtenPages: [Int] {
    let words = simulator.dirty.words
    var pages: [Int] = []
    for number in 0..<simulator.dirty.wordCount where words[number] != 0 {
      var bits = words[number]
      while bits != 0 {
        pages.append(number * 64 + bits.trailingZeroBitCount)
        bits &= bits &- 1
      }
    }
    return pages
  }

  /// Lets written pages be noticed anew.
  func forget() { _ = simulator.digest() }

  func isSame(_ page: Int) -> Bool {
    memcmp(simulator.base + page * Self.pageSize, other.base + page * Self.pageSize, Self.pageSize) == 0
  }

  /// The page of the other memory becomes that of the simulator.
  func takeOver(_ page: Int) {
    (other.base + page * Self.pageSize).copyMemory(
      from: simulator.base + page * Self.pageSize, byteCount: Self.pageSize)
  }

  /// Pages that differ, of all.
  var differingPages: [Int] { (0..<min(simulator.pageCount, other.pageCount)).filter { !isSame($0) } }

  /// The 8-byte words of a page that differ, by physical address.
  func differingWords(_ page: Int) -> [(address: UInt64, simulator: UInt64, other: UInt64)] {
    stride(from: page * Self.pageSize, to: (page + 1) * Self.pageSize, by: 8).compactMap { offset in
      let (a, b) = (
        simulator.base.load(fromByteOffset: offset, as: UInt64.self),
        other.base.load(fromByteOffset: offset, as: UInt64.self)
      )
      return a == b ? nil : (UInt64(offset), a, b)
    }
  }

  static func text(_ word: (address: UInt64, simulator: UInt64, other: UInt64)) -> String {
    RegisterDifference(
      register: "memory at \(word.address.hexadecimal)", simulator: word.simulator, other: word.other
    ).description
  }
}
