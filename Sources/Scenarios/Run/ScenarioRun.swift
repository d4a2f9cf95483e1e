import Foundation
import GuestOS
import OutputFiles
import SimEvents
import SimMachine
import SimVirtio
import Synchronization

/// One run of a scenario, from its files to its result.
public final class ScenarioRun {
  private let scenario: Scenario
  private let image: GuestImage
  private let modules: [BootModule]
  private let share: Share
  private let disk: [UInt8]
  /// Of every symbol that the scenario names.
  private let addresses: [String: UInt64]
  private let maker: any MachineMaker

  private static let progressObserver = Mutex<ProgressObserver?>(nil)

  /// Has an observer told of all runs that are made during `operation`, also deep inside of what it calls.
  public static func withProgress<Result>(
    _ observer: ProgressObserver?, operation: () throws -> Result
  ) rethrows -> Result {
    let previous = progressObserver.withLock { current in
      let previous = current
      current = observer
      return previous
    }
    defer { progressObserver.withLock { $0 = previous } }
    return try operation()
  }

  private var shareAtEnd: ShareTree?
  /// The disk as the guest left it; nil before the end, and if there is none or it can't be read.
  public private(set) var diskAtEnd: [UInt8]?
  private weak var runner: ScriptRunner?
  /// The simulator's machine, while the run is under way. Not weak: whoever is held weakly is counted at a distance, which costs
  /// each event time.
  public private(set) var machine: Machine?
  private var watches: [(RunProgress) -> Bool] = []
  private var appointments: [(moment: Moment, look: (Machine) -> Moment?)] = []

  /// Takes in everything that the scenario names; nothing is read later.
  ///
  /// - Parameters:
  ///   - seed: replaces the scenario's.
  ///   - maker: makes the machine.
  public convenience init(
    _ file: ScenarioFile, products: BuildProducts, seed: UInt64?, on maker: any MachineMaker
  ) throws(ScenarioProblems) {
    try self.init(RunInputs(file, products: products, seed: seed), on: maker)
  }

  public convenience init(_ inputs: RunInputs, on maker: any MachineMaker) throws(ScenarioProblems) {
    self.init(try PreparedRun(inputs), on: maker)
  }

  public init(_ prepared: PreparedRun, on maker: any MachineMaker) {
    self.maker = maker
    scenario = prepared.inputs.scenario
    image = prepared.inputs.image
    modules = prepared.inputs.modules
    addresses = prepared.addresses
    share = prepared.share
    disk = prepared.inputs.disk ?? []
  }

  /// Boots, plays the script, checks the expectations.
  ///
  /// - Parameters:
  ///   - observers: further folds over the events.
  ///   - atEnd: looks at the machine when the script is done.
  public func run(
    observers: [any EventSink] = [], atEnd: (any ScenarioMachine) -> Void = { _ in }
  ) throws(ScenarioProblems) -> RunResult {
    let events = EventStream()
    for observer in observers { events.add(observer) }
    let machine = try makeMachine(events)
    self.machine = machine.ownMachine
    defer {
      self.machine = nil
      machine.close()
    }
    try keep(appointments, with: machine)
    let runner = ScriptRunner(scenario: scenario, machine: machine, addresses: addresses)
    self.runner = runner
    try startWatches(machine, runner)
    defer { Self.progressObserver.withLock { $0 }?.show(nil) }
    let promise = DesignPromise.of(scenario.guest.effectiveDesign, hasKeys: hasKeys)
    let oracle = Oracle(
      promise: promise, image: image, secrets: secrets,
      applicationConsole: scenario.machine.devices.contains(.console) ? .serial : nil,
      second: scenario.machine.clockHertz, events: events)
    let guardWatch = machine.ownMachine.flatMap {
      GuardWatch($0, guarded: guardedRanges, secrets: secrets)
    }
    let checker = ExpectationChecker(scenario.expect, hidden: machine.hiddenEvents)
    let shown = ConsoleLines(showsInput: false)
    let transcript = ConsoleLines(showsInput: true)
    var folds: [any EventSink] = [shown, transcript, checker, oracle, runner]
    if let guardWatch { folds.append(guardWatch) }
    let gaps = PlatformGaps(image: image, slotCount: scenario.machine.devices.count)
    if case .image = scenario.guest.source { folds.append(gaps) }
    for fold in folds { events.add(fold) }
    // The runner holds the machine, which holds the stream.
    defer { for fold in folds { events.remove(fold) } }
    let injector = FaultInjector(scenario.faults, addresses: addresses, hertz: clockHertz)
    try injector.start(machine, scenario: scenario.name, end: scenario.liveness?.from)

    var end = OutcomeJudge.End()
    end.script = runner.run()
    machine.recordSync()
    machine.settle()
    atEnd(machine)
    let memory = checker.compareMemory(addresses: addresses, read: machine.readMemory(at:count:))
    (end.guardedDifferences, end.differences) = (memory.guarded, memory.others)
    end.time = machine.time
    let judge = OutcomeJudge(oracle: oracle, successCode: scenario.successCode)
    let verdict = judge.judge(end)
    let (outcome, reason) = (verdict.outcome, verdict.reason)
    machine.record(.outcome(outcome: outcome.rawValue, reason: reason))
    shareAtEnd = machine.shareTree
    diskAtEnd = machine.diskImage

    // A script that can't be played to its end is what these outcomes are about, where they are expected.
    let isExpectedEnd = outcome == scenario.expect.outcome && [.escaped, .leaked, .crashed, .hung].contains(outcome)
    var unmet = isExpectedEnd ? [] : end.script.unmet.map { [$0] } ?? []
    if outcome != scenario.expect.outcome {
      unmet.append(
        .init(
          "outcome: expected \(scenario.expect.outcome.rawValue), got \(outcome.rawValue): \(reason)",
          subject: UnmetExpectation.outcome))
    }
    // Where an escape or a corruption is expected, the difference in memory is its proof.
    if scenario.expect.outcome != .escaped { unmet += memory.guarded.map(\.unmet) }
    if scenario.expect.outcome != .corrupted { unmet += memory.others.map(\.unmet) }
    unmet += checker.unmet() + injector.unmet
    var result = RunResult(
      scenario: scenario.name, outcome: outcome, reason: reason, evidence: verdict.evidence, seed: scenario.seed,
      instructions: machine.instructions,
      virtualTimeNs: nanoseconds(cycles: machine.time, hertz: machine.clockHertz), digest: events.digest,
      console: shown.text, transcript: transcript.text,
      events: events.countsByKind.map { ($0.kind.name, $0.count) }, unmet: unmet,
      engine: maker.engine, notes: machine.limitations + checker.unchecked + gaps.lines)
    result.faults = injector.fates
    result.noticed = judge.noticed(end)
    return result
  }

  /// Of virtual time.
  public var clockHertz: UInt64 { scenario.machine.clockHertz }

  /// Ends a run that is under way, as nobody needs the rest of it. For observers.
  public func abandon() {
    runner?.abandon()
  }

  /// Looks at the simulator's machine at a moment of the run (``Machine/appoint(at:_:)``). To be called before the run.
  public func appoint(at moment: Moment, _ look: @escaping (Machine) -> Moment?) {
    appointments.append((moment, look))
  }

  /// Looks at the run every so often while it is under way, about as often as the host's clock shows 20 ms. The run can't
  /// tell that it is looked at. To be called before the run.
  ///
  /// - Parameter look: says whether the run goes on; if it does not, nothing that ``run(observers:atEnd:)`` returns has a
  ///   meaning.
  public func watch(_ look: @escaping (RunProgress) -> Bool) {
    watches.append(look)
  }

  /// Looks at the machine between two instructions where that is possible, else where the script waits for it.
  private func startWatches(_ machine: any ScenarioMachine, _ runner: ScriptRunner) throws(ScenarioProblems) {
    var looks = watches
    if let progress = Self.progressObserver.withLock({ $0 }) {
      looks.append { now in
        progress.show(now)
        return true
      }
    }
    guard !looks.isEmpty else { return }
    let watch = RunWatch { now in looks.allSatisfy { $0(now) } }
    guard let simulated = machine.simulated else {
      runner.lookAround = { [unowned runner, unowned machine] in
        if watch.look(at: machine) == nil { runner.abandon() }
      }
      return
    }
    try keep(
      [
        (
          moment: .time(simulated.time),
          look: { [weak runner] machine in
            let next = watch.look(at: machine)
            if next == nil { runner?.abandon() }
            return next.map { .time($0) }
          }
        )
      ], with: simulated)
  }

  private func keep(
    _ appointments: [(moment: Moment, look: (Machine) -> Moment?)], with machine: any ScenarioMachine
  ) throws(ScenarioProblems) {
    do throws(MachineError) {
      guard !appointments.isEmpty else { return }
      guard let machine = machine.ownMachine else {
        throw MachineError("a run on the engine \(maker.engine.rawValue) can't be looked at between instructions")
      }
      for (moment, look) in appointments { try machine.appoint(at: moment, look) }
    } catch {
      throw ScenarioProblems([
        .init(
          file: scenario.name, position: nil, path: "engine \(maker.engine.rawValue)", problem: "\(error)",
          remedy: "choose another moment, or the simulator")
      ])
    }
  }

  /// Writes the share as the guest left it.
  ///
  /// - Returns: the symbolic links that were left out, since they lead out of the share from where the guest has put them.
  public func exportShare(to path: String) throws(OutputError) -> [String] {
    guard let shareAtEnd else { throw OutputError(path: path, problem: "the share can't be read back") }
    do throws(ShareError) {
      return try shareAtEnd.export(to: path)
    } catch {
      throw OutputError(path: path, problem: error.problem + (error.remedy.map { "; \($0)" } ?? ""))
    }
  }

  /// Refuses a folder that ``exportShare(to:)`` could not write.
  public static func requireExportable(to path: String) throws(OutputError) {
    guard !path.isEmpty else { throw OutputError(path: path, problem: "the name of the folder to write is empty") }
    do throws(ShareError) {
      try ShareTree.requireExportable(to: path)
    } catch {
      throw OutputError(path: path, problem: error.problem + (error.remedy.map { "; \($0)" } ?? ""))
    }
  }
}

// MARK: - The machine

extension ScenarioRun {
  private func makeMachine(_ events: EventStream) throws(ScenarioProblems) -> any ScenarioMachine {
    let plan = MachinePlan(
      scenario: scenario, configuration: configuration, image: image, modules: modules, share: share, disk: disk,
      secrets: secrets, events: events)
    do throws(MachineRefusal) {
      return try maker.makeMachine(plan)
    } catch {
      throw ScenarioProblems([
        .init(
          file: scenario.name, position: nil,
          path: maker.engine == .unicorn ? "$.machine" : "engine \(maker.engine.rawValue)",
          problem: error.problem, remedy: error.remedy, isHostShortage: error.isHostShortage)
      ])
    }
  }

  private var secrets: [Secret] {
    scenario.secrets.map {
      Secret(name: $0.symbol, address: address(of: $0.symbol), count: Int($0.size), seed: scenario.seed)
    }
  }

  /// Where a symbol that the scenario names is. Were it not there, the oracle would watch address 0, and nothing would be found.
  private func address(of symbol: String) -> UInt64 {
    guard let address = addresses[symbol] else { preconditionFailure("\(symbol) was not looked up before the run") }
    return address
  }

  /// What the scenario guards beside the application's variables.
  private var guardedRanges: [GuardedRange] {
    scenario.expect.memory.filter(\.guarded).map {
      GuardedRange(
        what: $0.symbol, address: address(of: $0.symbol) &+ $0.offset, count: $0.size, accesses: .write)
    }
  }

  /// Whether the processor has the keys that the design is about.
  private var hasKeys: Bool {
    scenario.guest.effectiveDesign.usesSupervisorKeys
      ? scenario.machine.supervisorKeys : machine?.configuration.hasProtectionKeys ?? true
  }

  private var configuration: MachineConfiguration {
    var configuration = MachineConfiguration()
    configuration.memoryBytes = scenario.machine.memoryMiB << 20
    configuration.clockHz = scenario.machine.clockHertz
    configuration.costs = scenario.machine.costs
    configuration.seed = scenario.seed
    configuration.bootProtocol = scenario.machine.bootProtocol
    configuration.hasTestDevice = scenario.machine.testDevice
    configuration.hasACPI = scenario.machine.acpi
    configuration.cpu = scenario.machine.cpu
    configuration.hasSupervisorKeys = scenario.machine.supervisorKeys
    configuration.startTime = UInt64(scenario.machine.startTime.seconds)
    configuration.devices = scenario.machine.devices
    configuration.queueSizes = scenario.machine.queueSizes
    configuration.devicesWithoutEventIndex = scenario.machine.devicesWithoutEventIndex
    configuration.dmaWindow = scenario.machine.dmaWindow
    if let share = scenario.share { configuration.messageBytesMax = UInt32(share.msize) }
    if let disk = scenario.machine.disk { configuration.disk = disk.disk(fileBytes: self.disk.count) }
    configuration.commandLine = scenario.guest.words.joined(separator: " ")
    return configuration
  }
}
