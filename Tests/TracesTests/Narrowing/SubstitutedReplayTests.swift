import GuestOS
import Scenarios
import SimEvents
import Testing

@testable import Traces

/// What `sim replay` says when it runs something else than what was recorded.
@Suite(.enabled(if: ShippedRuns.areBuilt)) struct SubstitutedReplayTests {
  private let hello: RunInputs
  private let trace: TraceReader

  init() throws {
    hello = try ShippedRuns.inputs("hello")
    trace = try TraceReader(bytes: ShippedRuns.recorded(hello))
  }

  /// The bytes at the first instructions of the run.
  private func firstInstructions(_ count: UInt64) throws -> [[UInt8]] {
    var codes: [[UInt8]] = []
    try ObservedRun(inputs: hello).look(at: Array(0..<count)) { _, machine in
      codes.append(machine.code(at: machine.registers.instructionPointer))
      return true
    }
    return codes
  }

  /// The run on an image in which one byte of an instruction is another; nil if the image has these bytes twice.
  private func changed(_ code: [UInt8], byte: Int, to value: UInt8) throws -> RunInputs? {
    let image = hello.image.bytes
    let places = (0..<image.count - code.count).filter { image[$0] == code[0] && image[$0...].starts(with: code) }
    guard places.count == 1 else { return nil }
    var bytes = image
    bytes[places[0] + byte] = value
    return try hello.with(image: bytes, path: "changed")
  }

  @Test func registersThatAreNotThoseOfTheirDigestAreRefused() throws {
    var bytes: [UInt8] = []
    let writer = TraceWriter(
      trace.header, contents: TraceHeader.contents(hello).map(\.bytes), registers: { _ in sampleRegisters(5) },
      output: { bytes += $0 })
    for event in try events(of: trace) { writer.record(event) }
    writer.finish()
    let damaged = try TraceReader(bytes: bytes)
    try damaged.verifyChecksums()
    #expect(throws: TraceError.self) { try damaged.verify() }
    #expect(throws: TraceError.self) { try replay(damaged, inputs: hello) }
    #expect(throws: TraceError.self) { try SubstitutedReplay(damaged, inputs: hello, recorded: hello) }
  }

  @Test func theSameInputsAreTheSame() throws {
    let result = try SubstitutedReplay(trace, inputs: hello, recorded: hello)
    #expect(result.divergence == nil && result.pagesNotCompared == [] && result.isMemoryCompared)
    #expect(result.digest == "\(trace.eventDigest)")
    #expect(InputDifference.between(trace, and: hello) == [])
    let other = try hello.withFile("hello.o", replacing: "Hello from", by: "Jello from")
    #expect(InputDifference.between(trace, and: other).map(\.what) == ["share/hello.o"])
  }

  /// A message that this run never shows is another: one page differs from the start, and no other.
  private func otherImage() throws -> RunInputs {
    try hello.withImage(replacing: "no such uio.design", by: "no such uio.desigm")
  }

  @Test func pagesThatDifferFromTheStartAreLeftOutAndCounted() throws {
    let other = try otherImage()
    let result = try SubstitutedReplay(trace, inputs: other, recorded: hello)
    #expect(result.divergence == nil && result.isMemoryCompared && result.pagesNotCompared.count == 1)
    // As another recording shows, the digest is this run's.
    let own = try TraceReader(bytes: ShippedRuns.recorded(other))
    #expect(result.digest == "\(own.eventDigest)" && own.eventDigest != trace.eventDigest)
    #expect(InputDifference.between(trace, and: other).map(\.what) == ["image"])
  }

  @Test func memoryThatDiffersForGoodIsADifferenceAlsoOnAnotherImage() throws {
    // The name of a source file in an object: the guest reads it, and nobody looks at it.
    let other = try otherImage().withFile("hello.o", replacing: "hello.c", by: "jello.c")
    #expect(try replay(trace, inputs: other, comparison: .registers) == nil, "events and registers do not tell")
    let result = try SubstitutedReplay(trace, inputs: other, recorded: hello)
    let divergence = try #require(result.divergence)
    #expect(divergence.got?.payload.kind == .sync && divergence.differences.map(\.name) == ["memory"])
    #expect(result.pagesNotCompared.count == 1)
    let report = try ReplayReport(divergence, of: trace, inputs: other, recorded: hello, comparison: .registers)
    guard case .searched(.found(let difference)) = report.conclusion else {
      Issue.record("\(report.text)")
      return
    }
    #expect(difference.memory.first?.old.starts(with: Array("hello.c".utf8)) == true, "\(report.text)")
    #expect(difference.memory.first?.new.starts(with: Array("jello.c".utf8)) == true, "\(report.text)")
  }

  @Test func anInstructionThatOnlyHaltsNowIsNamedItself() throws {
    var named = 0
    for (number, code) in try firstInstructions(6000).enumerated() where code.count == 15 && named < 3 {
      // NOP, CLI, STI, CLD: nothing but a flag, which is as it was, tells them from HLT afterwards.
      guard [0x90, 0xfa, 0xfb, 0xfc].contains(code[0]) else { continue }
      guard let other = try changed(code, byte: 0, to: 0xf4) else { continue }
      guard
        case .found(let difference) = try FirstDifference.find(
          between: hello, and: other, after: 0, before: UInt64(number) + 1000)
      else {
        Issue.record("nothing found for instruction \(number)")
        continue
      }
      #expect(difference.instruction == UInt64(number))
      #expect(difference.code.first == code[0] && difference.newCode.first == 0xf4)
      let lines = Narrowing.found(difference).lines(
        old: try TraceSymbols(trace, image: hello.image), new: try TraceSymbols(trace, image: other.image), at: 0)
      #expect(lines.contains { $0.hasPrefix("  its bytes then: ") })
      #expect(lines.contains { $0.hasPrefix("  its bytes now: f4") })
      named += 1
    }
    print("\(named) instructions were replaced by HLT")
    #expect(named > 0)
  }
}
