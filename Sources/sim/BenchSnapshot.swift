import Benchmarks
import Foundation
import Scenarios

/// The part of `sim bench` about snapshots and forks.
struct BenchSnapshot {
  static let name = "snapshot"

  let products: BuildProducts
  let rounds: Int

  func measure(printing: Bool) throws -> [String: Any] {
    let speed = try SnapshotSpeed.measure(
      image: products.images.appending(path: "uio-ushellmpk.elf"), rounds: rounds)
    let values: [(name: String, title: String, microseconds: Double)] = [
      ("save", "snapshot of 64 MiB, \(SnapshotSpeed.dirtyPages) dirty pages: save", speed.save),
      ("restore", "  restore", speed.restore),
      ("fork", "  fork", speed.fork),
      ("forkNewEngine", "  fork and its first instruction, on a new engine", speed.startOnNewEngine),
      ("forkWorkerEngine", "  fork and its first instruction, on its worker's engine", speed.startOnWorker),
      (
        "forkWorkerEngineAfterWrites", "    after a fork that wrote \(SnapshotSpeed.dirtyPages) pages",
        speed.startOnWorkerAfterWrites
      ),
      ("memcpy", "  memcpy of 64 MiB", speed.copy),
    ]
    if printing {
      for value in values { StandardOutput.show("\(value.title): \(String(format: "%.1f", value.microseconds)) us") }
    }
    return Dictionary(uniqueKeysWithValues: values.map { ($0.name + "Microseconds", $0.microseconds) })
  }
}
