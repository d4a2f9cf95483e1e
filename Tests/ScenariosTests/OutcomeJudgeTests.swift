import SimEvents
import Testing

@testable import Scenarios

private func outcome(
  _ payloads: [EventPayload], _ evidence: OutcomeJudge.Evidence = .init()
) -> (outcome: Outcome, reason: String) {
  let judge = OutcomeJudge()
  for (index, payload) in payloads.enumerated() {
    judge.record(Event(time: UInt64(index), instruction: UInt64(index), payload: payload))
  }
  return judge.judge(evidence)
}

private let contained = EventPayload.guest(name: "contained", detail: "rogue-write.o: write to count")
private let application = EventPayload.guest(name: "application", detail: "count 7")

@Test func aQuietRunIsCompleted() {
  #expect(outcome([application]).outcome == .completed)
}

@Test func containedMeansThatTheApplicationWentOnAfterwards() {
  #expect(outcome([application, contained, application]).outcome == .contained)
  let stopped = outcome([application, contained])
  #expect(stopped.outcome == .detected)
  #expect(stopped.reason.contains("no sign of life"))
  #expect(outcome([contained, application, contained]).outcome == .detected, "the last containment counts")
}

@Test func aRefusedLoadIsDetected() {
  let judged = outcome([.guest(name: "refused", detail: "x.o: wrong machine"), application])
  #expect(judged == (.detected, "refused: x.o: wrong machine"))
}

@Test func heavierOutcomesHideLighterOnes() {
  let events = [contained, application]
  var evidence = OutcomeJudge.Evidence()
  evidence.corruptions = ["count is 1, expected 2"]
  #expect(outcome(events, evidence).outcome == .corrupted)
  evidence.script.guestWasSilent = true
  #expect(outcome(events, evidence).outcome == .hung)
  #expect(outcome(events + [.guest(name: "panic", detail: "#GP")], evidence).outcome == .crashed)
  #expect(outcome(events + [.tripleFault(instructionPointer: 1)], evidence).outcome == .crashed)
  evidence.escapes = ["secret is 1, expected 2"]
  #expect(outcome(events + [.tripleFault(instructionPointer: 1)], evidence) == (.escaped, "secret is 1, expected 2"))
  evidence.script.stop = .defect("models disagree")
  #expect(outcome(events, evidence) == (.simulatorDefect, "models disagree"))
}

@Test func everyWayOfGettingNowhereIsHung() {
  for script: ScriptRunner.Result in [
    .init(stop: .halted), .init(exhausted: "the budget of 5 instructions is"), .init(guestWasSilent: true),
  ] {
    var evidence = OutcomeJudge.Evidence()
    evidence.script = script
    #expect(outcome([application], evidence).outcome == .hung)
  }
}

@Test func aKernelOfOthersFailsByItsExitCode() {
  func judged(_ value: UInt32, successCode: UInt32?) -> Outcome {
    var evidence = OutcomeJudge.Evidence()
    evidence.script.stop = .exited(value)
    return OutcomeJudge(successCode: successCode).judge(evidence).outcome
  }
  #expect(judged(0, successCode: 0) == .completed && judged(1, successCode: 0) == .crashed)
  #expect(judged(3, successCode: 3) == .completed && judged(0, successCode: 3) == .crashed)
  #expect(judged(7, successCode: nil) == .completed, "the project's own guest says more than a number")
}
