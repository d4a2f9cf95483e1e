import SimEvents
import Testing

@testable import Scenarios

private func checker(_ json: String) throws -> ExpectationChecker {
  ExpectationChecker(try Scenario.read(Array("{\"expect\": \(json)}".utf8), file: "x.json").expect)
}

private func failures(_ json: String, _ payloads: [EventPayload]) throws -> [String] {
  let checker = try checker(json)
  for payload in payloads { checker.record(Event(time: 0, instruction: 0, payload: payload)) }
  return checker.unmet().map(\.text)
}

private func shows(_ text: String, _ console: Console = .virtio) -> EventPayload {
  .consoleOutput(console: console, bytes: Array(text.utf8))
}

private let fault = EventPayload.exception(vector: 14, errorCode: 0x7, instructionPointer: 0x1000, address: 0x2000)

@Test func consoleTextMayComeInPiecesButNotFromTwoConsoles() throws {
  let json = "{\"console\": {\"contains\": [\"Hello\"], \"matches\": [\"^\\\\d+$\"]}}"
  #expect(try failures(json, [shows("Hel"), shows("12", .serial), shows("lo"), shows("3\n", .serial)]) == [])
  #expect(
    try failures(json, [shows("Hel"), shows("lo", .serial)])
      == ["no console showed \"Hello\"", "no console showed a match of /^\\d+$/"])
}

@Test func forbiddenTextIsFound() throws {
  let json = "{\"console\": {\"lacks\": [\"FAILED\"]}}"
  #expect(try failures(json, [shows("all is well")]) == [])
  #expect(try failures(json, [shows("FAI"), shows("LED")]) == ["a console showed \"FAILED\""])
}

@Test func eventsAreCountedByKindAndFields() throws {
  let json =
    "{\"events\": [{\"kind\": \"exception\", \"where\": {\"vector\": 14, \"address\": \"0x2000\"}, \"max\": 1}]}"
  #expect(try failures(json, [fault]) == [])
  let other = EventPayload.exception(vector: 6, errorCode: 0, instructionPointer: 0, address: 0x2000)
  #expect(
    try failures(json, [other])
      == ["event exception with vector = 14, address = 8192: expected 1, counted 0"])
  #expect(try failures(json, [fault, fault]).count == 1)
  #expect(try failures("{\"events\": [{\"kind\": \"tripleFault\", \"max\": 0}]}", [fault]) == [])
  #expect(try failures("{\"events\": [{\"kind\": \"exception\", \"max\": 0}]}", [fault]).count == 1)
}

@Test func partsOfTextFieldsCanBeAskedFor() throws {
  let json =
    "{\"events\": [{\"kind\": \"guest\", \"where\": {\"name\": \"contained\", \"detail\": {\"contains\": \"count\"}}}]}"
  #expect(try failures(json, [.guest(name: "contained", detail: "write to count at main+4")]) == [])
  #expect(try failures(json, [.guest(name: "contained", detail: "write to other")]).count == 1)
}

@Test func theExitCodeIsCompared() throws {
  #expect(try failures("{\"exitCode\": 0}", [.debugExit(value: 0)]) == [])
  #expect(try failures("{\"exitCode\": 0}", [.debugExit(value: 16)]) == ["exit code: expected 0, got 16"])
  #expect(try failures("{\"exitCode\": 0}", []) == ["exit code: expected 0, the guest did not exit"])
}

@Test func memoryIsComparedLittleEndianAndGuardedValuesStandApart() throws {
  let checker = try checker(
    """
    {"memory": [
      {"symbol": "count", "equals": "0x0201", "size": 2},
      {"symbol": "count", "offset": 1, "equals": 9, "size": 1},
      {"symbol": "secret", "equals": 5, "guarded": true},
      {"symbol": "gone", "equals": 5}]}
    """)
  let memory: [UInt64: [UInt8]] = [0x1000: [1, 2], 0x1001: [2], 0x2000: [6, 0, 0, 0, 0, 0, 0, 0]]
  let differences = checker.compareMemory(addresses: ["count": 0x1000, "secret": 0x2000, "gone": 0x3000]) {
    address, _ in
    memory[address]
  }
  #expect(differences.guarded.map(\.text) == ["secret is 6, expected 5"])
  #expect(differences.others.map(\.text) == ["count+1 is 2, expected 9", "gone is not mapped, expected 5"])
}

@Test func whatAMachineHidesIsListedInsteadOfChecked() throws {
  let json = #"{"events": [{"kind": "pkruWrite", "min": 2}, {"kind": "interrupt"}]}"#
  let expect = try checker(json).expect
  let checker = ExpectationChecker(expect, hidden: [.pkruWrite])
  #expect(checker.unmet().map(\.text) == ["event interrupt: expected at least 1, counted 0"])
  #expect(checker.unchecked == ["not checked, as this engine does not show it: event pkruWrite"])
}
