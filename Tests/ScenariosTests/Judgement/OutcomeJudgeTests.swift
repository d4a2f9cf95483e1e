import SimEvents
import Testing

@testable import Scenarios

private let rogue = JudgedEvents.rogue
private let contained = EventPayload.guest(name: "contained", detail: "rogue.o write to count")
private let different = MemoryDifference(symbol: "limit", unmet: .init("limit is 1, expected 2"))
private let sign = EventPayload.consoleOutput(console: .serial, bytes: [0x37])

@Suite struct OutcomeJudgeTests {
  @Test func aQuietRunIsCompleted() {
    var run = JudgedEvents()
    run.add(sign)
    #expect(run.verdict().outcome == .completed)
  }

  @Test func containedNeedsTheHostsEvidenceAndASignOfLife() {
    var run = JudgedEvents()
    run.enter()
    run.add(.exception(vector: 14, errorCode: 3, instructionPointer: 0x8000_0004, address: 0x1000), by: rogue)
    run.abort()
    run.add(contained)
    let stopped = run.verdict()
    #expect(stopped.outcome == .detected && stopped.reason.contains("no sign of life"))
    run.add(sign)
    let verdict = run.verdict()
    #expect(verdict.outcome == .contained)
    #expect(verdict.reason == "rogue.o write to count; the application went on")
    #expect(verdict.evidence?.event == 1 && verdict.evidence?.actor == rogue)
    #expect(verdict.evidence?.instructionPointer == 0x8000_0004)
  }

  @Test func aForgedRecordIsBelievedByNobody() {
    var run = JudgedEvents()
    run.enter()
    run.add(contained, by: rogue)
    run.add(.guest(name: "panic", detail: "nothing"), by: rogue)
    run.add(.guest(name: "refused", detail: "x.o"), by: rogue)
    run.leave()
    run.add(sign)
    #expect(run.verdict().outcome == .completed)
  }

  @Test func aForgedSignOfLifeIsNone() {
    var run = JudgedEvents()
    run.enter()
    run.abort()
    run.enter()
    run.add(sign, by: rogue)
    #expect(run.oracle.applicationWentOn == false)
  }

  @Test func whereNobodyCanTellWhoActsTheGuestIsBelieved() {
    var run = JudgedEvents()
    run.add(contained, by: .unknown)
    #expect(run.verdict().outcome == .detected)
    run.add(sign, by: .unknown)
    #expect(run.verdict().outcome == .contained)
    #expect(
      run.verdict { $0.guardedDifferences = [.init(symbol: "count", unmet: .init("count is 1, expected 2"))] }.outcome
        == .escaped)
  }

  @Test func aGuardedValueThatIsDifferentIsNoEscape() {
    var run = JudgedEvents()
    run.add(sign)
    #expect(
      run.verdict { $0.guardedDifferences = [.init(symbol: "count", unmet: .init("count is 1, expected 2"))] }.outcome
        == .completed)
  }

  @Test func aRefusedLoadIsDetected() {
    var run = JudgedEvents()
    run.add(.guest(name: "refused", detail: "x.o: wrong machine"))
    run.add(sign)
    #expect(run.verdict().outcome == .detected && run.verdict().reason == "refused: x.o: wrong machine")
  }

  @Test func heavierOutcomesHideLighterOnes() {
    var run = JudgedEvents()
    run.enter()
    run.abort()
    run.add(sign)
    func outcome(_ change: (inout OutcomeJudge.End) -> Void) -> Outcome { run.verdict(change).outcome }
    #expect(outcome { $0.differences = [different] } == .corrupted)
    #expect(outcome { ($0.differences, $0.script.guestWasSilent) = ([different], true) } == .hung)
    run.add(.guest(name: "panic", detail: "#GP"))
    #expect(outcome { $0.script.guestWasSilent = true } == .crashed)
    run.add(.tripleFault(instructionPointer: 1))
    run.add(
      .guardedAccess(what: "k", access: "read", address: 0, old: [], new: [], instructionPointer: 0, pkru: 0), by: rogue
    )
    #expect(outcome { $0.script.guestWasSilent = true } == .leaked)
    run.add(.pkruWrite(old: 2, new: 0, instructionPointer: 1), by: rogue)
    #expect(outcome { $0.script.guestWasSilent = true } == .escaped)
    #expect(outcome { $0.script.stop = .defect("models disagree") } == .simulatorDefect)
    #expect(Outcome.allCases.first == .simulatorDefect && Outcome.allCases.last == .completed)
  }

  @Test func whoEndsTheMachineIsNamed() {
    var run = JudgedEvents()
    run.enter()
    run.add(.debugExit(value: 0), by: rogue)
    #expect(run.verdict().outcome == .crashed && run.verdict().reason == "extension rogue.o ended the machine")
    var other = JudgedEvents()
    other.add(.debugExit(value: 0), by: .unikernel)
    #expect(other.verdict().outcome == .completed)
    var fault = JudgedEvents()
    fault.enter()
    fault.add(.tripleFault(instructionPointer: 1), by: .handler)
    #expect(fault.verdict().reason.hasSuffix("while rogue.o ran"))
  }

  @Test func whoResetsTheMachineIsNamed() {
    for (port, size, value, ends) in [
      (UInt16(0x64), UInt8(1), UInt32(0xfe), true), (0x63, 2, 0xfe00, true), (0x64, 1, 0xff, false),
      (0x60, 1, 0xfe, false), (0x64, 2, 0xfe00, false),
    ] {
      var run = JudgedEvents(.none)
      run.enter()
      run.add(.portAccess(port: port, size: size, value: value, isWrite: true), by: rogue)
      run.leave()
      #expect(run.verdict().outcome == (ends ? .crashed : .completed), "\(port) \(size) \(value)")
    }
    var read = JudgedEvents(.none)
    read.enter()
    read.add(.portAccess(port: 0x64, size: 1, value: 0xfe, isWrite: false), by: rogue)
    read.leave()
    #expect(read.verdict().outcome == .completed)
  }

  /// The application is alive, and so is whatever the script waits for: only the overlay is not.
  @Test func anOverlayThatNoLongerRunsWhatIsAskedForHangs() {
    var run = JudgedEvents()
    run.enter()
    run.leave()
    run.add(.consoleInput(console: .virtio, bytes: Array("run next.o\n".utf8)))
    #expect(run.verdict().outcome == .completed, "the script has what it waited for")
    let verdict = run.verdict { $0.script.failure = "script[5] (expect \"Hello\"): not within its limit" }
    #expect(verdict.outcome == .hung && verdict.reason.hasSuffix("since rogue.o ran"))
    #expect(verdict.evidence?.rule == .nextExtension)
    run.enter()
    #expect(run.verdict { $0.script.failure = "script[5]: not within its limit" }.outcome == .completed)
  }

  @Test func whoNeverComesBackIsNamed() {
    for script: ScriptRunner.Result in [
      .init(stop: .halted), .init(exhausted: "the budget of 5 instructions is"), .init(guestWasSilent: true),
    ] {
      var run = JudgedEvents()
      #expect(run.verdict { $0.script = script }.outcome == .hung)
      run.enter()
      let verdict = run.verdict { $0.script = script }
      #expect(verdict.outcome == .hung && verdict.reason.hasSuffix("while rogue.o ran"))
    }
  }

  @Test func afterWhomTheNextExtensionNeverRanIsNamed() {
    func typed(_ line: String) -> EventPayload { .consoleInput(console: .virtio, bytes: Array(line.utf8)) }
    func hung(_ run: JudgedEvents) -> OutcomeJudge.Verdict { run.verdict { $0.script.guestWasSilent = true } }
    var run = JudgedEvents()
    run.add(typed("run rogue.o\n"))
    #expect(hung(run).evidence == nil, "there was none before")
    run.enter()
    run.abort()
    #expect(hung(run).evidence == nil, "nobody has asked for another")
    run.add(typed("ls\nru"))
    #expect(hung(run).evidence == nil)
    run.add(typed("n next.o\n"))
    let verdict = hung(run)
    #expect(verdict.outcome == .hung && verdict.reason.hasSuffix("the next extension never ran after rogue.o"))
    #expect(verdict.evidence?.rule == .nextExtension && verdict.evidence?.event == 2)
    var refused = JudgedEvents()
    refused.enter()
    refused.leave()
    refused.add(typed("run next.o\n"))
    refused.add(.guest(name: "refused", detail: "next.o"), by: rogue)
    #expect(hung(refused).evidence?.rule == .nextExtension, "an extension's word counts for nothing")
    refused.add(.guest(name: "refused", detail: "next.o"))
    #expect(hung(refused).evidence == nil)
    run.enter()
    #expect(hung(run).evidence?.rule == .availability)
    run.leave()
    #expect(hung(run).evidence == nil)
  }

  @Test func whoChangedAValueLastIsNamed() {
    func store(_ what: String, _ access: String = "write") -> EventPayload {
      .guardedAccess(what: what, access: access, address: 0, old: [2], new: [1], instructionPointer: 0, pkru: 0)
    }
    func corrupted(_ run: JudgedEvents) -> Evidence? { run.verdict { $0.differences = [different] }.evidence }
    var run = JudgedEvents()
    #expect(corrupted(run) == nil)
    run.add(.sync(cpu: 0, memory: 0))
    #expect(corrupted(run)?.rule == .values && corrupted(run)?.event == 0)
    run.enter()
    run.cross(.open, rogue, rogue, pkru: 0)
    run.add(store("limit"), by: rogue)
    run.add(store("other"), by: rogue)
    run.cross(.close, rogue, rogue)
    run.leave()
    run.add(store("limit"), by: .application)
    #expect(corrupted(run)?.event == 3 && corrupted(run)?.actor == rogue)
    #expect(corrupted(run)?.text == different.text)
  }

  @Test func aSilenceThatHasEndedCountsToo() {
    func sign(_ run: inout JudgedEvents, after pause: UInt64) {
      run.add(.consoleOutput(console: .serial, bytes: [0x31]), after: pause)
    }
    for (pause, isTooLong) in [(UInt64(1980), false), (2100, true)] {
      var run = JudgedEvents()
      for _ in 0..<3 { sign(&run, after: 1000) }
      // Several one after the other: the first is named.
      run.enter()
      run.add(.crossing(how: .leave, from: rogue, to: .unikernel, instructionPointer: 0, pkru: 0), after: pause / 2)
      run.cross(.enter, .unikernel, .extension("second.o"))
      run.add(
        .crossing(how: .leave, from: .extension("second.o"), to: .unikernel, instructionPointer: 0, pkru: 0),
        after: pause / 2)
      // What the unikernel takes is nobody's fault.
      sign(&run, after: 5000)
      sign(&run, after: 1000)
      let verdict = run.verdict()
      #expect(verdict.outcome == (isTooLong ? .hung : .completed))
      if isTooLong { #expect(verdict.reason.hasSuffix("since rogue.o ran") && verdict.evidence?.rule == .availability) }
    }
  }

  @Test func anApplicationThatIsSilentForTooLongIsStarved() {
    var run = JudgedEvents()
    for _ in 0..<3 { run.add(sign, after: 1000) }
    run.enter()
    run.leave()
    #expect(run.verdict { $0.time = 3000 + 1900 }.outcome == .completed)
    let starved = run.verdict { $0.time = 3000 + 2100 }
    #expect(starved.outcome == .hung && starved.reason.hasSuffix("since rogue.o ran"))
    run.add(sign, after: 1500)
    #expect(run.verdict().outcome == .completed)
    #expect(run.verdict { $0.time += 2100 }.outcome == .hung, "one sign more is not life")
    // One that never comes back, whatever the script takes for its prompt.
    run.add(sign)
    run.enter()
    #expect(run.verdict { $0.time += 2100 }.outcome == .hung)
  }

  @Test func aKernelOfOthersFailsByItsExitCode() throws {
    func judged(_ value: UInt32, successCode: UInt32?) -> Outcome {
      JudgedEvents().verdict({ $0.script.stop = .exited(value) }, successCode: successCode).outcome
    }
    #expect(judged(0, successCode: 0) == .completed && judged(1, successCode: 0) == .crashed)
    #expect(judged(3, successCode: 3) == .completed && judged(0, successCode: 3) == .crashed)
    #expect(judged(7, successCode: nil) == .completed, "the project's own guest says more than a number")
    func successCode(_ expect: String) throws -> UInt32? {
      let text = "{\"guest\": {\"image\": \"kernel.elf\"}, \"expect\": {\(expect)}}"
      return try Scenario.read(Array(text.utf8), file: "x").successCode
    }
    #expect(try successCode("") == 0)
    #expect(try successCode("\"exitCode\": 3") == 3)
    #expect(try successCode("\"exitCode\": 3, \"outcome\": \"crashed\"") == 0, "3 is how the crash is to end")
    #expect(try Scenario.read(Array("{}".utf8), file: "x").successCode == nil)
  }
}
