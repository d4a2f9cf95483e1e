import SimCPU
import SimEvents

@testable import Traces

/// A trace of `events` with three files, the last of them empty.
func sampleTrace(_ events: [Event], image: [UInt8] = [1, 2, 3], isThin: Bool = false) -> [UInt8] {
  let scenario = Array("{}".utf8)
  func file(_ role: TraceHeader.File.Role, _ name: String, _ bytes: [UInt8], _ isIncluded: Bool = true)
    -> TraceHeader.File
  {
    .init(role: role, name: name, size: UInt64(bytes.count), digest: FileDigest(of: bytes), isIncluded: isIncluded)
  }
  let header = TraceHeader(
    simulatorVersion: "1.2.3", scenario: "sample", seed: 7, clockHz: 1_000_000_000,
    files: [file(.scenario, "", scenario), file(.image, "", image, !isThin), file(.shareFile, "a/b", [])])
  var bytes: [UInt8] = []
  var known = 0
  let writer = TraceWriter(
    header, contents: isThin ? [scenario, []] : [scenario, image, []],
    registers: { event in
      defer { known += 1 }
      return known % 64 < 3 ? sampleRegisters(event.instruction / 2) : nil
    }, output: { bytes += $0 })
  for event in events { writer.record(event) }
  writer.finish()
  return bytes
}

/// Registers of which only three hold anything.
func sampleRegisters(_ number: UInt64) -> RegisterFile? {
  var words = [UInt64](repeating: 0, count: RegisterFile.names.count)
  (words[0], words[7], words[words.count - 1]) = (number, number &* number, number % 8 == 3 ? 1 : 0)
  return RegisterFile(words: words)
}

/// `count` events of several kinds; every thousandth carries 5 KiB.
func sampleEvents(_ count: Int) -> [Event] {
  (0..<UInt64(count)).map { number in
    let payload: EventPayload =
      switch number % 4 {
      case 0: .pkruWrite(old: 4, new: UInt32(truncatingIfNeeded: number), instructionPointer: 0x10_0000 + number)
      case 1: .guest(name: "thread", detail: "number \(number)")
      case 2: .consoleOutput(console: .virtio, bytes: Array(repeating: 0x61, count: number % 1_000 == 998 ? 5_000 : 3))
      default: .sync(cpu: sampleRegisters(number)?.digest ?? 0, memory: number)
      }
    return Event(time: 10 + number * 3, instruction: number * 2, payload: payload)
  }
}

/// All events from `first` on.
func events(of trace: TraceReader, from first: UInt64 = 0) throws -> [Event] {
  var iterator = try trace.events(from: first)
  var events: [Event] = []
  while let event = try iterator.next() { events.append(event) }
  return events
}

/// What a program that uses a trace does with it: opens it, reads everything.
func refusal(of bytes: [UInt8]) -> TraceError? {
  do throws(TraceError) {
    try TraceReader(bytes: bytes).verify()
    return nil
  } catch {
    return error
  }
}

/// The places of the chunks of a trace that is whole.
func chunks(of bytes: [UInt8]) -> [Range<Int>] {
  var chunks: [Range<Int>] = []
  var offset = TraceFormat.preambleSize
  while offset < bytes.count {
    let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + 8 + $1]) << (8 * $1) }
    chunks.append(offset..<offset + TraceFormat.chunkSize(content: length))
    offset = chunks[chunks.count - 1].upperBound
  }
  return chunks
}
