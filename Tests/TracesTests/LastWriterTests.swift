import Scenarios
import SimEvents
import Testing

@testable import Traces

@Suite(.enabled(if: ShippedRuns.areBuilt)) struct LastWriterTests {
  private let inputs: RunInputs
  private let trace: TraceReader

  init() throws {
    inputs = try ShippedRuns.inputs("set-count")
    trace = try TraceReader(bytes: ShippedRuns.recorded(inputs))
  }

  private func region(_ text: String) throws -> MemoryRegion {
    try MemoryRegion(text) { inputs.image.symbol(named: $0)?.address }
  }

  /// The states before and after the write that is named are held against it.
  @Test func theWriteThatIsNamedIsTheOneAfterWhichNothingChanges() throws {
    let count = try region("count:4")
    let found = try LastWriter(of: count, at: nil, in: trace, inputs: inputs)
    let write = try #require(found.write)
    let before = try StateAtTime(at: write.time - 1, of: trace, inputs: inputs, regions: [count])
    let after = try StateAtTime(at: write.time, of: trace, inputs: inputs, regions: [count])
    #expect(before.memory[0].contents.bytes == Array(write.hit.old.prefix(4)))
    #expect(after.memory[0].contents.bytes == Array(write.hit.new.prefix(4)))
    #expect(before.registers.instructionPointer == write.hit.instructionPointer)
    #expect(before.instruction == write.hit.instruction)
    var last: UInt64 = 0
    for event in try events(of: trace) { last = event.time }
    let end = try StateAtTime(at: last, of: trace, inputs: inputs, regions: [count])
    #expect(end.memory[0].contents.bytes == after.memory[0].contents.bytes)
    let symbols = try TraceSymbols(trace, image: inputs.image)
    #expect(found.text(symbols).contains("count:4 was last written by instruction \(write.hit.instruction) at"))
    #expect(found.json(symbols).text.contains("\"written\":true"))

    let earlier = try LastWriter(of: count, at: write.time - 1, in: trace, inputs: inputs)
    #expect(try #require(earlier.write).hit.instruction < write.hit.instruction)
  }

  @Test func codeThatNobodyWritesHasNoWriter() throws {
    let found = try LastWriter(of: try region("main:16"), at: 300_000, in: trace, inputs: inputs)
    #expect(found.write == nil)
    #expect(found.text(try TraceSymbols(trace, image: inputs.image)).contains("nothing has written there"))
  }

  @Test func whatIsNotMappedIsSaidToBeSo() throws {
    #expect(throws: LastWriter.Failure.self) {
      try LastWriter(of: try region("0xffffffffffffff00:8"), at: 300_000, in: trace, inputs: inputs)
    }
    #expect(throws: StateAtTime.Failure.self) {
      try LastWriter(of: try region("count:4"), at: .max, in: trace, inputs: inputs)
    }
  }
}
