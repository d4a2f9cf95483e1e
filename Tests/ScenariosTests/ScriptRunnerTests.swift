import SimEvents
import SimMachine
import Testing

@testable import Scenarios

private let millisecond = VirtualDuration(nanoseconds: 1_000_000)

private func play(
  _ steps: [ScriptStep], on machine: FakeMachine, symbols: [String: UInt64] = [:], budget: Scenario.Budget = .init()
) -> ScriptRunner.Result {
  var scenario = Scenario()
  scenario.script = steps
  scenario.budget = budget
  let runner = ScriptRunner(scenario: scenario, machine: machine, addresses: symbols)
  machine.sink = runner
  return runner.run()
}

@Test func aLineIsTypedAtTheVeryTimeAtWhichThePromptIsComplete() {
  let machine = FakeMachine([(100, .shows("boot\n")), (250, .shows(">")), (300, .shows(" "))])
  machine.answers["run hello.o\n"] = [(40, .shows("Hello\n> "))]
  let result = play(
    [.init(.expect(text: "> ")), .init(.send(line: "run hello.o")), .init(.expect(text: "Hello"))], on: machine)
  #expect(result == .init())
  #expect(machine.typed.map(\.time) == [300])
  #expect(machine.typed.map(\.text) == ["run hello.o\n"])
  #expect(machine.time == 340)
  let steps = machine.events.compactMap { event in
    if case .scriptStep(let index, _) = event.payload { return index }
    return nil
  }
  #expect(steps == [0, 1, 2])
}

@Test func whatHasBeenReadIsNotReadAgain() {
  let machine = FakeMachine([(10, .shows("> one\n> two\n"))])
  let prompt = ScriptStep(.expect(text: "> "), within: millisecond)
  #expect(play([prompt, prompt], on: machine) == .init())
  let third = play([prompt, prompt, prompt], on: FakeMachine([(10, .shows("> one\n> two\n"))]))
  #expect(third.failure?.contains("script[2] (expect \"> \"): not within its limit, now 1.000 ms") == true)
  #expect(third.failure?.contains("virtio: > two") == true)
  #expect(third.guestWasSilent)
}

@Test func aStepThatIsNotRequiredMayWaitInVain() {
  let machine = FakeMachine([(10, .shows("silence\n"))])
  machine.answers["run hello.o\n"] = [(40, .shows("Hello\n"))]
  let prompt = ScriptStep(.expect(text: "> "), within: millisecond, isRequired: false)
  let hello: [ScriptStep] = [.init(.send(line: "run hello.o")), .init(.expect(text: "Hello"), within: millisecond)]
  #expect(play([prompt] + hello, on: machine) == .init())
  let steps = machine.events.compactMap { event in
    if case .scriptStep(_, let description) = event.payload { return description }
    return nil
  }
  #expect(steps.first == "expect \"> \": in vain" && steps.count == 3)
  // A guest that has ended and a budget that is used up end any script.
  #expect(play([prompt] + hello, on: FakeMachine([(10, .stop(.reset))])).stop == .reset)
  let exhausted = play([prompt] + hello, on: FakeMachine([]), budget: .init(instructions: 100))
  #expect(exhausted.exhausted != nil && exhausted.failedStep == "expect \"> \"")
}

@Test func aWaitThatFailsSaysWhatCameInstead() {
  let machine = FakeMachine([(10, .shows("error: no such file\n"))])
  let result = play([.init(.expect(text: "Hello"), within: millisecond)], on: machine)
  #expect(
    result.failure
      == "script[0] (expect \"Hello\"): not within its limit, now 1.000 ms; the consoles' last lines:\n"
      + "    virtio: error: no such file")
  #expect(!result.guestWasSilent)
}

@Test func eachConsoleIsReadByItself() {
  let machine = FakeMachine([(10, .shows("Hel", on: .serial)), (20, .shows("lo")), (30, .shows("lo", on: .serial))])
  let step = ScriptStep(.expectPattern(try! Pattern("Hel+o")), console: .serial, within: millisecond)
  #expect(play([step], on: machine) == .init())
  #expect(machine.time == 30)
}

@Test func waitingForEventsCountsThoseThatMatch() {
  let machine = FakeMachine(
    (1...5).map { index in
      (
        UInt64(index * 10),
        .event(.exception(vector: index % 2 == 0 ? 14 : 6, errorCode: 0x23, instructionPointer: 0, address: 0))
      )
    })
  let filter = EventFilter(kind: .exception, conditions: [.init(field: "vector", condition: .equalsNumber(14))])
  #expect(play([.init(.waitForEvent(filter, count: 2))], on: machine) == .init())
  #expect(machine.time == 40)
}

@Test func waitingForASymbolCountsItsHits() {
  let machine = FakeMachine([(10, .symbol(0x1000)), (20, .symbol(0x2000)), (30, .symbol(0x1000))])
  #expect(play([.init(.waitForSymbol("tick", hits: 2))], on: machine, symbols: ["tick": 0x1000]) == .init())
  #expect(machine.time == 30)
}

@Test func waitingLetsExactlyThatMuchTimePass() {
  let machine = FakeMachine()
  #expect(play([.init(.wait(.init(nanoseconds: 77)))], on: machine) == .init())
  #expect(machine.time == 77)
}

@Test func aGuestThatEndsBeforeTheScriptIsAFailure() {
  let machine = FakeMachine([(10, .stop(.exited(3)))])
  let result = play([.init(.expect(text: "> "))], on: machine)
  #expect(result.stop == .exited(3))
  #expect(result.failure?.hasPrefix("script[0] (expect \"> \"): the guest ended with exit code 3 at 0.000 ms") == true)
}

@Test func theGuestsEndMayBeWhatTheLastStepWaitsFor() {
  let machine = FakeMachine([(10, .event(.debugExit(value: 0))), (10, .stop(.exited(0)))])
  let result = play([.init(.waitForEvent(.init(kind: .debugExit), count: 1))], on: machine)
  #expect(result.failure == nil)
}

@Test func withoutAScriptTheGuestRunsToItsEnd() {
  #expect(play([], on: FakeMachine([(500, .stop(.exited(0)))])) == .init(stop: .exited(0)))
}

@Test func budgetsEndARunThatDoesNotEndItself() {
  let time = play([], on: FakeMachine(), budget: .init(time: .init(nanoseconds: 1_000), instructions: 1 << 40))
  #expect(time.exhausted == "the budget of 1us virtual time is")
  let instructions = play([], on: FakeMachine(), budget: .init(instructions: 123))
  #expect(instructions.exhausted == "the budget of 123 instructions is")
}

@Test func aDefectIsHandedOn() {
  let result = play([.init(.expect(text: "> "))], on: FakeMachine([(1, .stop(.defect("two models disagree")))]))
  #expect(result.stop == .defect("two models disagree"))
}

@Test func textThatIsGivenUpUnreadIsNamedWhereAStepFails() {
  let machine = FakeMachine([
    (10, .shows("wanted\n" + String(repeating: "x", count: 2 * ConsoleTranscript.bytesMax))), (1000, .shows("\n")),
  ])
  let result = play(
    [.init(.wait(millisecond)), .init(.expect(text: "wanted"), within: millisecond)], on: machine)
  #expect(
    result.failure?.contains(
      "1048583 bytes of virtio were given up before the script read them (it keeps 1048576)") == true,
    "\(result.failure ?? "no failure")")
}
