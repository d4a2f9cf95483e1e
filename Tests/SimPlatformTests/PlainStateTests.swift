import SimPlatform
import Testing

/// A field that is forgotten in `words` does not come back, so a state that differs in it must come back as itself.
private func comesBack<S: PlainState>(_ state: S) -> Bool {
  (try? S(words: state.words)) == state
}

@Suite struct PlainStateTests {
  @Test func everyFieldOfTheLocalAPICIsSaved() throws {
    let changes: [(inout LocalAPIC.State) -> Void] = [
      { $0.base = 0xfee0_0000 }, { $0.id = 1 }, { $0.taskPriority = 1 }, { $0.spurious = 1 },
      { $0.logicalDestination = 1 << 24 }, { $0.destinationFormat = 1 }, { $0.commandLow = 1 },
      { $0.commandHigh = 1 << 24 }, { $0.errorStatus = 1 }, { $0.errorsSince = 1 }, { $0.localVectors[3] = 1 },
      { $0.lines = 1 }, { $0.requested.insert(200) }, { $0.inService.insert(1) }, { $0.levelTriggered.insert(64) },
      { $0.now = 1 }, { $0.initialCount = 1 }, { $0.divideConfiguration = 1 }, { $0.isCounting = true },
      { $0.expiry = 1 }, { $0.timeStampDeadline = 1 }, { $0.timeStampOffset = 1 },
    ]
    #expect(Mirror(reflecting: LocalAPIC.State()).children.count == changes.count, "a field without a change here")
    for change in changes { expectSaved(LocalAPIC.State(), change) }
  }

  @Test func everyFieldOfTheIOAPICIsSaved() {
    let changes: [(inout IOAPIC.State) -> Void] = [
      { $0.id = 1 }, { $0.selected = 1 }, { $0.asserted = 1 }, { $0.edges = 1 },
      { $0.entries[23] = 0xff00_0000_0000_0041 },
    ]
    #expect(Mirror(reflecting: IOAPIC.State()).children.count == changes.count, "a field without a change here")
    for change in changes { expectSaved(IOAPIC.State(), change) }
  }

  @Test func everyFieldOfThePerformanceMonitorIsSaved() {
    let changes: [(inout PerformanceMonitor.State) -> Void] = [
      { $0.selectors[1] = 1 }, { $0.values[0] = 1 << 47 }, { $0.passed[1] = .max }, { $0.control = 0 },
      { $0.overflows = 2 }, { $0.haltedCycles = .max },
    ]
    #expect(Mirror(reflecting: PerformanceMonitor.State()).children.count == changes.count, "a field without a change")
    for change in changes { expectSaved(PerformanceMonitor.State(), change) }
  }

  @Test func everyFieldOfTheSerialPortIsSaved() {
    let changes: [(inout UART16550.State) -> Void] = [
      { $0.interruptEnable = 1 }, { $0.fifoControl = 1 }, { $0.lineControl = 1 }, { $0.modemControl = 1 },
      { $0.scratch = 1 }, { $0.divisor = 2 }, { $0.received = [7] }, { $0.waiting = [0, 9] }, { $0.hasOverrun = true },
      { $0.transmitterInterrupt = true }, { $0.modemDeltas = 1 },
    ]
    #expect(Mirror(reflecting: UART16550.State()).children.count == changes.count, "a field without a change here")
    for change in changes { expectSaved(UART16550.State(), change) }
    var full = UART16550.State()
    full.fifoControl = 1
    full.received = Array(1...16)
    full.waiting = [UInt8](repeating: 5, count: UART16550.waitingMax)
    #expect(comesBack(full))
  }

  @Test func everyFieldOfTheTimersAndInterruptControllersIsSaved() {
    let channels: [(inout PIT8254.Channel) -> Void] = [
      { $0.control = 1 }, { $0.count = 0x1_0000 }, { $0.nextCount = 1 }, { $0.lowByte = 1 },
      { $0.awaitsHighWrite = true },
      { $0.awaitsHighRead = true }, { $0.latchedCount = 0x1_ffff }, { $0.latchedStatus = 0x1ff }, { $0.gate.toggle() },
      { $0.isCounting = true }, { $0.start = 1 }, { $0.elapsed = 1 },
    ]
    #expect(Mirror(reflecting: PIT8254.Channel()).children.count == channels.count, "a field without a change here")
    for index in 0..<3 { for change in channels { expectSaved(PIT8254.State()) { change(&$0.channels[index]) } } }
    expectSaved(PIT8254.State()) { $0.seenTick = 1 }
    let controllers: [(inout PIC8259.State) -> Void] = [
      { $0.requests = 1 }, { $0.inService = 1 }, { $0.mask = 1 }, { $0.lines = 1 }, { $0.vectorBase = 0x40 },
      { $0.lowest = 1 }, { $0.expectation = .icw3 }, { $0.needsICW4 = true }, { $0.isSingle = true },
      { $0.endsAutomatically = true }, { $0.rotatesAutomatically = true }, { $0.isSpecialMask = true },
      { $0.isSpecialFullyNested = true }, { $0.showsInService = true }, { $0.isPolling = true },
      { $0.levelTriggered = 1 },
    ]
    #expect(Mirror(reflecting: PIC8259.State()).children.count == controllers.count, "a field without a change here")
    for change in controllers {
      expectSaved(PICPair.State()) { change(&$0.first) }
      expectSaved(PICPair.State()) { change(&$0.second) }
    }
    let clock: [(inout RTC146818.State) -> Void] = [
      { $0.index = 1 }, { $0.bytes[127] = 1 }, { $0.offset = 1 }, { $0.seenSecond = 1 },
    ]
    #expect(Mirror(reflecting: RTC146818.State()).children.count == clock.count, "a field without a change here")
    for change in clock { expectSaved(RTC146818.State(), change) }
  }

  private func expectSaved<S: PlainState>(_ initial: S, _ change: (inout S) -> Void) {
    var state = initial
    change(&state)
    #expect(state != initial && comesBack(state) && state.words != initial.words)
  }

  @Test func statesThatCannotOccurAreRefused() {
    let good = UART16550.State().words
    #expect(throws: PlainStateError.wrongCount(found: 0, expected: good.count)) { try UART16550.State(words: []) }
    #expect(throws: PlainStateError.wrongCount(found: good.count + 1, expected: good.count)) {
      try UART16550.State(words: good + [0])
    }
    var tooFull = good
    tooFull[9] = 17
    #expect(throws: PlainStateError.impossibleValue(17, word: 9)) { try UART16550.State(words: tooFull) }
    tooFull[9] = .max
    #expect(throws: PlainStateError.impossibleValue(.max, word: 9)) { try UART16550.State(words: tooFull) }
    for count in [1, 5000, .max] as [UInt64] {
      #expect(throws: PlainStateError.self) { try UART16550.State(words: Array(good.dropLast()) + [count]) }
    }
    for word in LocalAPIC.State().words.indices {
      var words = LocalAPIC.State().words
      words[word] = .max
      if let state = try? LocalAPIC.State(words: words) { #expect(state.words == words) }
    }
  }
}
