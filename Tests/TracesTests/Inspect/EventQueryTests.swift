import Foundation
import SimEvents
import Testing

@testable import Traces

private let load = EventPayload.guest(name: "loader", detail: "load hello.o base=0x80000000 size=8192")
private let free = EventPayload.guest(name: "loader", detail: "free hello.o")

private func write(_ old: UInt32, _ new: UInt32, at pointer: UInt64 = 0x8000_000b) -> EventPayload {
  .pkruWrite(old: old, new: new, instructionPointer: pointer)
}

private func denied(_ address: UInt64, key: UInt8) -> EventPayload {
  .accessDenied(
    address: address, access: "write", rule: "key-write-disabled", errorCode: 0x23, key: key, pkru: 2,
    instructionPointer: 0x1000)
}

/// The numbers of the events of a trace that match.
private func matches(_ payloads: [EventPayload], _ change: (inout EventQuery) -> Void) throws -> [UInt64] {
  let all = payloads.enumerated().map { Event(time: UInt64($0) * 10, instruction: UInt64($0), payload: $1) }
  let trace = try TraceReader(bytes: sampleTrace(all))
  var query = EventQuery()
  change(&query)
  let resolved = try query.resolved(TraceSymbols(trace, images: ImageStore([])))
  return all.indices.map { NumberedEvent(number: UInt64($0), event: all[$0]) }.filter(resolved.matches).map(\.number)
}

@Test func withoutConditionsEveryEventMatches() throws {
  #expect(try matches([load, free, write(0, 1)]) { _ in } == [0, 1, 2])
}

@Test func kindsAndGroupsSelect() throws {
  #expect(try matches([load, write(0, 1), free]) { $0.kinds = ["guest"] } == [0, 2])
  #expect(try matches([load, write(0, 1), denied(1, key: 0)]) { $0.kinds = ["keys", "loader"] } == [0, 1, 2])
  #expect(throws: QueryError.self) { try matches([]) { $0.kinds = ["guests"] } }
}

@Test func timesSelectBothEndsIncluded() throws {
  #expect(try matches([load, free, load, free]) { $0.times = 10...20 } == [1, 2])
}

@Test func aKeySelectsItsRefusalsAndTheChangesOfItsRights() throws {
  let payloads = [write(0, 0), write(0, 2), write(2, 0b1010), denied(1, key: 0), denied(1, key: 1), write(0, 1 << 31)]
  #expect(try matches(payloads) { $0.key = 0 } == [1, 3])
  #expect(try matches(payloads) { $0.key = 1 } == [2, 4])
  #expect(try matches(payloads) { $0.key = 15 } == [5])
  #expect { try matches(payloads) { $0.key = 16 } } throws: { "\($0)".contains("0 to 15") }
}

@Test func aLoadedProgramNamesItsAddressesWhileItIsThere() throws {
  let payloads = [
    write(0, 0), load, write(0, 0), denied(0x8000_1fff, key: 0), denied(0x8000_2000, key: 0), free, write(0, 0),
  ]
  #expect(try matches(payloads) { $0.symbol = "hello.o" } == [2, 3])
  #expect(try matches(payloads) { $0.symbol = "^hel+o" } == [2, 3])
}

@Test func aNameThatMatchesNothingIsRefusedWithTheNearest() throws {
  for (name, part) in [("helo.o", "image is not at hand"), ("(", "at byte 1"), ("x{", "at byte")] {
    #expect { try matches([load]) { $0.symbol = name } } throws: { "\($0)".contains(part) }
  }
  #expect { try matches([]) { $0.symbol = "main" } } throws: { "\($0)".contains("image is not at hand") }
}

@Test func recordsThatAreNoneOfTheLoaderNameNothing() throws {
  for detail in ["load", "load x", "load x base=1 size=2", "load x base=0x1 size=-2", "load x base=0x1 size=2 y", ""] {
    let payload = EventPayload.guest(name: "loader", detail: detail)
    #expect(throws: QueryError.self) { try matches([payload]) { $0.symbol = "x" } }
  }
  let far = EventPayload.guest(name: "loader", detail: "load x base=0xffffffffffffffff size=18446744073709551615")
  #expect(try matches([far, write(0, 0, at: 7)]) { $0.symbol = "x" } == [1])
}

@Test func anEventInFullSaysWhatItsBitsMean() throws {
  let all = [load, denied(0x8000_0004, key: 0), write(0, 0b1001)].map { Event(time: 5, instruction: 2, payload: $0) }
  let trace = try TraceReader(bytes: sampleTrace(all))
  let symbols = try TraceSymbols(trace, images: ImageStore([]))
  func text(_ number: Int) -> String {
    EventDetail(NumberedEvent(number: UInt64(number), event: all[number]), of: trace, symbols: symbols).text
  }
  for part in ["1 of 3", "5 cycles, 5 ns", "(present, write, protection key)", "0x80000004 (hello.o+0x4)"] {
    #expect(text(1).contains(part), "\(part)")
  }
  #expect(text(1).contains("(key 0: no writes)"))
  #expect(text(2).contains("(all rights)") && text(2).contains("(key 0: no access, key 1: no writes)"))
}
