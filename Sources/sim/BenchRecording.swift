import Benchmarks
import Foundation
import Scenarios

/// The part of `sim bench` about recording: short runs, one with many events, and long ones.
struct BenchRecording {
  static let name = "recording"
  private static let scenarios = ["hello", "ls-cat", "mpk-check", "endless-loop"]

  let products: BuildProducts
  let rounds: Int

  func measure(printing: Bool) throws -> [[String: Any]] {
    let root = products.images.deletingLastPathComponent().deletingLastPathComponent()
    if printing {
      StandardOutput.show("recording        instructions   events   x run   replay x recording   trace without image")
    }
    return try Self.scenarios.map { name in
      let path = root.appending(path: "scenarios/\(name).json").path
      let cost = try RecordingCost.measure(rounds: max(rounds, 5)) {
        try RunInputs(ScenarioFile(path: path), products: products, seed: nil)
      }
      if printing { StandardOutput.show(row(cost)) }
      return [
        "scenario": cost.scenario, "instructions": cost.instructions, "events": cost.eventCount,
        "runSeconds": cost.runSeconds, "recordSeconds": cost.recordSeconds, "replaySeconds": cost.replaySeconds,
        "recordToRun": cost.recordToRun, "replayToRecord": cost.replayToRecord, "traceBytes": cost.traceBytes,
      ]
    }
  }

  private func row(_ cost: RecordingCost) -> String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func fixed(_ number: Double) -> String { String(format: "%.2f", number) }
    return cost.scenario.padding(toLength: 16, withPad: " ", startingAt: 0) + right("\(cost.instructions)", 13)
      + right("\(cost.eventCount)", 9) + right(fixed(cost.recordToRun), 8) + right(fixed(cost.replayToRecord), 21)
      + right("\((cost.traceBytes + 1023) / 1024) KiB", 22)
  }
}
