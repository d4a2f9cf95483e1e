import Scenarios
import SimEvents
import SimMachine
import Testing

@testable import Traces

@Suite(.enabled(if: ShippedRuns.areBuilt)) struct StateAtTimeTests {
  private let inputs: RunInputs
  private let trace: TraceReader

  init() throws {
    inputs = try ShippedRuns.inputs("set-count")
    trace = try TraceReader(bytes: ShippedRuns.recorded(inputs))
  }

  private func region(_ text: String) throws -> MemoryRegion {
    try MemoryRegion(text) { inputs.image.symbol(named: $0)?.address }
  }

  @Test func aVariableIsSeenBeforeAndAfterItsChange() throws {
    let count = [try region("count:4")]
    let start = try StateAtTime(at: 0, of: trace, inputs: inputs, regions: [])
    #expect(start.instruction == 0 && start.time == 0 && start.nextEvent == 0)

    var last: UInt64 = 0
    for event in try events(of: trace) { last = event.time }
    let before = try StateAtTime(at: last / 2, of: trace, inputs: inputs, regions: count)
    let after = try StateAtTime(at: last, of: trace, inputs: inputs, regions: count)
    #expect(before.time >= last / 2 && after.time >= last)
    let (old, new) = (
      try #require(before.memory.first?.contents.bytes), try #require(after.memory.first?.contents.bytes)
    )
    #expect(old != new, "set_count writes it")
  }

  @Test func theRegistersAtASyncPointAreThoseThatWereRecorded() throws {
    var compared = 0
    for (number, event) in try events(of: trace).enumerated() where event.payload.kind == .sync {
      let state = try StateAtTime(at: event.time, of: trace, inputs: inputs, regions: [])
      guard state.instruction == event.instruction else { continue }
      #expect(try trace.registers(atEvent: UInt64(number)) == state.registers)
      compared += 1
    }
    #expect(compared > 3)
    print("\(compared) sync points compared")
  }

  @Test func timeThatTheGuestSleepsThroughCanBeLookedAt() throws {
    let halt = try #require(
      try events(of: trace).first { event in
        if case .halt(let until) = event.payload { return until > event.time + 10 }
        return false
      })
    let state = try StateAtTime(at: halt.time + 5, of: trace, inputs: inputs, regions: [])
    #expect(state.time == halt.time + 5 && state.instruction == halt.instruction)
  }

  @Test func aTimeAfterTheEndIsRefused() throws {
    #expect(throws: StateAtTime.Failure.self) {
      try StateAtTime(at: .max, of: trace, inputs: inputs, regions: [])
    }
  }

  @Test func aRunThatDiffersBeforeIsRefused() throws {
    var other = inputs
    other.scenario.machine.costs = CostTable()
    do {
      _ = try StateAtTime(at: 100_000, of: trace, inputs: other, regions: [])
      Issue.record("it was accepted")
    } catch StateAtTime.Failure.diverged(let divergence) {
      #expect(divergence.number < trace.eventCount)
    }
  }

  @Test func memoryThatIsNotMappedIsSaidToBeSo() throws {
    let state = try StateAtTime(
      at: 300_000, of: trace, inputs: inputs, regions: [try region("0xffffffffffffff00:512"), try region("main:2")])
    #expect(state.memory[0].contents.bytes == nil && state.memory[1].contents.bytes?.count == 2)
    let symbols = try TraceSymbols(trace, image: inputs.image)
    #expect(state.text(symbols, showsAll: false).contains("nothing is mapped there"))
    #expect(state.text(symbols, showsAll: true).contains("x87.r7.significand"))
    #expect(state.json(symbols).text.contains("\"mxcsr\":\"0x"))
  }
}

@Test func piecesOfMemoryAreNamedByAddressOrSymbol() throws {
  func find(_ name: String) -> UInt64? { name == "a:b" ? 7 : nil }
  #expect(try MemoryRegion("0x1000:16", address: find).address == 0x1000)
  #expect(try MemoryRegion("4096:0x10", address: find).count == 16)
  #expect(try MemoryRegion("a:b:8", address: find).address == 7)
  for text in [
    "", ":", "0x1000", "0x1000:", ":5", "0x1000:0", "0x1000:1048577", "0x1000:-1", "+5:1", "0x:1", "c:1",
    "0x10000000000000000:1", "1:18446744073709551616",
  ] {
    #expect(throws: RegionError.self, "\(text)") { try MemoryRegion(text, address: find) }
  }
}
