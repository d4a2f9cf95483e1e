import Engines
import Foundation
import GuestOS
import Scenarios
import SimEvents
import SimMachine
import TestSupport
import Testing

@testable import Traces

/// All but those with faults in the machine, which can't be saved.
private let shipped: [String] = {
  let folder = snapshotPackageRoot.appending(path: "scenarios").path
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  return names.filter {
    $0.hasSuffix(".json") && !$0.hasPrefix("fault-") && !["scenario.schema.json", "linux.json"].contains($0)
  }.sorted()
}()

/// How many places in each scenario; SNAPSHOT_PLACES in the environment asks for more.
private let placeCount = ProcessInfo.processInfo.environment["SNAPSHOT_PLACES"].flatMap { Int($0) } ?? 3

/// A place somewhere in a run of so many events, cycles and instructions.
private func place(
  events: UInt64, time: UInt64, instructions: UInt64, _ random: inout SeededGenerator
) -> Moment {
  switch Int.random(in: 0..<3, using: &random) {
  case 0: .event(.random(in: 0..<events, using: &random))
  case 1: .time(.random(in: 0..<time, using: &random))
  default: .instruction(.random(in: 0..<instructions, using: &random))
  }
}

@Suite struct ResumedRunTests {
  @Test(.enabled(if: snapshotImagesAreBuilt), arguments: shipped)
  func aRunGoesOnFromAnywhereAsIfItHadNeverStopped(name: String) throws {
    let inputs = try shippedInputs(name)
    let whole = EventBytes()
    let result = try ScenarioRun(inputs).run(observers: [whole])
    let last = try #require(whole.last)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    var reached = 0
    for _ in 0..<placeCount {
      let point = place(
        events: whole.count, time: max(last.time, 1), instructions: max(last.instruction, 1), &random)
      guard let snapshot = try? RunSnapshot(of: inputs, at: point) else { continue }
      reached += 1
      let (own, restored) = try snapshot.throughAFile(inputs)
      let resumed = EventBytes()
      let end = try restored.resume(own, observers: [resumed])
      #expect(resumed.bytes == whole.bytes, "\(name) from \(point), seed \(seed)")
      #expect(end.json.text == result.json.text, "\(name) from \(point), seed \(seed)")
      #expect(end.transcript == result.transcript)
    }
    print("\(name): \(reached) places, \(whole.count) events, seed \(seed)")
  }

  /// The extension sleeps in a service, and the server runs: what is guarded for the extension stays watched.
  @Test(.enabled(if: snapshotImagesAreBuilt)) func anExtensionThatWaitsIsStillGuarded() throws {
    let inputs = try shippedInputs("requests-perf-hardened.json")
    let whole = EventBytes()
    _ = try ScenarioRun(inputs).run(observers: [whole])
    let (own, restored) = try RunSnapshot(of: inputs, at: .time(1_000_000)).throughAFile(inputs)
    let resumed = EventBytes()
    _ = try restored.resume(own, observers: [resumed])
    #expect(resumed.bytes == whole.bytes)
  }

  @Test(.enabled(if: snapshotImagesAreBuilt)) func theLastThingsOfARunHaveNoPlaceBehindThem() throws {
    let inputs = try shippedInputs("hello.json")
    #expect(throws: PointNotReached.self) { try RunSnapshot(of: inputs, at: .event(1_000_000)) }
    #expect(throws: PointNotReached.self) { try RunSnapshot(of: inputs, at: .time(1 << 40)) }
    #expect(throws: PointNotReached.self) { try RunSnapshot(of: inputs, at: .symbol("memcpy", hit: 1 << 40)) }
    #expect(throws: RunSnapshotError.self) { try RunSnapshot(of: inputs, at: .symbol("no such function", hit: 1)) }
  }

  @Test(.enabled(if: snapshotImagesAreBuilt), arguments: ["hello.json", "rogue-write.json"])
  func everyEventUpToTheLastHasAPlaceBehindIt(name: String) throws {
    let inputs = try shippedInputs(name)
    let whole = EventBytes()
    let result = try ScenarioRun(inputs).run(observers: [whole])
    let count = result.events.reduce(0) { $0 + $1.count }
    for number in count - 12..<count {
      let snapshot = try RunSnapshot(of: inputs, at: .event(number))
      #expect(snapshot.eventCount > number, "event \(number)")
      let (own, restored) = try snapshot.throughAFile(inputs)
      let resumed = EventBytes()
      let end = try restored.resume(own, observers: [resumed])
      #expect(resumed.bytes == whole.bytes && end.json.text == result.json.text, "event \(number)")
    }
    #expect(throws: PointNotReached.self) { try RunSnapshot(of: inputs, at: .event(count)) }
  }

  @Test(.enabled(if: snapshotImagesAreBuilt)) func aSnapshotStandsWhereItWasAskedFor() throws {
    let inputs = try shippedInputs("hello.json")
    let memcpy = try #require(inputs.image.symbol(named: "memcpy")).address
    let third = try RunSnapshot(of: inputs, at: .symbol("memcpy", hit: 3))
    #expect(third.machine.state.cpu.cpu.rip == memcpy)
    let counted = try RunSnapshot(of: inputs, at: .instruction(123_456))
    #expect(counted.instructions == 123_456)
    let timed = try RunSnapshot(of: inputs, at: .time(400_000))
    #expect(timed.time >= 400_000 && timed.time < 402_000)
    let evented = try RunSnapshot(of: inputs, at: .event(100))
    #expect(evented.eventCount > 100 && evented.eventCount < 110)
  }

  @Test(.enabled(if: snapshotImagesAreBuilt)) func snapshotsOfResumedRunsAreThoseOfTheRun() throws {
    let inputs = try shippedInputs("set-count.json")
    let direct = try RunSnapshot(of: inputs, at: .instruction(200_000))
    let early = try RunSnapshot(of: inputs, at: .instruction(100_000)).throughAFile(inputs)
    let later = try RunSnapshot(of: early.inputs, at: .instruction(200_000), from: early.snapshot)
    #expect(try later.fileBytes(inputs) == direct.fileBytes(inputs))
    #expect(throws: RunSnapshotError.self) {
      try RunSnapshot(of: inputs, at: .instruction(99_999), from: direct)
    }
  }

  @Test(.enabled(if: snapshotImagesAreBuilt)) func aSnapshotOfAnotherScenarioIsRefused() throws {
    let snapshot = try RunSnapshot(of: try shippedInputs("hello.json"), at: .instruction(200_000))
    // Another script on the same machine, and another machine.
    #expect(throws: RunSnapshotError.self) { try snapshot.resume(try shippedInputs("ls-cat.json")) }
    #expect(throws: (any Error).self) { try snapshot.resume(try shippedInputs("rogue-write-unprotected.json")) }
  }

  /// Runs from one snapshot are independent of each other, in memory as through files.
  @Test(.enabled(if: snapshotImagesAreBuilt)) func oneSnapshotIsGoodForManyRuns() throws {
    let inputs = try shippedInputs("hello.json")
    let snapshot = try RunSnapshot(of: inputs, at: .instruction(150_000))
    let digests = try (0..<10).map { _ in try snapshot.resume(inputs).digest }
    #expect(Set(digests) == [try ScenarioRun(inputs).run().digest])
  }
}
