import SimCPU
import SimEvents
import SimUnicorn
import Testing

@testable import SimMachine

@Suite struct AgendaTests {
  private static let end: UInt64 = 700_000

  /// Everything that can look at a run, on one run: none takes the place of another, and the run is as without.
  @Test func observersOfAllKindsStandBesideEachOther() throws {
    guard let plain = try Subject(), let subject = try Subject() else { return }
    plain.run(to: Self.end)
    let machine = subject.machine
    var looks: [String: Int] = [:]
    func count(_ name: String) { looks[name, default: 0] += 1 }
    try machine.appoint(at: .instruction(5_000)) { _ in
      count("instruction")
      return nil
    }
    try machine.appoint(at: .instruction(1_000)) { machine in
      count("every 1000")
      return .instruction(machine.instructions + 1_000)
    }
    try machine.appoint(at: .time(100_000)) { _ in
      count("time")
      return nil
    }
    for hit: UInt64 in [1, 2, 2] {
      try machine.appoint(at: .symbol("memcpy", hit: hit)) { _ in
        count("symbol")
        return nil
      }
    }
    try machine.appoint(at: .matchingEvent(EventFilter(kind: .pkruWrite), nth: 1)) { machine in
      #expect(machine.events.count(of: .pkruWrite) == 1)
      count("event")
      return nil
    }
    let count0 = try #require(machine.image.symbol(named: "count"))
    try machine.watch(MemoryWatch(.write, at: count0.address, count: 8)) { _, _ in count("watch") }
    try machine.appoint(at: .watch(MemoryWatch(.read, at: count0.address, count: 8), hit: 1)) { _ in
      count("read")
      return nil
    }
    let ladder = SnapshotLadder<MachineSnapshot>(capacity: 4, spacing: 20_000)
    try ladder.follow(machine)
    try machine.stop(at: .symbol("memcpy", hit: 1))
    let hold = try machine.hold(at: .instruction(3_000))
    var stops: [MachineStop] = []
    func run(to time: UInt64) {
      while true {
        let stop = machine.run(until: time)
        if stop == .deadline { return }
        stops.append(stop)
        guard stops.count < 100_000 else { return }
      }
    }
    run(to: Subject.promptTime)
    machine.type(Array("ls\ncat a.txt\n".utf8), into: .virtio)
    run(to: Self.end)
    #expect(subject.list.events == plain.list.events)
    #expect(subject.events.digest == plain.events.digest)
    #expect(machine.memory.digest() == plain.machine.memory.digest())
    #expect(looks["instruction"] == 1 && looks["time"] == 1 && looks["symbol"] == 3 && looks["event"] == 1)
    #expect(looks["every 1000"] == Int(machine.instructions / 1_000))
    #expect(stops.filter { $0 == .held }.count == 1 && !machine.isWaiting(for: hold))
    #expect(stops.filter { $0 == .appointment }.count > 2)
    #expect(ladder.rungs.count >= 2 && ladder.spacing >= 20_000)
    print("looks: \(looks.sorted { $0.key < $1.key }), \(stops.count) stops, \(ladder.rungs.count) rungs")
  }

  @Test func breakpointsGivenOneAfterTheOtherKeepTheCode() throws {
    guard let subject = try Subject() else { return }
    let machine = subject.machine
    var arrivals = 0
    func next(_ hit: Int) throws {
      guard hit < 300 else { return }
      try machine.appoint(at: .symbol("memcpy", hit: 1)) { _ in
        arrivals += 1
        do { try next(hit + 1) } catch { Issue.record(error) }
        return nil
      }
    }
    try next(0)
    subject.run(to: Self.end)
    #expect(arrivals > 5)
  }

  @Test func aMomentThatCanNotBeIsRefused() throws {
    guard let subject = try Subject() else { return }
    #expect(throws: MachineError.self) { try subject.machine.hold(at: .symbol("no such function", hit: 1)) }
    #expect(throws: MachineError.self) { try subject.machine.hold(at: .address(0x10_0000, hit: 0)) }
    let id = try subject.machine.hold(at: .time(1))
    subject.machine.cancel(id)
    subject.machine.cancel(id)
    #expect(!subject.machine.isWaiting(for: id) && subject.machine.run(until: 100) == .deadline)
  }

  @Test func appointmentsMayBeMadeAndCancelledInsideTheRun() throws {
    guard let plain = try Subject(), let subject = try Subject() else { return }
    plain.run(to: Self.end)
    final class Eager: EventSink {
      unowned let machine: Machine
      var held = 0
      var made: [AppointmentID] = []
      init(_ machine: Machine) { self.machine = machine }
      func record(_ event: Event) {
        if let last = made.popLast() { machine.cancel(last) }
        guard event.payload.kind == .portAccess || event.payload.kind == .mmioAccess else { return }
        let symbol = Moment.symbol("memcpy", hit: 1)
        if let id = try? machine.appoint(at: symbol, { _ in nil }) { made.append(id) }
        _ = try? machine.appoint(at: .instruction(machine.instructions + 3)) { [self] _ in
          held += 1
          return nil
        }
      }
    }
    let eager = Eager(subject.machine)
    subject.events.add(eager)
    subject.run(to: Self.end)
    #expect(subject.list.events == plain.list.events && eager.held > 100)
  }

  @Test func aLadderStaysSmallAndGivesTheNearest() throws {
    guard let subject = try Subject() else { return }
    let ladder = SnapshotLadder<MachineSnapshot>(capacity: 5, spacing: 1_000)
    try ladder.follow(subject.machine)
    subject.run(to: Self.end)
    #expect(ladder.rungs.count <= 5 && ladder.rungs.count >= 3 && ladder._checkInvariants())
    let middle = ladder.rungs[1].instructions
    #expect(ladder.nearest(atOrBefore: middle)?.instructions == middle)
    #expect(ladder.nearest(atOrBefore: middle - 1)?.instructions == ladder.rungs[0].instructions)
    let fork = try Machine(forking: try #require(ladder.nearest(atOrBefore: middle + 1)), engine: .unicorn)
    let list = EventList()
    fork.events.add(list)
    _ = fork.run(until: Subject.promptTime - 1)
    let same = subject.list.events.filter { $0.instruction >= middle && $0.time < Subject.promptTime - 1 }
    #expect(list.events.prefix(5) == same.prefix(5))
  }

  @Test func aWorkersForksAreWhatOtherForksAre() throws {
    guard let subject = try Subject() else { return }
    subject.run(to: 400_000)
    let late = try subject.machine.snapshot()
    guard let young = try Subject() else { return }
    young.run(to: 100_000)
    let early = try young.machine.snapshot()
    let worker = ForkWorker(engine: .unicorn)
    for (number, snapshot) in [late, early, late, late, early].enumerated() {
      let alone = try Machine(forking: snapshot, engine: .unicorn)
      let expected = events(of: alone, until: 600_000)
      let fork = try worker.fork(snapshot)
      #expect(events(of: fork, until: 600_000) == expected, "fork \(number)")
      #expect(fork.memory.digest() == alone.memory.digest())
      // What this fork's user leaves behind is no concern of the next one's.
      try fork.hold(at: .instruction(fork.instructions + 10))
      try fork.watch(MemoryWatch([.read, .write], at: 0x10_0000, count: 1 << 20)) { _, _ in Issue.record("watched") }
    }
  }
}
