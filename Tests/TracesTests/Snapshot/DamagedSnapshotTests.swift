import Engines
import Foundation
import GuestOS
import Scenarios
import SimEvents
import SimMachine
import SimMemory
import SimUnicorn
import TestSupport
import Testing

@testable import Traces

/// A snapshot of a run that has hardly begun, thin, with one page of memory: some ten thousand bytes.
private let small: (inputs: RunInputs, bytes: [UInt8])? = {
  guard snapshotImagesAreBuilt, let inputs = try? shippedInputs("boot.json"),
    var snapshot = try? RunSnapshot(of: inputs, at: .instruction(3_000)),
    let memory = try? MemorySnapshot(
      size: snapshot.machine.memory.size, pages: [(3, [UInt8](repeating: 7, count: 4096))])
  else { return nil }
  snapshot.machine = MachineSnapshot(state: snapshot.machine.state, memory: memory, image: inputs.image)
  return (inputs, (try? snapshot.fileBytes(inputs, isThin: true)) ?? [])
}()

/// What a program that uses a snapshot does with it: opens it, reads everything.
private func refusal(_ bytes: [UInt8]) -> SnapshotError? {
  do throws(SnapshotError) {
    try SnapshotReader(bytes: bytes).verify()
    return nil
  } catch {
    return error
  }
}

/// The places of a snapshot's parts: preamble, header, the trace, each chunk behind it.
private func parts(_ bytes: [UInt8]) throws -> [Range<Int>] {
  let traceSize = Int(try SnapshotReader(bytes: bytes).header.traceSize)
  func chunk(_ offset: Int) -> Range<Int> {
    let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + 8 + $1]) << (8 * $1) }
    return offset..<offset + TraceFormat.chunkSize(content: length)
  }
  var parts = [0..<16, chunk(16)]
  parts.append(parts[1].upperBound..<parts[1].upperBound + traceSize)
  while let end = parts.last?.upperBound, end < bytes.count { parts.append(chunk(end)) }
  return parts
}

/// Replaces a chunk's content and repairs its checksum, as somebody who knows the format would.
private func forged(_ bytes: [UInt8], part number: Int, _ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
  let places = try parts(bytes)
  let place = places[number]
  func field(_ range: Range<Int>) -> UInt64 { bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  var content = Array(bytes[(place.lowerBound + TraceFormat.frameSize)..<(place.upperBound - 8)])
  change(&content)
  let kind = try #require(ChunkKind(rawValue: UInt32(field(place.lowerBound..<place.lowerBound + 4))))
  let seed = number == 1 ? 0 : field(places[1].upperBound - 8..<places[1].upperBound)
  let sequence = UInt32(field(place.lowerBound + 4..<place.lowerBound + 8))
  return bytes[..<place.lowerBound] + makeChunk(kind, sequence: sequence, seed: seed, content).bytes
    + bytes[place.upperBound...]
}

@Suite(.enabled(if: snapshotImagesAreBuilt)) struct DamagedSnapshotTests {
  @Test func aSnapshotCutOffAnywhereIsRefused() throws {
    let bytes = try #require(small).bytes
    for count in 0..<bytes.count {
      #expect(refusal(Array(bytes[..<count])) != nil, "the first \(count) bytes")
    }
    #expect(refusal(bytes) == nil)
    print("\(bytes.count) truncations refused")
  }

  @Test func aSnapshotWithAnyByteChangedIsRefused() throws {
    let bytes = try #require(small).bytes
    var damaged = bytes
    for index in bytes.indices {
      damaged[index] ^= 1 << UInt8(index % 8)
      if refusal(damaged) == nil { Issue.record("byte \(index)") }
      damaged[index] = bytes[index]
    }
    print("\(bytes.count) changed bytes refused")
  }

  @Test func partsSwappedRepeatedOrLeftOutAreRefused() throws {
    let snapshot = try RunSnapshot.busy()
    let bytes = try snapshot.snapshot.fileBytes(snapshot.inputs)
    let places = try parts(bytes)
    func joined(_ order: [Int]) -> [UInt8] { order.reduce(into: []) { $0 += bytes[places[$1]] } }
    let all = Array(places.indices)
    #expect(joined(all) == bytes && all.count >= 5)
    for index in all {
      #expect(refusal(joined(all.filter { $0 != index })) != nil, "without \(index)")
      #expect(refusal(joined(Array(all[...index] + all[index...]))) != nil, "\(index) twice")
      for other in all where other > index {
        var order = all
        order.swapAt(index, other)
        #expect(refusal(joined(order)) != nil, "\(index) and \(other) swapped")
      }
    }
    #expect(refusal(bytes + [0]) != nil)
  }

  @Test func partsOfAnotherSnapshotDoNotFit() throws {
    let inputs = try shippedInputs("boot.json")
    let (a, b) = (
      try RunSnapshot(of: inputs, at: .instruction(3_000)).fileBytes(inputs, isThin: true),
      try RunSnapshot(of: inputs, at: .instruction(3_001)).fileBytes(inputs, isThin: true)
    )
    let (mine, theirs) = (try parts(a), try parts(b))
    for number in 2..<mine.count {
      let mixed = Array(a[..<mine[number].lowerBound]) + b[theirs[number]] + a[mine[number].upperBound...]
      if mixed != a { #expect(refusal(mixed) != nil, "part \(number)") }
    }
  }

  @Test func otherFilesAndVersionsAreRefusedByName() throws {
    let bytes = try #require(small).bytes
    #expect(refusal([]) == .file(.empty))
    for text in ["x", "{\"name\": \"hello\"}", "\u{7f}ELF", String(repeating: "\0", count: 4096)] {
      #expect(refusal(Array(text.utf8)) == .file(.foreign))
    }
    var trace = bytes
    trace[4] = 0x54
    #expect(refusal(trace) == .file(.foreign))
    var later = bytes
    let next = SnapshotFormat.version + 1
    later[8] = UInt8(next)
    #expect(refusal(later) == .file(.version(next)))
    #expect(SnapshotError.file(.version(next)).description.contains("use a newer simulator"))
    #expect(throws: TraceError.foreign) { try TraceReader(bytes: bytes) }
    #expect(throws: SnapshotError.self) { try SnapshotReader(path: "/nonexistent/x.snapshot") }
    #expect(throws: SnapshotError.file(.unreadable("it is no regular file"))) { try SnapshotReader(path: "/dev/null") }
  }

  @Test func randomBytesAreRefused() throws {
    let bytes = try #require(small).bytes
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      // Half of them begin like a snapshot.
      let start = Bool.random(using: &random) ? Array(bytes[..<Int.random(in: 0...90, using: &random)]) : []
      let rest = (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(refusal(start + rest) != nil)
    }
  }

  @Test func sizesThatPromiseTooMuchAreRefusedWithoutTakingThem() throws {
    let bytes = try #require(small).bytes
    let header = try SnapshotReader(bytes: bytes).header
    let fields: [WritableKeyPath<SnapshotHeader, UInt64>] = [
      \.traceSize, \.stateSize, \.memorySize, \.pageCount, \.memoryDigest,
    ]
    for field in fields {
      for value in [0, 1, 1 << 33, 1 << 39, 1 << 62, UInt64.max] {
        var other = header
        other[keyPath: field] = value == header[keyPath: field] ? value ^ 2 : value
        #expect(refusal(try forged(bytes, part: 1) { $0 = other.content }) != nil, "\(value)")
      }
    }
    // A string in the state that says to be so long.
    for size in [UInt8(0x5a), 0x5b, 0x9b, 0xbb, 0x7b] {
      let lying = try forged(bytes, part: 3) {
        $0.replaceSubrange(1..<10, with: [size] + [UInt8](repeating: 0x7f, count: 8))
      }
      #expect(refusal(lying) != nil)
    }
  }

  /// With right checksums: whatever the state says, it is refused, or a machine takes it and runs.
  @Test func whateverAForgedStateSaysNothingBreaks() throws {
    let (inputs, snapshot) = try RunSnapshot.busy()
    let tree = try #require(
      PlainTree(PlainDataEncoder.encode(SavedRun(machine: snapshot.machine.state, calls: snapshot.calls))))
    let leaves = tree.leaves
    let seed = ProcessInfo.processInfo.environment["SNAPSHOT_SEED"].flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
    print("forged states: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var (refused, ran) = (0, 0)
    for _ in 0..<400 {
      var changed = tree
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let path = leaves[Int.random(in: 0..<leaves.count, using: &random)]
        switch changed[path] {
        case .number:
          let bits = UInt64.random(in: 0..<64, using: &random)
          changed[path] = .number(UInt64.random(in: 0 ... .max, using: &random) >> bits)
        case .bytes(let bytes): changed[path] = .bytes(bytes.map { _ in UInt8.random(in: 0...255, using: &random) })
        default: changed[path] = changed[path].mutations.first ?? changed[path]
        }
      }
      do {
        let saved = try PlainDataDecoder.decode(SavedRun.self, from: changed.encoded)
        let forged = MachineSnapshot(state: saved.machine, memory: snapshot.machine.memory, image: inputs.image)
        let machine = try Machine(forking: forged, engine: .unicorn)
        try machine.hold(at: .instruction(machine.instructions &+ 2_000))
        _ = machine.run(until: machine.time &+ 100_000)
        var run = snapshot
        run.calls = saved.calls
        if saved.calls != snapshot.calls { _ = try? run.resume(inputs) }
        ran += 1
      } catch { refused += 1 }
    }
    #expect(refused > 50 && ran > 20)
    print("\(refused) forged states refused, \(ran) ran")
  }

  @Test func contentThatContradictsItsDigestIsRefusedDespiteARightChecksum() throws {
    let bytes = try #require(small).bytes
    let last = try parts(bytes).count - 1
    #expect(refusal(try forged(bytes, part: last) { $0[100] ^= 1 }) != nil)
    #expect(refusal(try forged(bytes, part: last) { $0[0] ^= 1 }) != nil)
    #expect(refusal(try forged(bytes, part: 1) { $0[5] ^= 1 }) != nil)
  }
}
