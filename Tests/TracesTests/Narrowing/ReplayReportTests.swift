import Scenarios
import SimEvents
import Testing

@testable import Traces

@Suite(.enabled(if: ShippedRuns.areBuilt)) struct ReplayReportTests {
  private let hello: RunInputs
  private let bytes: [UInt8]
  private let trace: TraceReader

  init() throws {
    hello = try ShippedRuns.inputs("hello")
    bytes = try ShippedRuns.recorded(hello)
    trace = try TraceReader(bytes: bytes)
  }

  /// The trace as if one event had been recorded differently.
  private func altered(_ number: UInt64, _ payload: (EventPayload) -> EventPayload) throws -> TraceReader {
    var bytes: [UInt8] = []
    let writer = TraceWriter(trace.header, contents: TraceHeader.contents(hello).map(\.bytes)) { bytes += $0 }
    for (index, event) in try events(of: trace).enumerated() {
      var event = event
      if index == number { event.payload = payload(event.payload) }
      writer.record(event)
    }
    writer.finish()
    return try TraceReader(bytes: bytes)
  }

  @Test func aRecordedInputWithOneBitChangedIsRefusedAndWithRepairedChecksumsNamed() throws {
    let index = try #require(trace.header.files.firstIndex { $0.name.hasSuffix("hello.o") })
    let object = try #require(try trace.content(ofFile: index))
    // 'H' and 'I' differ in one bit.
    let changed = try #require(object.replacingFirst("Hello from", "Iello from"))
    let start = try #require((0..<bytes.count).first { bytes[$0...].starts(with: object) })
    #expect(refusal(of: Array(bytes[..<start]) + changed + bytes[(start + changed.count)...]) != nil)

    let repaired = try TraceReader(bytes: try repaired(bytes, file: index, content: changed))
    try repaired.verify()
    let inputs = try repaired.inputs(path: "x.trace", images: ImageStore([]))
    let divergence = try #require(try replay(repaired, inputs: inputs))

    // What must be named follows from two runs, without the trace.
    let now = try events(of: TraceReader(bytes: ShippedRuns.recorded(inputs)))
    let then = try events(of: trace)
    let number = try #require(zip(then, now).enumerated().first { $1.0 != $1.1 }?.offset)
    #expect(divergence.number == UInt64(number) && divergence.instruction == then[number].instruction)
    #expect(divergence.expected == then[number] && divergence.got == now[number])
    #expect(divergence.differences.map(\.name) == ["bytes"])

    let report = try ReplayReport(divergence, of: repaired, inputs: inputs)
    let sync = try #require(then[..<number].lastIndex { $0.payload.kind == .sync })
    #expect(report.lastSame?.number == UInt64(sync))
    #expect(
      report.conclusion
        == .interval(after: then[sync].instruction, upTo: then[number].instruction, isRepeatable: true))
    guard
      case .found(let difference) = try FirstDifference.find(
        between: hello, and: inputs, after: then[sync].instruction, before: then[number].instruction)
    else {
      Issue.record("no instruction was found")
      return
    }
    #expect((then[sync].instruction...then[number].instruction).contains(difference.instruction))
    for line in ["\"Hello from", "\"Iello from", "narrowed to: after instruction \(then[sync].instruction)"] {
      #expect(report.text.contains(line), "\(line)")
    }
  }

  /// The trace with a file's content replaced, and everything that depends on it computed anew: the header's digest, the
  /// header's checksum, and those of all chunks, which are seeded with it.
  private func repaired(_ bytes: [UInt8], file: Int, content: [UInt8]) throws -> [UInt8] {
    var header = trace.header
    header.files[file].digest = FileDigest(of: content)
    let old = header.files[..<file].filter(\.isIncluded).reduce(0) {
      $0 + Int(($1.size + UInt64(TraceFormat.filePartSize) - 1) / UInt64(TraceFormat.filePartSize))
    }
    var seed: UInt64 = 0
    var result = Array(bytes[..<TraceFormat.preambleSize])
    for (number, place) in chunks(of: bytes).enumerated() {
      var fields = TraceFields(bytes[place], offset: 0)
      let kind = try #require(ChunkKind(rawValue: try fields.fixed(UInt32.self)))
      var part = Array(
        bytes[(place.lowerBound + TraceFormat.frameSize)..<(place.upperBound - TraceFormat.checksumSize)])
      if kind == .header { part = header.content }
      if number == old + 1 { part = content }
      let chunk = makeChunk(kind, sequence: UInt32(number), seed: seed, part)
      if number == 0 { seed = chunk.checksum }
      result += chunk.bytes
    }
    return result
  }

  @Test func whereARegisterDiffersAtASyncPointItIsNamed() throws {
    // The recording of another run at the same place: its registers are known, this run's are others.
    let all = try events(of: trace)
    let number = try #require(all.lastIndex { $0.payload.kind == .sync })
    var file = try #require(try trace.registers(atEvent: UInt64(number)))
    let rax = try #require(file["rax"])
    file = try #require(.init(words: [rax ^ 0x80] + file.words.dropFirst()))
    var bytes: [UInt8] = []
    let writer = TraceWriter(
      trace.header, contents: TraceHeader.contents(hello).map(\.bytes),
      registers: { event in event.payload == .sync(cpu: file.digest, memory: 1) ? file : nil }, output: { bytes += $0 })
    for (index, event) in all.enumerated() {
      var event = event
      if index == number { event.payload = .sync(cpu: file.digest, memory: 1) }
      writer.record(event)
    }
    writer.finish()
    let other = try TraceReader(bytes: bytes)
    try other.verify()
    let divergence = try #require(try replay(other, inputs: hello))
    let report = try ReplayReport(divergence, of: other, inputs: hello)
    #expect(divergence.number == UInt64(number) && divergence.differences.map(\.name) == ["cpu", "memory"])
    #expect(report.next?.differences?.map(\.name) == ["rax"])
    #expect(report.next?.differences?.first?.old == rax ^ 0x80 && report.now?["rax"] == rax)
    #expect(report.text.contains("rax: 0x\(String(rax ^ 0x80, radix: 16)) then"))
  }

  @Test func anotherImageIsSearchedForTheFirstDifferentInstruction() throws {
    let other = try hello.withImage(replacing: "returned", by: "returmed")
    let comparison = hello.comparison(to: other)
    #expect(comparison == .registers && hello.comparison(to: hello) == .all)
    let divergence = try #require(try replay(trace, inputs: other, comparison: comparison))
    #expect(divergence.expected?.payload.kind == .consoleOutput)
    let report = try ReplayReport(divergence, of: trace, inputs: other, recorded: hello, comparison: comparison)
    guard case .searched(.found(let difference)) = report.conclusion else {
      Issue.record("\(report.conclusion)")
      return
    }
    #expect(difference.instruction < divergence.instruction && difference.pagesDifferentBefore.count == 1)
    #expect(report.then != nil && report.sourceLine == .noTable)
    for line in ["no line table", "first differing instruction: number \(difference.instruction)"] {
      #expect(report.text.contains(line))
    }
    let json = JSONText.object(report.json).text
    for part in [
      "\"event\":\(divergence.number)", "\"narrowed\":{\"instruction\":\(difference.instruction)", "\"rip\"",
    ] {
      #expect(json.contains(part), "\(part)")
    }
  }

  @Test func aTraceThatThisVersionNoLongerReproducesIsNotSearched() throws {
    let number = UInt64(try #require(try events(of: trace).firstIndex { $0.payload.kind == .pkruWrite }))
    let forged = try altered(number) { _ in .pkruWrite(old: 1, new: 2, instructionPointer: 3) }
    let other = try hello.withImage(replacing: "returned", by: "returmed")
    let divergence = try #require(try replay(forged, inputs: other, comparison: .registers))
    let report = try ReplayReport(divergence, of: forged, inputs: other, recorded: hello, comparison: .registers)
    #expect(report.then == nil)
    #expect(report.conclusion == .interval(after: 0, upTo: divergence.instruction, isRepeatable: true))
  }

  @Test func aRunThatEndsTooEarlyOrTooLateIsReported() throws {
    var shorter = hello
    shorter.scenario.script.removeLast(3)
    let early = try #require(try replay(trace, inputs: shorter))
    #expect(try ReplayReport(early, of: trace, inputs: shorter).text.contains("narrowed to"))

    let short = try TraceReader(bytes: ShippedRuns.recorded(shorter))
    let late = try #require(try replay(short, inputs: hello))
    #expect(try ReplayReport(late, of: short, inputs: hello).text.contains("narrowed to"))
  }
}
