import ArgumentParser
import Engines
import Foundation
import OutputFiles
import Scenarios
import SimMachine
import TerminalText
import Traces

struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Run a scenario up to a point and save everything: the machine, and the run so far.",
    discussion: """
      The run can be resumed from the file, on any machine, with the same events as if it had never stopped.

      EXAMPLES
        sim snapshot scenarios/hello.json --at 350us -o hello.snapshot
        sim snapshot scenarios/hello.json --at 350000 -o hello.snapshot       in cycles
        sim snapshot scenarios/hello.json --event 100 -o hello.snapshot
        sim snapshot scenarios/hello.json --symbol memcpy --hit 3 -o hello.snapshot
        sim snapshot hello.snapshot --at 400us -o later.snapshot              go on from a snapshot
        sim resume hello.snapshot

      EXIT CODES
        0  saved    1  the run ended before that point    2  wrong usage or input
      """
  )

  @Argument(help: "The scenario, a JSON file, or a snapshot to go on from.", completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp("Save at this virtual time: cycles, or a number with ns, us, ms or s.", valueName: "time"),
    transform: TimePoint.parse)
  var at: TimePoint?

  @Option(
    parsing: .unconditional, help: "Save when the event with this number, counted from 0, has happened.",
    transform: wholeNumber)
  var event: UInt64?

  @Option(parsing: .unconditional, help: "Save before the instruction with this number.", transform: wholeNumber)
  var instruction: UInt64?

  @Option(help: "Save when the guest reaches this function.")
  var symbol: String?

  @Option(
    parsing: .unconditional, help: "Which time that the function is reached, counted from 1.", transform: wholeNumber)
  var hit: UInt64 = 1

  @Option(name: .shortAndLong, help: "The snapshot.", completion: .file(extensions: ["snapshot"]))
  var output: String

  @Flag(help: "Name the guest's image by its digest instead of carrying it.")
  var thin = false

  @OptionGroup var start: SeedOption

  @OptionGroup var changes: ChangeOptions

  @Option(help: "text, or json: one object.")
  var format = OutputFormat.text

  func validate() throws {
    let points = [at != nil, event != nil, instruction != nil, symbol != nil].count { $0 }
    guard points == 1 else { throw ValidationError("give one of --at, --event, --instruction, --symbol") }
    guard hit >= 1 else { throw ValidationError("--hit counts from 1") }
  }

  func run() throws {
    try reportingFailures(path: file) {
      let (inputs, start) = try subject()
      let snapshot: RunSnapshot
      do {
        snapshot = try RunSnapshot(of: inputs, at: point(inputs), from: start)
      } catch let problem as PointNotReached {
        switch format {
        case .text: StandardOutput.show("\(file.terminalLine): \(Terminal.paint("not saved", false)): \(problem)")
        case .json:
          let json = JSONText.object([
            ("file", .string(file)), ("saved", .boolean(false)), ("reason", .string("\(problem)")),
          ])
          StandardOutput.show(json.text)
        }
        throw ExitCode(1)
      }
      let target = try AtomicFile(output)
      try writeSnapshot(snapshot, of: inputs, isThin: thin) { target.write($0) }
      try target.finish()
      show(snapshot)
    }
  }

  private func show(_ snapshot: RunSnapshot) {
    switch format {
    case .text:
      StandardOutput.show(
        "\(output.terminalLine): \(Terminal.paint("saved", true)) at \(snapshot.time) cycles, before instruction "
          + "\(snapshot.instructions), after \(snapshot.eventCount) events")
    case .json:
      let json = JSONText.object([
        ("file", .string(file)), ("saved", .boolean(true)), ("snapshot", .string(output)),
        ("time", .integer(snapshot.time)), ("instruction", .integer(snapshot.instructions)),
        ("events", .integer(snapshot.eventCount)),
      ])
      StandardOutput.show(json.text)
    }
  }

  private func subject() throws -> (inputs: RunInputs, start: RunSnapshot?) {
    func requireOutput(besides inputs: [CommandFile]) throws {
      try requireSeparate(outputs: [CommandFile(output, "-o")], inputs: inputs)
    }
    guard SnapshotReader.isSnapshot(fileStart(file)) else {
      let products = try buildProducts()
      let scenario = try ScenarioFile(path: file, changes: changes.changes)
      try requireOutput(besides: scenario.inputs(products))
      return (try RunInputs(scenario, products: products, seed: start.seed), nil)
    }
    try requireOutput(besides: recordingInputs(file, "the snapshot"))
    guard start.seed == nil, changes.isEmpty else {
      throw CommandFailure(
        file: file, message: "is a snapshot: what has been run already can't be changed",
        remedy: "leave --seed, --set, --design and --bpf out, or take the snapshot of a scenario")
    }
    return try readSnapshot(file)
  }

  private func point(_ inputs: RunInputs) -> Moment {
    if let event { return .event(event) }
    if let instruction { return .instruction(instruction) }
    if let symbol { return .symbol(symbol, hit: hit) }
    return .time(at?.cycles(hertz: inputs.scenario.machine.clockHertz) ?? 0)
  }
}

/// The first bytes of a file; none if it can't be read.
func fileStart(_ path: String) -> [UInt8] {
  guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
  defer { try? handle.close() }
  return [UInt8]((try? handle.read(upToCount: 8)) ?? Data())
}

/// A snapshot with the inputs of its run.
func readSnapshot(_ path: String) throws -> (inputs: RunInputs, start: RunSnapshot?) {
  let file = try SnapshotReader(path: path)
  try file.verify()
  let inputs = try file.trace.inputs(path: path, images: ImageStore(imageFolders(for: path)))
  return (inputs, try file.snapshot(image: inputs.image))
}
