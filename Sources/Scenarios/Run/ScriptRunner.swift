import SimEvents
import SimMachine
import SimVirtio
import TerminalText

/// Plays a script against a machine: types, and waits in virtual time for what the events show.
///
/// The runner is a fold over the events. When the one that a step waits for comes by, it asks the machine to stop, so
/// that the next step happens at exactly that point of the run.
public final class ScriptRunner: EventSink {
  /// How a script went.
  public struct Result: Equatable, Sendable {
    /// What stopped the machine for good, or nil if it could go on.
    public var stop: MachineStop?
    /// Why the script did not get to its end.
    public var failure: String?
    /// The step that could not be played, and what had been typed before it; nil where there is no script.
    public var failedStep: String?
    /// Whether a step waited in vain while the guest showed nothing at all.
    public var guestWasSilent = false
    /// Which budget ran out.
    public var exhausted: String?
    /// What made no progress when the faults had ended.
    public var stalled: String?

    /// A step waited until its limit passed, and the guest goes on.
    var isWaitInVain: Bool { failure != nil && stop == nil && exhausted == nil }

    /// The failure as an expectation that did not hold.
    var unmet: UnmetExpectation? { failure.map { .init($0, subject: "script: \(failedStep ?? "the run")") } }
  }

  private let scenario: Scenario
  private let machine: any ScenarioMachine
  private let addresses: [String: UInt64]
  private var transcripts: [ConsoleTranscript] = Console.allCases.map { _ in ConsoleTranscript() }
  private var wait: Wait?
  private var shownSinceStep = 0
  /// What the console took of the line that is being sent.
  private var takenBytes = 0
  private let timeMax: UInt64
  /// Steps end with this time.
  private var stepsEnd: UInt64
  private var isAbandoned = false
  /// Called every so often while the machine runs, for machines that can't be looked at between instructions.
  var lookAround: (() -> Void)?

  /// What the current step waits for.
  private enum Wait {
    case console(Console, PatternMatcher)
    case event(EventFilter, remaining: UInt64)
    /// Something of the guest on each of these consoles.
    case signs([Console])
  }

  /// - Parameter addresses: those of all symbols that the script names.
  public init(scenario: Scenario, machine: any ScenarioMachine, addresses: [String: UInt64]) {
    self.scenario = scenario
    self.machine = machine
    self.addresses = addresses
    timeMax = patient(scenario.budget.time, machine)
    stepsEnd = timeMax
  }

  /// What `console` has shown.
  func transcript(_ console: Console) -> ConsoleTranscript { transcripts[Int(console.rawValue)] }

  public var kinds: EventKinds {
    let awaited = scenario.script.compactMap { step in
      if case .waitForEvent(let filter, _) = step.action { filter.kind } else { nil }
    }
    return EventKinds(awaited + [.consoleOutput, .consoleInput])
  }

  public func record(_ event: Event) {
    if case .consoleOutput(let console, let bytes) = event.payload {
      transcripts[Int(console.rawValue)].append(bytes)
      shownSinceStep += bytes.count
      if case .console(console, var matcher) = wait {
        // The only holder of the matcher may change it in place.
        wait = nil
        // Earlier bytes are in the matcher's state already: only the new ones are fed.
        for byte in bytes where matcher.feed(byte) { break }
        wait = .console(console, matcher)
        if matcher.isMatched { machine.requestStop() }
      }
    }
    if case .consoleOutput(let console, _) = event.payload, case .signs(var silent) = wait, !event.actor.isExtension {
      silent.removeAll { $0 == console }
      wait = .signs(silent)
      if silent.isEmpty { machine.requestStop() }
    }
    if case .consoleInput(_, let bytes) = event.payload { takenBytes += bytes.count }
    if case .event(let filter, let remaining) = wait, remaining > 0, filter.matches(event) {
      wait = .event(filter, remaining: remaining - 1)
      if remaining == 1 { machine.requestStop() }
    }
  }

  /// Plays all steps; without any, runs until the guest ends or the budget is used up.
  public func run() -> Result {
    if let liveness = scenario.liveness { return run(until: liveness) }
    if scenario.script.isEmpty { return finish(advance(to: timeMax), while: "the run") ?? Result() }
    var typed = ""
    for (index, step) in scenario.script.enumerated() {
      shownSinceStep = 0
      if isAbandoned { break }
      var description = step.description
      if var end = perform(step, name: "script[\(index)] (\(description.terminalLine))") {
        if end.failure != nil { end.failedStep = description + typed }
        guard !step.isRequired, end.isWaitInVain else { return end }
        description += ": in vain"
      }
      if case .send = step.action { typed = " after \(description)" }
      machine.record(.scriptStep(index: UInt32(truncatingIfNeeded: index), description: description))
      machine.recordSync()
    }
    return Result()
  }

  /// Plays the steps until the faults end, whatever comes of each, and then waits for progress.
  private func run(until liveness: Liveness) -> Result {
    stepsEnd = patient(liveness.from, machine)
    for (index, step) in scenario.script.enumerated() where machine.time < stepsEnd && !isAbandoned {
      let end = perform(step, name: "script[\(index)] (\(step.description.terminalLine))")
      if let end, end.stop?.isFinal == true || end.exhausted != nil { return end }
      guard end == nil else { continue }
      machine.record(.scriptStep(index: UInt32(truncatingIfNeeded: index), description: step.description))
      machine.recordSync()
    }
    if isAbandoned { return Result() }
    if let end = finish(advance(to: stepsEnd), while: "the time of faults") { return end }
    let last = UInt32(truncatingIfNeeded: scenario.script.count)
    machine.record(.scriptStep(index: last, description: "faults end"))
    stepsEnd = min(stepsEnd &+ patient(liveness.within, machine), timeMax)
    // What the guest shows first may have been on its way: an answer to what comes after that was not.
    for _ in 0..<2 {
      for console in scenario.typedConsoles { machine.type([0x0a], into: console) }
      wait = .signs(scenario.livingConsoles)
      let stop = advance(to: stepsEnd) { [self] in
        if case .signs(let silent) = wait { return silent.isEmpty }
        return false
      }
      guard case .signs(let silent) = wait else { preconditionFailure("signs are waited for") }
      wait = nil
      if isAbandoned { return Result() }
      guard silent.isEmpty else {
        if stop.isFinal, let end = finish(stop, while: "progress") { return end }
        let names = silent.map { "\($0)" }.joined(separator: " and ")
        return Result(stalled: "no progress after the faults ended: \(names) showed nothing within \(liveness.within)")
      }
    }
    machine.record(.scriptStep(index: last &+ 1, description: "progress"))
    machine.recordSync()
    return Result()
  }

  /// Ends the script where it stands; callable while an event is recorded.
  func abandon() {
    isAbandoned = true
    machine.requestStop()
  }

  /// nil if the script goes on.
  private func perform(_ step: ScriptStep, name: String) -> Result? {
    let limit = min(stepsEnd, machine.time &+ patient(step.within, machine))
    switch step.action {
    case .send(let line):
      let bytes = Array(line.utf8) + [0x0a]
      takenBytes = 0
      machine.type(bytes, into: step.console)
      guard takenBytes < bytes.count, !isAbandoned else { return nil }
      return Result(
        failure:
          "\(name): the console takes \(takenBytes) of \(bytes.count) bytes, as \(ConsoleDevice.pendingBytesMax) "
          + "wait for the guest at most; let it read them first")
    case .wait(let duration):
      let end = machine.time &+ duration.cycles(hertz: machine.clockHertz)
      return finish(advance(to: min(end, stepsEnd)), while: name, isDone: end <= stepsEnd)
    case .expect(let text): return awaitConsole(Pattern(literal: text), step.console, limit, name)
    case .expectPattern(let pattern): return awaitConsole(pattern, step.console, limit, name)
    case .waitForEvent(let filter, let count):
      wait = .event(filter, remaining: count)
      defer { wait = nil }
      let stop = advance(to: limit) { [self] in
        if case .event(_, remaining: 0) = wait { return true }
        return false
      }
      return finish(stop, while: name, isDone: stop == .requested)
    case .waitForSymbol(let symbol, let hits):
      return awaitSymbol(symbol, hits: hits, limit, name)
    }
  }

  private func awaitConsole(_ pattern: Pattern, _ console: Console, _ limit: UInt64, _ name: String) -> Result? {
    var matcher = PatternMatcher(pattern)
    let index = Int(console.rawValue)
    if transcripts[index].search(with: &matcher) { return nil }
    wait = .console(console, matcher)
    let stop = advance(to: limit) { [self] in
      if case .console(_, let matcher) = wait { return matcher.isMatched }
      return false
    }
    wait = nil
    var reader = PatternMatcher(pattern)
    let isFound = transcripts[index].search(with: &reader)
    // What was awaited may be the last thing that the guest showed before it ended.
    if isFound { return stop.isFinal && stop != .requested ? endedEarly(stop, after: name) : nil }
    return finish(stop, while: name, isDone: false)
  }

  private func awaitSymbol(_ symbol: String, hits: UInt64, _ limit: UInt64, _ name: String) -> Result? {
    do throws(MachineError) {
      try machine.stop(at: addresses[symbol].map { .address($0, hit: 1) })
    } catch {
      return Result(failure: "\(name): \(error)")
    }
    defer { try? machine.stop(at: nil) }
    var remaining = hits
    while true {
      let stop = advance(to: limit)
      guard stop == .appointment else { return finish(stop, while: name, isDone: false) }
      remaining -= 1
      if remaining == 0 { return nil }
    }
  }

  /// Runs to a deadline or until `isDone`, within both budgets.
  private func advance(to deadline: UInt64, until isDone: () -> Bool = { false }) -> MachineStop {
    while true {
      if isAbandoned { return .requested }
      let used = machine.instructions
      guard used < scenario.budget.instructions else { return .deadline }
      // No instruction takes less than a cycle: so many cycles can't exceed the budget, and each round gets nearer.
      var allowed = machine.time &+ (scenario.budget.instructions - used)
      if let lookAround {
        lookAround()
        if isAbandoned { return .requested }
        allowed = min(allowed, machine.time &+ machine.clockHertz / 50)
      }
      let stop = machine.run(until: min(deadline, allowed))
      if isDone() && !stop.isFinal { return .requested }
      if stop == .deadline && machine.time < deadline { continue }
      if stop == .requested { continue }
      return stop
    }
  }

  /// The result that a stop means, or nil if the script may go on.
  private func finish(_ stop: MachineStop, while name: String, isDone: Bool = true) -> Result? {
    if stop.isFinal {
      // A step that waits for the guest's end is done by it.
      if case .event(_, remaining: 0) = wait { return endedEarly(stop, after: name) }
      if scenario.script.isEmpty { return Result(stop: stop) }
      return Result(stop: stop, failure: "\(name): \(describe(stop)) at \(now)\(shown)")
    }
    if let exhausted { return Result(failure: "\(name): \(exhausted) used up at \(now)\(shown)", exhausted: exhausted) }
    if isDone { return nil }
    return Result(failure: "\(name): not within its limit, now \(now)\(shown)", guestWasSilent: shownSinceStep == 0)
  }

  /// The guest ended in the step that was waiting for just this: a failure only if more steps follow.
  private func endedEarly(_ stop: MachineStop, after name: String) -> Result {
    let isLast = name.hasPrefix("script[\(scenario.script.count - 1)]")
    return Result(stop: stop, failure: isLast ? nil : "\(name): \(describe(stop)) at \(now), before the next step")
  }

  private var exhausted: String? {
    if machine.instructions >= scenario.budget.instructions {
      return "the budget of \(scenario.budget.instructions) instructions is"
    }
    return machine.time >= timeMax ? "the budget of \(scenario.budget.time) virtual time is" : nil
  }

  private func describe(_ stop: MachineStop) -> String {
    switch stop {
    case .exited(let value): "the guest ended with exit code \(value)"
    case .tripleFault: "the guest ended in a triple fault"
    case .reset: "the guest reset the machine"
    case .halted: "the guest halted with nothing left to wake it"
    case .defect(let problem): "the simulator contradicts itself: \(problem)"
    case .held: "the run was held"
    case .deadline, .requested, .appointment: "the machine stopped"
    }
  }

  private var now: String {
    let nanoseconds = nanoseconds(cycles: machine.time, hertz: machine.clockHertz)
    return "\(nanoseconds / 1_000_000).\(padded(nanoseconds / 1_000 % 1_000)) ms"
  }

  private func padded(_ number: UInt64) -> String {
    String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
  }

  private var shown: String {
    let lines = Console.allCases.flatMap { console in
      transcript(console).lastLines(3).map { "\n    \(console): \($0)" }
    }
    let kept = "(it keeps \(ConsoleTranscript.bytesMax))"
    let lost = Console.allCases.filter { transcript($0).lostBytes > 0 }.map {
      "; \(transcript($0).lostBytes) bytes of \($0) were given up before the script read them \(kept)"
    }
    return lost.joined()
      + (lines.isEmpty ? "; no console showed anything" : "; the consoles' last lines:" + lines.joined())
  }
}

/// A limit of a scenario in cycles of a machine that may be slower than time.
private func patient(_ limit: VirtualDuration, _ machine: any ScenarioMachine) -> UInt64 {
  let (cycles, overflow) = limit.cycles(hertz: machine.clockHertz).multipliedReportingOverflow(by: machine.patience)
  return overflow ? .max : cycles
}

/// Cycles of a clock as nanoseconds, rounded down; the largest number if it does not fit.
public func nanoseconds(cycles: UInt64, hertz: UInt64) -> UInt64 {
  let product = cycles.multipliedFullWidth(by: 1_000_000_000)
  guard hertz > product.high else { return .max }
  return hertz.dividingFullWidth(product).quotient
}
