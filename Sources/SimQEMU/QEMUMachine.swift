import Foundation
import Scenarios
import SimEvents
import SimMachine
import SimVirtio

/// A scenario's machine that QEMU is: its processor, its devices, the host's time.
///
/// What QEMU shows becomes events in the order of arrival: exact within one channel (a console, the trace port, the
/// log), not between them. Time is the host's since the guest's start; instructions are not counted.
final class QEMUMachine {
  private let accelerator: QEMUArguments.Accelerator
  private let events: EventStream
  private let folder: MachineFolder
  private let process: EmulatorProcess
  private let monitor: QEMUMonitor
  /// By console: what it shows, and what is typed.
  private let consoles: [(output: Channel, input: Channel)]
  private let tracePort: Channel
  private let log: Channel
  private let start: ContinuousClock.Instant

  let clockHertz: UInt64
  private var traceRecords = TraceRecords()
  private var logReader = QEMULog()
  private var messages = ""
  private var stopRequested = false
  private var sawTripleFault = false
  private var end: MachineStop?
  /// Paused for good, with everything taken in that was shown before.
  private var isPaused = false

  private static let connectMilliseconds: Int32 = 20_000
  private static let messageBytesMax = 1 << 14

  init(_ plan: MachinePlan, _ accelerator: QEMUArguments.Accelerator, program: URL) throws(QEMUFailure) {
    self.accelerator = accelerator
    events = plan.events
    clockHertz = plan.configuration.clockHz
    folder = try MachineFolder(plan)
    let socket = try ListeningSocket(folder.monitor.path)
    log = try Channel(newPipe: folder.log.path)
    var pipes: [(output: Channel, input: Channel)] = []
    for stream in QEMUArguments.Stream.allCases {
      let path = folder.pipe(stream)
      pipes.append((try Channel(newPipe: path + ".out"), try Channel(newPipe: path + ".in")))
    }
    (consoles, tracePort) = ([pipes[0], pipes[1]], pipes[2].output)
    let arguments = QEMUArguments(accelerator: accelerator, configuration: plan.configuration, folder: folder)
    process = try EmulatorProcess(program, arguments.words, folder: folder.url)
    monitor = try QEMUMonitor(Self.connect(socket, process))
    start = .now
    try monitor.execute("cont")
  }

  deinit { close() }

  func close() {
    process.kill()
    folder.remove()
  }

  /// QEMU's version as its monitor tells it.
  var version: String { monitor.version }

  private static func connect(_ socket: ListeningSocket, _ process: EmulatorProcess) throws(QEMUFailure) -> Channel {
    let deadline = ContinuousClock.now + .milliseconds(Int(connectMilliseconds))
    while ContinuousClock.now < deadline {
      if let channel = socket.accept(milliseconds: 50) { return channel }
      guard !process.hasEnded else {
        let said = String(decoding: process.errors.read(), as: UTF8.self).split(separator: "\n")
        throw QEMUFailure(said.last.map { "QEMU ended: \($0)" } ?? "QEMU ended without a word")
      }
    }
    throw QEMUFailure("QEMU does not answer")
  }

  /// Whether the monitor did it.
  private func does(_ command: String, _ arguments: [String: Any] = [:]) -> Bool {
    do {
      try monitor.execute(command, arguments)
      return true
    } catch {
      return false
    }
  }

  /// A command of QEMU's monitor for people; empty if it refuses.
  private func ask(_ command: String) -> String {
    (try? monitor.execute("human-monitor-command", ["command-line": command])) ?? ""
  }
}

extension QEMUMachine: ScenarioMachine {
  var time: UInt64 {
    let elapsed = (ContinuousClock.now - start).components
    let seconds = UInt64(clamping: elapsed.seconds)
    let nanoseconds = UInt64(clamping: elapsed.attoseconds / 1_000_000_000)
    return seconds &* clockHertz &+ nanoseconds.multipliedReportingOverflow(by: clockHertz).partialValue / 1_000_000_000
  }

  var instructions: UInt64 { 0 }

  func run(until deadline: UInt64) -> MachineStop {
    while true {
      if let end { return end }
      if stopRequested {
        stopRequested = false
        return .requested
      }
      let now = time
      if now >= deadline { return .deadline }
      let (seconds, rest) = (deadline - now).quotientAndRemainder(dividingBy: clockHertz)
      takeIn(waiting: seconds > 0 ? 1_000 : Int32(rest &* 1_000 / clockHertz) + 1)
    }
  }

  func requestStop() { stopRequested = true }

  func type(_ bytes: [UInt8], into console: Console) {
    record(.consoleInput(console: console, bytes: bytes))
    consoles[Int(console.rawValue)].input.write(bytes)
  }

  /// Scenarios that wait for symbols are refused before there is a machine.
  func stop(at moment: Moment?) throws(MachineError) {
    if moment != nil { throw MachineError("a run on QEMU can't be stopped at an instruction") }
  }

  func record(_ payload: EventPayload) { events.emit(payload, time: time, instruction: 0) }

  func readMemory(at address: UInt64, count: Int) -> [UInt8]? {
    pauseWhereItIdles()
    defer { try? FileManager.default.removeItem(at: folder.memory) }
    let place: [String: Any] = ["val": address, "size": count, "filename": folder.memory.path]
    guard does("memsave", place), let data = try? Data(contentsOf: folder.memory),
      data.count == count
    else { return nil }
    return [UInt8](data)
  }

  func settle() { pauseWhereItIdles() }

  var shareTree: ShareTree? { try? Share(folder: folder.share.path).tree }

  var diskImage: [UInt8]? { (try? Data(contentsOf: folder.disk)).map { [UInt8]($0) } }

  /// A host that is busy with other things lets a guest wait.
  var patience: UInt64 { 10 }

  var hiddenEvents: Set<EventKind> { QEMUMachineMaker.hiddenEvents(accelerator) }
  var limitations: [String] { ["QEMU \(version), \(accelerator.rawValue)"] + QEMUMachineMaker.limitations(accelerator) }
}

// MARK: - Taking in what QEMU shows

extension QEMUMachine {
  private func takeIn(waiting milliseconds: Int32) {
    let outputs = [tracePort, log, process.errors] + consoles.map(\.output)
    Channel.wait(for: outputs + [monitor.channelToWaitFor], milliseconds: milliseconds)
    let hasEnded = process.hasEnded
    var isQuiet: Bool
    repeat {
      isQuiet = true
      for console in consoles { console.input.flush() }
      // The records explain what a console shows: they come first.
      for channel in outputs {
        let bytes = channel.read()
        guard !bytes.isEmpty else { continue }
        isQuiet = false
        take(bytes, of: channel)
      }
      // An end is told when everything from before it has been.
    } while hasEnded && !isQuiet
    monitor.poll()
    if end == nil { end = ending(hasEnded) }
  }

  private func take(_ bytes: [UInt8], of channel: Channel) {
    if channel === log {
      logReader.take(bytes) { event in
        if case .tripleFault = event { self.sawTripleFault = true }
        self.record(event)
      }
    } else if channel === tracePort {
      traceRecords.take(bytes) { self.record($0) }
    } else if channel === process.errors {
      messages = String((messages + String(decoding: bytes, as: UTF8.self)).suffix(Self.messageBytesMax))
    } else if let index = consoles.firstIndex(where: { $0.output === channel }),
      let console = Console(rawValue: UInt8(index))
    {
      record(.consoleOutput(console: console, bytes: bytes))
    }
  }

  private func ending(_ hasEnded: Bool) -> MachineStop? {
    // With KVM the log says nothing of a triple fault; a reset that nobody can ask for is one.
    if monitor.shutdownReason == "guest-reset" {
      if !sawTripleFault { record(.tripleFault(instructionPointer: 0)) }
      return .tripleFault
    }
    guard hasEnded else { return nil }
    // isa-debug-exit ends QEMU with (value << 1) | 1; exit codes have eight bits.
    if let code = process.exitCode, code & 1 == 1, messages.isEmpty {
      record(.debugExit(value: UInt32(code >> 1)))
      return .exited(UInt32(code >> 1))
    }
    let said = messages.split(separator: "\n").last.map(String.init) ?? "it said nothing"
    return .defect("QEMU ended by itself: \(said)")
  }

  private static let idleAttemptsMax = 200

  /// Stops the guest for good, if it can be at a point where it waits for an interrupt: there no thread is in the middle
  /// of something, and what was computed has also been shown.
  private func pauseWhereItIdles() {
    guard !isPaused, end == nil else { return }
    isPaused = true
    for attempt in 1...Self.idleAttemptsMax {
      guard does("stop") else { return }
      if attempt == Self.idleAttemptsMax || ask("info registers").contains("HLT=1") { break }
      guard does("cont") else { return }
      takeIn(waiting: 2)
    }
    takeIn(waiting: 0)
    takeIn(waiting: 0)
  }
}

/// The guest's records from the bytes of the trace port.
struct TraceRecords {
  private var partial: [UInt8] = []
  /// The longest record; longer ones are cut, as on the simulator.
  private static let recordBytesMax = 512

  mutating func take(_ bytes: [UInt8], _ report: (EventPayload) -> Void) {
    for byte in bytes {
      guard byte == 0x0a else {
        if partial.count < Self.recordBytesMax { partial.append(byte) }
        continue
      }
      let words = String(decoding: partial, as: UTF8.self).split(separator: " ", maxSplits: 1)
      partial.removeAll(keepingCapacity: true)
      report(.guest(name: words.first.map(String.init) ?? "", detail: words.count > 1 ? String(words[1]) : ""))
    }
  }
}
