import SimEvents
import Testing

@testable import Traces

@Test func whatIsWrittenIsRead() throws {
  let written = sampleEvents(30_000)
  let trace = try TraceReader(bytes: sampleTrace(written, image: Array(repeating: 9, count: 2_500_000)))
  try trace.verify()
  #expect(try events(of: trace) == written)
  #expect(trace.eventCount == 30_000)
  #expect(trace.header.seed == 7 && trace.header.scenario == "sample" && trace.header.simulatorVersion == "1.2.3")
  #expect(try trace.content(ofFile: 0) == Array("{}".utf8))
  #expect(try trace.content(ofFile: 1) == Array(repeating: 9, count: 2_500_000))
  #expect(try trace.content(ofFile: 2) == [])
}

@Test func aTraceWithoutEventsIsOne() throws {
  let trace = try TraceReader(bytes: sampleTrace([]))
  try trace.verify()
  #expect(try events(of: trace) == [] && trace.eventCount == 0)
}

@Test func theDigestIsThatOfTheStream() throws {
  let stream = EventStream()
  let all = sampleEvents(5_000)
  for event in all { stream.emit(event) }
  #expect(try TraceReader(bytes: sampleTrace(all)).eventDigest.description == stream.digest)
}

@Test func writingTwiceGivesTheSameBytes() {
  #expect(sampleTrace(sampleEvents(10_000)) == sampleTrace(sampleEvents(10_000)))
}

@Test func aThinTraceNamesItsImageWithoutCarryingIt() throws {
  let trace = try TraceReader(bytes: sampleTrace(sampleEvents(3), isThin: true))
  try trace.verify()
  #expect(try trace.content(ofFile: 1) == nil)
  #expect(trace.header.file(.image)?.digest == FileDigest(of: [1, 2, 3]))
}

@Test func readingCanBeginAtAnyEvent() throws {
  let all = sampleEvents(30_000)
  let trace = try TraceReader(bytes: sampleTrace(all))
  for first in [0, 1, 4_999, 15_000, 29_999] {
    #expect(try events(of: trace, from: UInt64(first)) == Array(all[first...]), "from \(first)")
  }
  #expect(try events(of: trace, from: 30_000) == [])
  #expect(try events(of: trace, from: .max) == [])
}

@Test func readingCanBeginAtAnyTime() throws {
  let all = sampleEvents(30_000)
  let trace = try TraceReader(bytes: sampleTrace(all))
  for time in [0, 10, 11, 13, 45_000, 90_007] as [UInt64] {
    var iterator = try trace.events(fromTime: time)
    #expect(try iterator.next() == all.first { $0.time >= time }, "from \(time)")
  }
  var iterator = try trace.events(fromTime: 90_008)
  #expect(try iterator.next() == nil)
}

@Test func seekingReadsOneChunkOnly() throws {
  let bytes = sampleTrace(sampleEvents(100_000))
  nonisolated(unsafe) var readCount = 0
  let trace = try TraceReader(size: UInt64(bytes.count)) { (offset, count) throws(TraceError) in
    readCount += count
    return Array(bytes[Int(offset)..<Int(offset) + count])
  }
  readCount = 0
  var iterator = try trace.events(from: 70_000)
  #expect(try iterator.next() == sampleEvents(70_001).last)
  #expect(readCount < TraceFormat.eventChunkSize + 10_000 && readCount < bytes.count / 4, "\(readCount)")
}

@Test func registersAreFoundByTheirSyncEvent() throws {
  let all = sampleEvents(20_000)
  let trace = try TraceReader(bytes: sampleTrace(all))
  #expect(try trace.registers(atEvent: 3) == sampleRegisters(3))
  #expect(try trace.registers(atEvent: 11) == sampleRegisters(11))
  #expect(try trace.registers(atEvent: 4) == nil, "no sync event")
  #expect(try trace.registers(atEvent: 15) == nil, "a sync event whose registers nobody knew")
  #expect(try trace.registers(atEvent: 4 * 64 * 70 + 3) == sampleRegisters(4 * 64 * 70 + 3), "in a later chunk")
  #expect(try trace.registers(atEvent: 20_000) == nil && trace.registers(atEvent: .max) == nil)
}

@Test func theSummaryCountsTheEventsOfEachKind() throws {
  let summary = try TraceSummary(TraceReader(bytes: sampleTrace(sampleEvents(400), isThin: true)))
  for line in ["  pkruWrite: 100", "  sync: 100", "scenario      sample, seed 7"] {
    #expect(summary.text.contains(line))
  }
  #expect(summary.text.contains("3 bytes, \(FileDigest(of: [1, 2, 3])), not in the trace"))
  #expect(summary.json.text.contains("\"guest\":100"))
}
