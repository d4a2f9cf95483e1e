import Engines
import Foundation
import Scenarios
import Traces

/// What it takes to record a scenario and to replay the trace, beside merely running it.
public struct RecordingCost: Sendable {
  public var scenario: String
  public var instructions: UInt64
  public var eventCount: UInt64
  /// Processor time.
  public var runSeconds: Double
  public var recordSeconds: Double
  /// With everything that `sim replay` does: every checksum is checked first.
  public var replaySeconds: Double
  /// The size of the trace without the guest's image.
  public var traceBytes: Int

  public var recordToRun: Double { recordSeconds / runSeconds }
  public var replayToRecord: Double { replaySeconds / recordSeconds }

  /// Runs, records and replays in turn, `rounds` times; the medians count.
  ///
  /// - Parameter makeInputs: reads the scenario with all that it names, as each of the three does first.
  public static func measure(rounds: Int, _ makeInputs: () throws -> RunInputs) throws -> RecordingCost {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let inputs = try makeInputs()
    _ = try recordTrace(of: inputs, isThin: true, to: path)
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0

    var (runs, records, replays): ([Double], [Double], [Double]) = ([], [], [])
    var (instructions, eventCount): (UInt64, UInt64) = (0, 0)
    for _ in 0..<max(1, rounds) {
      runs.append(try ProcessorTime.seconds { instructions = try ScenarioRun(makeInputs()).run().instructions })
      records.append(try ProcessorTime.seconds { _ = try recordTrace(of: makeInputs(), isThin: false, to: path) })
      replays.append(
        try ProcessorTime.seconds {
          let trace = try TraceReader(path: path)
          try trace.verifyChecksums()
          let recorded = try trace.inputs(path: path, images: ImageStore([]))
          guard try replay(trace, inputs: recorded) == nil else {
            throw BenchmarkError("\(inputs.scenario.name) does not replay")
          }
          eventCount = trace.eventCount
        })
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    return RecordingCost(
      scenario: inputs.scenario.name, instructions: instructions, eventCount: eventCount, runSeconds: median(runs),
      recordSeconds: median(records), replaySeconds: median(replays), traceBytes: size)
  }
}
