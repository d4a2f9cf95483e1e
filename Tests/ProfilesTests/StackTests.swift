import Foundation
import Scenarios
import Testing

@testable import Profiles

/// The functions that the boot and each thread begin with: whatever runs was called by one of them.
private let roots: Set = ["pvh_entry", "start", "thread_start"]

/// Stacks are followed through a switch of threads, interrupts, gates that change stacks, ring 3, a stack that runs over and a loop that
/// a handler ends: no function stands without those that called it.
@Test(
  .enabled(if: imagesAreBuilt),
  arguments: [
    ("bpf-count", "ushellmpk-bpf", "ebpf-verified"), ("stack-overrun", "ushellmpk", "uio-mpk"),
    ("hello", "ushellmpk-hardened", "mpk-hardened"), ("endless-loop", "ushell-ring3", "ring3"),
  ])
func eachStackBeginsWhereItsThreadDoes(name: String, variant: String, design: String) throws {
  let profile = try profile(name, changes: ["/guest/variant=\(variant)", "/guest/design=\(design)"]).profile
  for stack in FoldedStacks(profile).stacks where stack.names != ["idle"] {
    #expect(roots.contains(stack.names[1]), "\(stack.names.joined(separator: ";"))")
  }
  let summary = ProfileSummary(profile)
  let total = roots.reduce(0) { $0 + (summary.symbol($1)?.total ?? 0) }
  #expect(total == summary.cycles - summary.idle)
}

@Test(.enabled(if: imagesAreBuilt)) func handlersStandAboveWhatTheyInterrupt() throws {
  let stacks = FoldedStacks(try profile("bpf-count").profile).stacks
  let handlers = stacks.filter { $0.names[0] == "handler" }
  #expect(!handlers.isEmpty)
  for stack in handlers {
    let at = try #require(stack.names.lastIndex { $0.hasPrefix("[interrupt ") && !$0.hasSuffix("entry]") })
    #expect(at > 1 && stack.names[at + 1].hasPrefix("interrupt_"))
  }
}

/// A program that is attached to a function has its own name, whatever the machine could call it while it ran.
@Test(.enabled(if: imagesAreBuilt), arguments: ["interpreter", "jit"])
func programsOfBPFHaveTheirNames(engine: String) throws {
  let summary = ProfileSummary(try profile("bpf-count", changes: ["/guest/bpf=\(engine)"]).profile)
  let actors = summary.actors.map(\.name)
  #expect(actors.contains("extension count.bpf.o") && actors.contains("extension get-count.bpf.o"))
  #expect(!actors.contains { $0.contains("a traced program") })
  #expect((summary.symbols.contains { $0.name == "[count.bpf.o]" }) == (engine == "jit"))
}

/// The program's function is found where the loader has put it.
@Test(.enabled(if: imagesAreBuilt)) func functionsOfExtensionsHaveNames() throws {
  let summary = ProfileSummary(try profile("stack-overrun").profile)
  let descend = try #require(summary.symbol("descend [stack-overrun.o]"))
  #expect(descend.own > 0 && summary.symbol("main [stack-overrun.o]") != nil)
}
