import Engines
import Scenarios
import SimCPU
import SimEvents
import SimMachine
import Testing

@testable import Traces

/// Registers and memory at each of `points`.
private func states(_ inputs: RunInputs, at points: [UInt64], excluding pages: [Int]) throws -> [[UInt64]] {
  var states: [[UInt64]] = []
  try ObservedRun(inputs: inputs).look(at: points) { _, machine in
    states.append([machine.registers.digest, machine.memory.digest(excluding: pages)])
    return true
  }
  return states
}

/// Notes where the script's first step was done.
private final class FirstStep: EventSink {
  private(set) var instruction: UInt64?

  func record(_ event: Event) {
    if instruction == nil, event.payload.kind == .scriptStep { instruction = event.instruction }
  }
}

@Suite(.enabled(if: ShippedRuns.areBuilt)) struct FirstDifferenceTests {
  private let hello: RunInputs
  /// After the run's end.
  private static let end: UInt64 = 1 << 20

  init() throws { hello = try ShippedRuns.inputs("hello") }

  private func found(_ narrowing: Narrowing) -> FirstDifference? {
    guard case .found(let difference) = narrowing else { return nil }
    return difference
  }

  @Test func aChangedByteOfTheImageIsSeenWhereItIsFirstRead() throws {
    let other = try hello.withImage(replacing: "returned", by: "returmed")
    let difference = try #require(
      found(try FirstDifference.find(between: hello, and: other, after: 0, before: Self.end)))
    #expect(difference.pagesDifferentBefore.count == 1)
    #expect(hello.image.symbol(at: difference.pointer) != nil)
    #expect(!difference.code.isEmpty)
    #expect(difference.ended == nil)
    // Whoever reads the byte has it in a register, or writes it elsewhere.
    let read = difference.registers.contains { $0.old & 0xff == 0x6e && $0.new & 0xff == 0x6d }
    let written = difference.memory.contains { $0.old.first == 0x6e && $0.new.first == 0x6d }
    #expect(read || written, "\(difference)")

    // Nothing differs at any instruction before, everything said is so after it.
    let at = difference.instruction
    let points = Array(max(at, 2_000) - 2_000...at + 1)
    let old = try states(hello, at: points, excluding: difference.pagesDifferentBefore)
    let new = try states(other, at: points, excluding: difference.pagesDifferentBefore)
    #expect(old.dropLast() == new.dropLast() && old.last != new.last)
    print("first difference at instruction \(at) of \(points.count) that were compared one by one")
  }

  @Test func aChangedByteOfAFileIsSeenWhereTheDeviceDeliversIt() throws {
    let other = try hello.withFile("hello.o", replacing: "Hello from", by: "Jello from")
    let difference = try #require(
      found(try FirstDifference.find(between: hello, and: other, after: 0, before: Self.end)))
    #expect(difference.pagesDifferentBefore.isEmpty && difference.registers.isEmpty)
    #expect(difference.memory.first?.old.starts(with: Array("Hello from".utf8)) == true)
    #expect(difference.memory.first?.new.starts(with: Array("Jello from".utf8)) == true)
    #expect(difference.oldEvents.contains { $0.payload.kind == .queueNotify })
    #expect(difference.oldEvents == difference.newEvents)
    #expect(difference.oldEvents.allSatisfy { $0.instruction == difference.instruction })
  }

  @Test func theSearchMayBeginAnywhereBefore() throws {
    let other = try hello.withFile("hello.o", replacing: "Hello from", by: "Jello from")
    let whole = try FirstDifference.find(between: hello, and: other, after: 0, before: Self.end)
    let at = try #require(found(whole)).instruction
    #expect(try FirstDifference.find(between: hello, and: other, after: at, before: at) == whole)
    #expect(try FirstDifference.find(between: hello, and: other, after: at - 1, before: at + 1) == whole)
    #expect(try FirstDifference.find(between: hello, and: other, after: at / 2, before: at + 5_000) == whole)
    #expect(
      try FirstDifference.find(between: hello, and: other, after: 0, before: at - 1) == .sameState(until: at))
  }

  @Test func equalInputsHaveNoDifference() throws {
    #expect(
      try FirstDifference.find(between: hello, and: hello, after: 0, before: Self.end)
        == .sameState(until: Self.end + 1))
  }

  @Test func registersThatDifferBeforeTheSearchAreNamed() throws {
    let other = try hello.withImage(replacing: "returned", by: "returmed")
    let at = try #require(
      found(try FirstDifference.find(between: hello, and: other, after: 0, before: Self.end))
    ).instruction
    guard
      case .differentBefore(let instruction, let registers) = try FirstDifference.find(
        between: hello, and: other, after: at + 1, before: at + 10)
    else {
      // The byte was copied without staying in a register.
      return
    }
    #expect(instruction == at + 1 && !registers.isEmpty)
  }

  @Test func aRunThatEndsEarlierDiffersWhereItEnds() throws {
    var other = hello
    other.scenario.script.removeLast(3)
    let difference = try #require(
      found(try FirstDifference.find(between: hello, and: other, after: 0, before: Self.end)))
    let prompt = FirstStep()
    _ = try ScenarioRun(hello).run(observers: [prompt])
    #expect(difference.ended == .new && difference.instruction == prompt.instruction)
  }
}
