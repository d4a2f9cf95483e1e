import Foundation
import GuestOS
import SimEvents
import SimUnicorn
import SimVirtio
import Testing

@testable import SimMachine

/// Keeps all events.
final class EventList: EventSink {
  var events: [Event] = []
  func record(_ event: Event) { events.append(event) }
}

/// A guest with the overlay and all devices, which boots to its prompt and then runs programs.
struct Subject {
  static let image: GuestImage? = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../.build/images/uio-ushellmpk.elf").path
    guard let data = FileManager.default.contents(atPath: path) else {
      print("skipped: \(path) is missing; Scripts/build-guest makes it")
      return nil
    }
    return try? GuestImage([UInt8](data))
  }()

  let machine: Machine
  let list = EventList()
  let events: EventStream

  /// When it shows its prompt and is asked for files.
  static let promptTime: UInt64 = 320_000

  init?(memoryMiB: UInt64 = 64, costs: CostTable = .server) throws {
    guard let image = Self.image else { return nil }
    var configuration = MachineConfiguration()
    configuration.costs = costs
    configuration.memoryBytes = memoryMiB << 20
    configuration.commandLine = "uio.design=uio-mpk"
    configuration.devices = [.console, .ninep, .rng, .block]
    events = EventStream()
    events.add(list)
    let share = try Share([.file("a.txt", Array("first\n".utf8)), .folder("d"), .file("d/b", [1, 2, 3])])
    machine = try Machine(configuration, image: image, events: events, share: share, engine: .unicorn)
  }

  /// Runs to `time` and types on the way.
  func run(to time: UInt64) {
    if machine.time < Self.promptTime, time >= Self.promptTime {
      _ = machine.run(until: Self.promptTime)
      machine.type(Array("ls\ncat a.txt\n".utf8), into: .virtio)
    }
    _ = machine.run(until: time)
  }
}

/// What a machine records until `deadline`, on a stream of its own.
func events(of machine: Machine, until deadline: UInt64) -> [Event] {
  let list = EventList()
  machine.events.add(list)
  defer { machine.events.remove(list) }
  _ = machine.run(until: deadline)
  return list.events
}

@Suite struct MachineSnapshotTests {
  private static let end: UInt64 = 700_000

  @Test func aForkGoesOnAsTheMachineItself() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = RandomStream(seed: seed, name: "places")
    var checked = 0
    for _ in 0..<12 {
      guard let subject = try Subject() else { return }
      subject.run(to: UInt64.random(in: 0..<Self.end, using: &random))
      let snapshot = try subject.machine.snapshot()
      let rest = events(of: subject.machine, until: Self.end)
      let fork = try Machine(forking: snapshot, engine: .unicorn)
      #expect(events(of: fork, until: Self.end) == rest, "from \(snapshot.state.cpu.instructionsRetired)")
      #expect(try fork.snapshot().state == subject.machine.snapshot().state)
      #expect(try fork.snapshot().memory.digest == subject.machine.snapshot().memory.digest)
      // And the machine itself goes back.
      try subject.machine.restore(snapshot)
      #expect(events(of: subject.machine, until: Self.end) == rest)
      checked += rest.count
    }
    print("\(checked) events compared")
    #expect(checked > 100)
  }

  @Test func aSnapshotIsTheSameHowOftenItWasTaken() throws {
    guard let subject = try Subject() else { return }
    subject.run(to: 600_000)
    let snapshot = try subject.machine.snapshot()
    let again = try Machine(forking: snapshot, engine: .unicorn).snapshot()
    #expect(again.state == snapshot.state)
    #expect(again.memory.pagesDiffering(from: snapshot.memory) == [])
    #expect(!snapshot.state.cpu.translations.isEmpty && snapshot.state.slots.count == 4)
  }

  @Test func twoHundredForksDivergeWithoutSeeingEachOther() throws {
    guard let subject = try Subject() else { return }
    subject.run(to: Subject.promptTime)
    let snapshot = try subject.machine.snapshot()
    let digest = snapshot.memory.digest
    let forks = try (0..<200).map { _ in try Machine(forking: snapshot, engine: .unicorn) }
    func play(_ fork: Machine, _ number: Int, _ list: EventList) {
      fork.events.add(list)
      fork.type(Array("set_count \(number)\n".utf8), into: .virtio)
      #expect(fork.memory.write64(UInt64(number), at: fork.memory.size - 8))
      _ = fork.run(until: Self.end)
    }
    var digests: Set<String> = []
    for (number, fork) in forks.enumerated() {
      let list = EventList()
      play(fork, number, list)
      #expect(fork.memory.read64(fork.memory.size - 8) == UInt64(number))
      digests.insert(fork.events.digest)
    }
    #expect(digests.count == 200)
    // Alone, a fork does what it did among the others; and the snapshot is what it was.
    for number in [0, 77, 199] {
      let alone = try Machine(forking: snapshot, engine: .unicorn)
      play(alone, number, EventList())
      #expect(digests.contains(alone.events.digest))
    }
    #expect(snapshot.memory.digest == digest)
    let machine = subject.machine
    #expect(machine.memory.digest() == digest)
    print("\(forks.count) forks, \(digests.count) different runs")
  }

  @Test func aPauseShowsNowhere() throws {
    guard let whole = try Subject(), let interrupted = try Subject() else { return }
    whole.run(to: Self.end)
    let machine = interrupted.machine
    var pauses = 0
    func run(until deadline: UInt64) {
      while true {
        let moment: Moment =
          pauses % 2 == 0 ? .time(machine.time + 7_777) : .instruction(machine.instructions + 503)
        guard let hold = try? machine.hold(at: moment) else { return }
        guard machine.run(until: deadline) == .held else { return machine.cancel(hold) }
        #expect(!machine.isWaiting(for: hold))
        pauses += 1
      }
    }
    run(until: Subject.promptTime)
    machine.type(Array("ls\ncat a.txt\n".utf8), into: .virtio)
    run(until: Self.end)
    #expect(interrupted.list.events == whole.list.events)
    #expect(pauses > 50)
  }

  @Test func aPauseAtAnAddressCountsArrivalsAndLeavesBreakpointsAlone() throws {
    guard let image = Subject.image, let plain = try Subject(), let paused = try Subject() else { return }
    let address = try #require(image.symbol(named: "memcpy")).address
    func hits(_ subject: Subject, _ pause: Moment?) throws -> (stops: [UInt64], pausedAt: UInt64?) {
      try subject.machine.stop(at: .address(address, hit: 1))
      if let pause { try subject.machine.hold(at: pause) }
      var stops: [UInt64] = []
      var pausedAt: UInt64?
      while true {
        switch subject.machine.run(until: 600_000) {
        case .appointment: stops.append(subject.machine.instructions)
        case .held: pausedAt = subject.machine.instructions
        default: return (stops, pausedAt)
        }
      }
    }
    let alone = try hits(plain, nil)
    guard alone.stops.count >= 3 else {
      Issue.record("\(address) is not reached often enough")
      return
    }
    let both = try hits(paused, .address(address, hit: 3))
    #expect(both.stops == alone.stops)
    #expect(both.pausedAt == alone.stops[2])
    #expect(paused.list.events == plain.list.events)
  }

  @Test func aRunningMachineAndAnotherMachineRefuse() throws {
    guard let small = try Subject(memoryMiB: 32), let large = try Subject() else { return }
    let snapshot = try small.machine.snapshot()
    #expect(throws: MachineError.self) { try large.machine.restore(snapshot) }
    final class Eager: EventSink {
      unowned let machine: Machine
      var refusal: (any Error)?
      init(_ machine: Machine) { self.machine = machine }
      func record(_ event: Event) { do { _ = try machine.snapshot() } catch { refusal = error } }
    }
    let eager = Eager(large.machine)
    large.events.add(eager)
    _ = large.machine.run(until: 100_000)
    #expect(eager.refusal is MachineError)
  }
}
