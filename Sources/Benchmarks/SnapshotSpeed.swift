import Foundation
import GuestOS
import SimEvents
import SimMachine
import SimMemory
import SimUnicorn

/// How long saving, restoring and forking a machine of 64 MiB take, beside copying its memory: medians, in microseconds.
///
/// A fork that is the first of its worker makes an engine; those after it run on the same one.
public struct SnapshotSpeed: Sendable {
  /// Pages written between two snapshots.
  public static let dirtyPages = 500

  /// A snapshot after ``dirtyPages`` were written, in memory.
  public var save: Double
  /// Going back to it after as many were written.
  public var restore: Double
  /// A new machine from a snapshot.
  public var fork: Double
  /// A new machine from a snapshot until its first instruction has run: most of it makes an engine.
  public var startOnNewEngine: Double
  /// A fork on the engine of a ``ForkWorker``, until its first instruction has run: what campaigns and matrices pay for each.
  public var startOnWorker: Double
  /// The same after a fork that has written ``dirtyPages``, which go back.
  public var startOnWorkerAfterWrites: Double
  /// memcpy of 64 MiB.
  public var copy: Double

  /// - Parameter image: a guest that boots to its prompt.
  public static func measure(image: URL, rounds: Int) throws -> SnapshotSpeed {
    guard let data = try? Data(contentsOf: image) else {
      throw BenchmarkError("\(image.lastPathComponent) is missing; Scripts/build-guest makes it")
    }
    var configuration = MachineConfiguration()
    configuration.commandLine = "uio.design=uio-mpk"
    let machine = try Machine(configuration, image: GuestImage([UInt8](data)), events: EventStream(), engine: .unicorn)
    _ = machine.run(until: 1_000_000)
    let start = try machine.snapshot()
    var seed: UInt64 = 0
    func dirty(_ machine: Machine) {
      // Every seventh page above what the guest uses: other pages than their neighbours in a snapshot.
      for page in 0..<UInt64(dirtyPages) {
        seed &+= 1
        _ = machine.memory.write64(seed, at: 16 << 20 + page * 7 << 12)
      }
    }
    let samples = max(rounds, 3) * 10
    func step(_ machine: Machine) {
      _ = try? machine.hold(at: .instruction(machine.instructions + 1))
      _ = machine.run(until: .max)
    }
    var speed = SnapshotSpeed(
      save: 0, restore: 0, fork: 0, startOnNewEngine: 0, startOnWorker: 0, startOnWorkerAfterWrites: 0, copy: 0)
    var latest = start
    speed.save = try median(samples, prepare: { dirty(machine) }, { latest = try machine.snapshot() })
    speed.restore = try median(samples, prepare: { dirty(machine) }, { try machine.restore(latest) })
    try machine.restore(start)
    // The first fork writes the pages where all forks find them.
    _ = try Machine(forking: start, engine: .unicorn)
    var forks: [Machine] = []
    speed.fork = try median(samples, prepare: {}, { forks.append(try Machine(forking: start, engine: .unicorn)) })
    forks = []
    speed.startOnNewEngine = try median(
      samples, prepare: { forks = [] },
      {
        let fork = try Machine(forking: start, engine: .unicorn)
        step(fork)
        forks.append(fork)
      })
    forks = []
    let worker = ForkWorker(engine: .unicorn)
    var latestFork = try worker.fork(start)
    func forkAndStart() throws {
      latestFork = try worker.fork(start)
      step(latestFork)
    }
    try forkAndStart()
    speed.startOnWorker = try median(samples, prepare: {}, forkAndStart)
    speed.startOnWorkerAfterWrites = try median(samples, prepare: { dirty(latestFork) }, forkAndStart)
    speed.copy = copyOfMemory(Int(configuration.memoryBytes), samples: samples)
    return speed
  }

  private static func copyOfMemory(_ count: Int, samples: Int) -> Double {
    let (from, to) = (
      UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096),
      UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 4096)
    )
    defer {
      from.deallocate()
      to.deallocate()
    }
    // Both are there before the clock starts.
    memset(from, 1, count)
    memset(to, 2, count)
    return median(samples, prepare: {}, { memcpy(to, from, count) })
  }

  private static func median(_ samples: Int, prepare: () -> Void, _ body: () throws -> Void) rethrows -> Double {
    var seconds: [Double] = []
    let clock = ContinuousClock()
    for _ in 0..<samples {
      prepare()
      let duration = try clock.measure(body)
      seconds.append(Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18)
    }
    return seconds.sorted()[samples / 2] * 1e6
  }
}
