/// What is on a disk: an image that is never changed, zeros behind it, and the blocks that were written since.
///
/// Copies share the image, so that a snapshot of a large disk costs what the guest has written.
public struct DiskContent: Equatable, Sendable, Codable {
  /// 4096 bytes, or what is left at the disk's end.
  struct Block: Equatable, Sendable, Codable {
    var number: UInt64
    var bytes: [UInt8]
  }

  private static let blockBytes = 4096

  private let image: [UInt8]
  /// The disk's size in bytes.
  public let count: Int
  /// Ordered by number.
  private var written: [Block] = []

  /// - Parameters:
  ///   - image: how the disk begins.
  ///   - count: its size in bytes, at least that of the image.
  public init(image: [UInt8], count: Int) {
    precondition(image.count <= count, "the image is larger than the disk")
    self.image = image
    self.count = count
  }

  /// The bytes of a range that lies on the disk.
  public func read(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range that is not on the disk")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    forEachBlock(in: range) { number, part in
      if let place = place(of: number) {
        bytes += written[place].bytes[part]
      } else {
        bytes += original(number)[part]
      }
    }
    return bytes
  }

  /// Puts `bytes` at `offset`; all of them lie on the disk.
  public mutating func write(_ bytes: [UInt8], at offset: Int) {
    precondition(offset >= 0 && bytes.count <= count - offset, "a range that is not on the disk")
    var done = 0
    for (number, part) in blocks(in: offset..<offset + bytes.count) {
      let place = insert(number)
      written[place].bytes.replaceSubrange(part, with: bytes[done..<done + part.count])
      done += part.count
    }
  }

  /// Makes a range that lies on the disk zeros.
  public mutating func clear(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range that is not on the disk")
    for (number, part) in blocks(in: range) {
      let place = insert(number)
      for index in part { written[place].bytes[index] = 0 }
    }
  }

  /// The blocks of a range: each one's number, and the part of it that belongs to the range.
  private func blocks(in range: Range<Int>) -> [(number: UInt64, part: Range<Int>)] {
    guard !range.isEmpty else { return [] }
    return (range.lowerBound / Self.blockBytes...(range.upperBound - 1) / Self.blockBytes).map { number in
      let start = number * Self.blockBytes
      return (UInt64(number), max(range.lowerBound - start, 0)..<min(range.upperBound - start, Self.blockBytes))
    }
  }

  private func forEachBlock(in range: Range<Int>, _ body: (UInt64, Range<Int>) -> Void) {
    for (number, part) in blocks(in: range) { body(number, part) }
  }

  /// Where the block is among the written ones, or where it would be put.
  private func search(_ number: UInt64) -> Int {
    var low = 0
    var high = written.count
    while low < high {
      let middle = (low + high) / 2
      if written[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func place(of number: UInt64) -> Int? {
    let place = search(number)
    return place < written.count && written[place].number == number ? place : nil
  }

  /// Makes a block one that can be written, with what it held.
  private mutating func insert(_ number: UInt64) -> Int {
    let place = search(number)
    guard place == written.count || written[place].number != number else { return place }
    written.insert(Block(number: number, bytes: original(number)), at: place)
    return place
  }

  /// What a block held at first.
  private func original(_ number: UInt64) -> [UInt8] {
    let start = Int(number) * Self.blockBytes
    let end = min(start + Self.blockBytes, count)
    let given = start < image.count ? Array(image[start..<min(end, image.count)]) : []
    return given + [UInt8](repeating: 0, count: end - start - given.count)
  }

  /// Whether reads and writes can have led to it: asked of contents that come from a file.
  var isPossible: Bool {
    guard image.count <= count else { return false }
    for (index, block) in written.enumerated() {
      guard index == 0 || written[index - 1].number < block.number, block.number < UInt64(count) else { return false }
      let start = Int(block.number).multipliedReportingOverflow(by: Self.blockBytes)
      guard !start.overflow, start.partialValue < count,
        block.bytes.count == min(Self.blockBytes, count - start.partialValue)
      else { return false }
    }
    return true
  }
}
