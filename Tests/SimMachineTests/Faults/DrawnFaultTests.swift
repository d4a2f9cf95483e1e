import NineP
import SimCPU
import Testing

@testable import SimMachine

/// Whatever breaks, the guest may do anything and the simulator stands: drawn faults of all kinds, a few in each experiment.
@Suite struct DrawnFaultTests {
  private static let experiments = 1_500

  private struct Draw {
    var random: RandomStream
    let machine: Machine

    mutating func below(_ bound: UInt64) -> UInt64 { UInt64.random(in: 0..<bound, using: &random) }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    mutating func word() -> BitChange { below(2) == 0 ? .set(random.next()) : .flip(1 << below(64)) }
    mutating func change() -> ByteChange {
      let count = Int(below(8)) + 1
      return below(2) == 0 ? .set(bytes(count)) : .flip(bytes(count))
    }

    /// Something that the guest uses: its registers point there, or its TLB holds it.
    mutating func address() -> UInt64 {
      let pages = ((try? machine.snapshot().state.cpu.translations) ?? []).map { $0.virtualPage << 12 }
      let places = pages + machine.processorState.general
      return (places.randomElement(using: &random) ?? 0) &+ below(4096)
    }

    mutating func effect() -> FaultEffect {
      switch below(14) {
      case 0, 1:
        let names = RegisterFile.changeable
        return .register(names[Int(below(UInt64(names.count)))], word())
      case 2: return .memory(address: address(), change())
      case 3: return .physicalMemory(address: below(machine.memory.size), change())
      case 4: return .code(offset: Int(below(4)), change())
      case 5: return .pageTableEntry(address: address(), level: Int(below(4)) + 1, .bits(word()))
      case 6:
        return .pageTableEntry(
          address: address(), level: nil, below(2) == 0 ? .key(UInt8(below(16))) : .frame(below(1 << 28)))
      case 7: return .translation(address: address(), isFetch: below(2) == 0, .frame(below(1 << 28)))
      case 8: return .translation(address: address(), isFetch: below(2) == 0, .rights(word()))
      case 9: return .instruction([.skip, .repeat, .replace(bytes(Int(below(15)) + 1))][Int(below(3))])
      case 10: return .returns(random.next())
      case 11: return .spuriousInterrupt(vector: UInt8(below(256)))
      case 12: return below(2) == 0 ? .nonMaskableInterrupt : .interrupt(vector: 49, .repeat)
      default: return .device(device())
      }
    }

    mutating func device() -> DeviceFault {
      let name = below(2) == 0 ? "9p" : "console"
      let queue = UInt16(below(2))
      let change: DeviceFault.Change =
        switch below(8) {
        case 0:
          .descriptor(
            queue: queue, position: Int(below(3)), [.address, .length, .flags, .next][Int(below(4))], word())
        case 1: .usedEntry(queue: queue, below(2) == 0 ? .id : .length, word())
        case 2: .usedFate(queue: queue, [.lost, .repeated, .delayed(below(50_000))][Int(below(3))])
        case 3: .ringIndex(queue: queue, isUsed: below(2) == 0, word())
        case 4: .status(word())
        case 5: .reply([.read, .walk, .lopen, .readdir, .clunk][Int(below(5))], message())
        case 6: .request([.read, .walk, .lopen, .readdir, .clunk][Int(below(5))], message())
        default: .share(.read)
        }
      return DeviceFault(device: name, change, times: below(3) + 1)
    }

    mutating func message() -> DeviceFault.MessageChange {
      switch below(5) {
      case 0: .truncated(Int(below(40)))
      case 1: .bytes(offset: Int(below(20)), change())
      case 2: .lost
      case 3: .delayed(below(50_000))
      default: .swapped
      }
    }
  }

  @Test func theSimulatorStands() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    guard let subject = try Subject(memoryMiB: 16) else { return }
    subject.run(to: Subject.promptTime)
    let base = try subject.machine.snapshot()
    let worker = ForkWorker(engine: .unicorn)
    var (told, missed, ended) = (0, 0, 0)
    for number in 0..<Self.experiments {
      let machine = try worker.fork(base)
      _ = machine.run(until: machine.time)
      var draw = Draw(random: RandomStream(seed: seed, name: "experiment \(number)"), machine: machine)
      var effects: [FaultEffect] = []
      for _ in 0..<3 {
        try machine.hold(at: .instruction(machine.instructions + draw.below(20_000)))
        _ = machine.run(until: machine.time + 200_000)
        let effect = draw.effect()
        effects.append(effect)
        machine.inject(effect, for: draw.below(2) == 0 ? 0 : 50) { _, result in
          if case .success = result { told += 1 } else { missed += 1 }
        }
      }
      try machine.hold(at: .instruction(machine.instructions + 20_000))
      let stop = machine.run(until: machine.time + 1_000_000)
      if case .defect(let problem) = stop { Issue.record("experiment \(number): \(effects): \(problem)") }
      if stop == .tripleFault || stop == .halted { ended += 1 }
      if case .exited = stop { ended += 1 }
    }
    print(
      "\(told) faults of \(Self.experiments) experiments happened, \(missed) could not; \(ended) guests ended by them")
    #expect(told > Self.experiments && ended > Self.experiments / 20)
  }
}
