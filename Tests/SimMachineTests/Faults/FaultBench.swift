import SimCPU
import SimEvents
import SimUnicorn
import Testing

@testable import SimMachine

/// A booted guest that is forked for each fault, and compared with itself before it.
struct FaultBench {
  let base: MachineSnapshot
  private let worker = ForkWorker(engine: .unicorn)

  /// The guest is in the midst of its start, or of what it was asked for.
  init?(at time: UInt64 = 400_000) throws {
    guard let subject = try Subject(memoryMiB: 16) else { return nil }
    subject.run(to: time)
    base = try subject.machine.snapshot()
  }

  /// A machine with an engine at the moment of the snapshot.
  func fork(events: EventStream = EventStream()) throws -> Machine {
    let machine = try worker.fork(base, events: events)
    _ = machine.run(until: machine.time)
    return machine
  }

  /// What a fault was told to have done. It must be told at once.
  static func inject(_ effect: FaultEffect, _ machine: Machine) throws -> Result<Injection, FaultMissed> {
    var told: [Result<Injection, FaultMissed>] = []
    machine.inject(effect) { _, result in told.append(result) }
    #expect(told.count == 1, "\(effect) is told once")
    return try #require(told.first)
  }

  /// Where a machine differs from what it was before a fault: the names of registers, "TLB", "memory PAGE", "rest".
  func differences(_ machine: Machine) throws -> [String] {
    let now = try machine.snapshot()
    var state = now.state
    let before = RegisterFile(base.state.cpu.cpu, cr8: 0)
    var differences: [String] = before.differences(to: RegisterFile(state.cpu.cpu, cr8: 0)).map { $0.name }
    state.cpu.cpu = base.state.cpu.cpu
    if state.cpu.translations != base.state.cpu.translations { differences.append("TLB") }
    state.cpu.translations = base.state.cpu.translations
    if state.localAPIC != base.state.localAPIC { differences.append("localAPIC") }
    state.localAPIC = base.state.localAPIC
    if state != base.state { differences.append("rest") }
    for page in now.memory.pagesDiffering(from: base.memory) ?? [] { differences.append("memory \(page)") }
    return differences
  }
}
