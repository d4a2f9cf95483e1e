import Foundation
import GuestOS
import SimEvents
import SimUnicorn
import Testing

@testable import SimMachine

/// Keeps every event.
private final class Events: EventSink {
  var all: [Event] = []
  func record(_ event: Event) { all.append(event) }

  var syncs: [Event] { all.filter { $0.payload.kind == .sync } }
}

/// A kernel without interrupts, and a guest with a timer; `swift test` alone does not build them, ./test does.
private let images = [".build/benchmarks/recursion.elf", ".build/images/uio-noshell.elf"].filter { path in
  if FileManager.default.fileExists(atPath: path) { return true }
  print("skipped: \(path) is missing; ./test makes it")
  return false
}

private let end: UInt64 = 12_000_000

/// Runs for `end` cycles, in slices that end wherever `slice` says.
private func run(
  _ path: String, first: Moment = .instruction(0), look: ((Machine) -> Moment?)? = nil,
  slice: (UInt64) -> UInt64 = { _ in end }
) throws -> (events: Events, digest: String) {
  let stream = EventStream()
  let events = Events()
  stream.add(events)
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  let machine = try Machine(MachineConfiguration(), image: GuestImage([UInt8](data)), events: stream, engine: .unicorn)
  if let look { try machine.appoint(at: first, look) }
  while machine.time < end {
    guard machine.run(until: min(end, slice(machine.time))) == .deadline else { break }
  }
  return (events, stream.digest)
}

@Suite struct SyncTests {
  @Test(arguments: images) func theStateIsDigestedAtEveryMultipleOfTheInterval(path: String) throws {
    let events = try run(path).events
    let last = try #require(events.all.last).instruction
    #expect(events.syncs.map(\.instruction) == (0..<UInt64(events.syncs.count)).map { ($0 + 1) * Machine.syncInterval })
    #expect(events.syncs.count >= Int(last / Machine.syncInterval))
    print("\(path): \(events.syncs.count) sync points")
  }

  @Test(arguments: images) func whereARunIsInterruptedDoesNotShowInItsDigests(path: String) throws {
    // HLT tells until when the machine sleeps at most, which is the end of the slice.
    func seen(_ slice: (UInt64) -> UInt64) throws -> [Event] {
      try run(path, slice: slice).events.all.filter { $0.payload.kind != .halt }
    }
    let whole = try seen { _ in end }
    #expect(try seen { $0 + 9_973 } == whole)
    #expect(try seen { $0 + 333_331 } == whole)
  }

  @Test(arguments: images) func aLookFromOutsideIsExactAndUnnoticed(path: String) throws {
    let whole = try run(path)
    var seen: [UInt64] = []
    var times: [UInt64] = []
    let counted = try run(path) { machine in
      seen.append(machine.instructions)
      _ = machine.memory.digest()
      _ = machine.registers
      return .instruction(machine.instructions + 7_777)
    }
    #expect(counted.digest == whole.digest)
    #expect(seen.count > 3 && seen == seen.indices.map { UInt64($0) * 7_777 })

    let timed = try run(path, first: .time(1_000_003)) { machine in
      times.append(machine.time)
      return .time(UInt64(times.count + 1) * 1_000_003)
    }
    #expect(timed.digest == whole.digest)
    #expect(times.count >= 11 && zip(times, 1...).allSatisfy { $0 >= UInt64($1) * 1_000_003 })
  }

  @Test(arguments: images) func theRegistersAtASyncPointHaveItsDigest(path: String) throws {
    var digests: [UInt64] = []
    let events = try run(path, first: .instruction(Machine.syncInterval)) { machine in
      digests.append(machine.registers.digest)
      return .instruction(machine.instructions + Machine.syncInterval)
    }.events
    #expect(events.syncs.count == digests.count)
    for (event, digest) in zip(events.syncs, digests) {
      guard case .sync(let cpu, _) = event.payload else { continue }
      #expect(cpu == digest)
    }
  }
}
