import Engines
import Foundation
import Scenarios
import SimEvents
import SimMachine
import Testing

@testable import Profiles

/// Kinds of runs: threads and idle time, BPF interpreted, faults contained, a loop that an interrupt ends, a stack that runs over,
/// double faults, gates that change stacks, ring 3, time that costs ten cycles an instruction, faults of the scenario's.
private let kinds = [
  "hello", "bpf-count", "rogue-write", "endless-loop", "stack-overrun", "mpk-check", "second-extension",
]

@Test(.enabled(if: imagesAreBuilt), arguments: kinds)
func aProfileIsTheWholeRunToTheCycleAndTheRunIsTheSame(name: String) throws {
  let inputs = try inputs(name)
  let plain = try ScenarioRun(inputs).run()
  let profiled = try ScenarioRun(inputs).profiled(inputs)
  #expect(profiled.result.digest == plain.digest)
  #expect(profiled.result.json.text == plain.json.text)
  let profile = profiled.profile
  #expect(profile.entries.reduce(0) { $0 + $1.cycles } == profile.cycles)
  #expect(profile.cycles == plain.virtualTimeNs, "at 1 GHz a cycle is a nanosecond")
  #expect(profile.entries.reduce(0) { $0 + $1.count } == plain.instructions)
  #expect(profile.entries.allSatisfy { $0.use != .unplaced })
  let summary = ProfileSummary(profile)
  for lines in [summary.actors, summary.symbols, summary.lines] {
    #expect(lines.reduce(summary.idle) { $0 + $1.own } == plain.virtualTimeNs)
  }
  #expect((summary.idle > 0) == profile.folded.split(separator: "\n").contains { $0.hasPrefix("idle ") })
}

@Test(.enabled(if: imagesAreBuilt), arguments: [("mpk-hardened", "ushellmpk-hardened"), ("ring3", "ushell-ring3")])
func designsThatChangeStacksAreProfiledWholly(design: String, variant: String) throws {
  let profile = try profile("endless-loop", changes: ["/guest/variant=\(variant)", "/guest/design=\(design)"]).profile
  #expect(profile.entries.reduce(0) { $0 + $1.cycles } == profile.cycles)
  #expect(profile.entries.contains { $0.actor == .extension("endless-loop.o") })
}

@Test(.enabled(if: imagesAreBuilt)) func aProfileIsTheSameEachTime() throws {
  let (first, second) = (try profile("bpf-count").profile, try profile("bpf-count").profile)
  #expect(first.folded == second.folded)
  #expect(first.entries == second.entries)
}
