import Foundation
import SimEvents
import TestSupport
import Testing

@testable import Traces

private let small = sampleTrace(sampleEvents(20))

@Test func aTraceCutOffAnywhereIsRefused() {
  for count in 0..<small.count {
    #expect(refusal(of: Array(small[..<count])) != nil, "the first \(count) bytes")
  }
  #expect(refusal(of: small) == nil)
  print("\(small.count) truncations refused")
}

@Test func aTraceWithAnyBitFlippedIsRefused() {
  var refused = 0
  for index in small.indices {
    for bit in 0..<8 {
      var damaged = small
      damaged[index] ^= 1 << UInt8(bit)
      if refusal(of: damaged) != nil { refused += 1 } else { Issue.record("bit \(bit) of byte \(index)") }
    }
  }
  print("\(refused) flipped bits refused")
}

@Test func aTraceWithBytesBehindItIsRefused() {
  #expect(refusal(of: small + [0]) == .overlong(excess: 1))
  #expect(refusal(of: small + Array(repeating: 7, count: 300)) == .overlong(excess: 300))
  #expect(refusal(of: small + small) != nil)
  #expect(TraceError.overlong(excess: 1).description.contains("has 1 byte after its end"))
  #expect(refusal(of: Array(small.dropLast())) == .truncated(size: UInt64(small.count - 1)))
}

@Test func anEmptyFileIsCalledSo() {
  #expect(refusal(of: []) == .empty)
  #expect(TraceError.empty.description.contains("is empty"))
}

@Test func chunksSwappedRepeatedOrLeftOutAreRefused() {
  let trace = sampleTrace(sampleEvents(20_000), image: Array(repeating: 1, count: 2_200_000))
  let places = chunks(of: trace)
  let preamble = Array(trace[..<TraceFormat.preambleSize])
  func joined(_ order: [Int]) -> [UInt8] { order.reduce(into: preamble) { $0 += trace[places[$1]] } }
  let all = Array(places.indices)
  #expect(joined(all) == trace && all.count > 10)
  for index in all {
    #expect(refusal(of: joined(all.filter { $0 != index })) != nil, "without \(index)")
    #expect(refusal(of: joined(Array(all[...index] + all[index...]))) != nil, "\(index) twice")
    for other in all where other > index {
      var order = all
      order.swapAt(index, other)
      #expect(refusal(of: joined(order)) != nil, "\(index) and \(other) swapped")
    }
  }
}

@Test func aChunkOfAnotherTraceDoesNotFit() {
  let other = sampleTrace(sampleEvents(20), image: [1, 2, 4])
  let (mine, theirs) = (chunks(of: small), chunks(of: other))
  #expect(mine == theirs)
  for place in mine.dropFirst() {
    var mixed = small
    mixed.replaceSubrange(place, with: other[place])
    #expect(refusal(of: mixed) != nil)
  }
}

@Test func otherFilesAreRefusedAsForeign() {
  for text in ["x", "{\"name\": \"hello\"}", "\u{7f}ELF", String(repeating: "\0", count: 4096)] {
    #expect(refusal(of: Array(text.utf8)) == .foreign)
  }
}

@Test func aTraceOfALaterVersionIsNamedSo() {
  var later = small
  later[8] += 1
  let version = TraceFormat.version + 1
  #expect(refusal(of: later) == .version(version))
  #expect(TraceError.version(version).description.contains("use a newer simulator"))
}

@Test func aTraceOfAnEarlierVersionIsNamedSo() {
  var earlier = small
  earlier[8] = 1
  #expect(refusal(of: earlier) == .version(1))
  #expect(TraceError.version(1).description.contains("record it again"))
}

@Test func randomBytesAreRefused() {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var generator = SeededGenerator(seed: seed)
  for _ in 0..<2_000 {
    // Half of them begin like a trace.
    let start = Bool.random(using: &generator) ? Array(small[..<Int.random(in: 0...60, using: &generator)]) : []
    let rest = (0..<Int.random(in: 0...400, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator)
    }
    #expect(refusal(of: start + rest) != nil)
  }
}

/// Replaces a chunk's content and repairs its checksum, as somebody who knows the format would.
private func forged(_ trace: [UInt8], chunk number: Int, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
  let places = chunks(of: trace)
  func field(_ place: Range<Int>) -> UInt64 {
    trace[(place.upperBound - 8)..<place.upperBound].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  let place = places[number]
  var content = Array(trace[(place.lowerBound + TraceFormat.frameSize)..<(place.upperBound - 8)])
  change(&content)
  let kind = trace[place.lowerBound..<place.lowerBound + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  guard let kind = ChunkKind(rawValue: kind) else { return [] }
  let seed = number == 0 ? 0 : field(places[0])
  let chunk = makeChunk(kind, sequence: UInt32(number), seed: seed, content).bytes
  return Array(trace[..<place.lowerBound]) + chunk + trace[place.upperBound...]
}

@Test func sizesThatPromiseTooMuchAreRefusedWithoutTakingThem() {
  let chunkCount = chunks(of: small).count
  // The header: the size of the first file, whatever stands there, becomes 2^39 and 2^63.
  for size in [UInt64(1) << 39, 1 << 63, .max] {
    var fields = TraceBytes()
    fields.number(size)
    let large = fields.bytes
    let bytes = forged(small, chunk: 0) { content in
      // version, scenario's name, seed, clock (5 bytes), count of files, role, no name; then the size.
      let at = 6 + 7 + 1 + 5 + 1 + 1 + 1
      content.replaceSubrange(at..<at + 1, with: large)
    }
    #expect(refusal(of: bytes) != nil)
    // The index: so many chunks; a chunk of that size. The end: the index is there; so many events.
    #expect(refusal(of: forged(small, chunk: chunkCount - 2) { $0.replaceSubrange(0..<1, with: large) }) != nil)
    #expect(refusal(of: forged(small, chunk: chunkCount - 2) { $0.replaceSubrange(1..<3, with: large) }) != nil)
    var fixed = TraceBytes()
    fixed.fixed(size)
    for at in [0, 8] {
      let word = fixed.bytes
      #expect(refusal(of: forged(small, chunk: chunkCount - 1) { $0.replaceSubrange(at..<at + 8, with: word) }) != nil)
    }
  }
}

@Test func contentThatContradictsItsDigestIsRefusedDespiteARightChecksum() {
  let places = chunks(of: small)
  for number in 1..<places.count {
    let bytes = forged(small, chunk: number) { $0[$0.count - 1] ^= 1 }
    #expect(refusal(of: bytes) != nil, "chunk \(number)")
  }
}

@Test func whateverAForgedChunkContainsNothingBreaks() {
  let seed = UInt64.random(in: 0 ... .max)
  print("seed \(seed)")
  var generator = SeededGenerator(seed: seed)
  let chunkCount = chunks(of: small).count
  var refused = 0
  for _ in 0..<4_000 {
    let bytes = forged(small, chunk: Int.random(in: 0..<chunkCount, using: &generator)) { content in
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        content[Int.random(in: 0..<content.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Int.random(in: 0..<8, using: &generator) == 0 { content.removeLast() }
    }
    if refusal(of: bytes) != nil { refused += 1 }
  }
  // The others wrote what was there before.
  #expect(refused > 3_900)
  print("\(refused) of 4000 forged traces refused")
}

@Test func filesThatCanNotBeReadAreRefused() {
  #expect(throws: TraceError.self) { try TraceReader(path: "/nonexistent/x.trace") }
  #expect(throws: TraceError.unreadable("it is no regular file")) { try TraceReader(path: "/dev/null") }
  let folder = FileManager.default.temporaryDirectory.path
  #expect(throws: TraceError.unreadable("it is no regular file")) { try TraceReader(path: folder) }
}
