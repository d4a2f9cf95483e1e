import CSilicon
import Scenarios
import SimCPU
import SimMachine

/// Runs generated programs at CPL 3 on the host's own processor and on the simulator, and compares how they end.
public final class NativeCheck {
  /// A program that ends differently, at its smallest.
  public struct Disagreement: Sendable {
    public var index: UInt64
    var program: NativeProgram
    /// What is different, a line each.
    public var items: [String]
  }

  /// When to stop: whatever comes first.
  public struct Limit: Sendable {
    /// Seconds of the host's clock.
    public var seconds: UInt64?
    public var programs: UInt64?

    public init(seconds: UInt64? = nil, programs: UInt64? = nil) {
      (self.seconds, self.programs) = (seconds, programs)
    }
  }

  static let disagreementsMax = 10
  private static let lengthMax = 120

  let host: SiliconHost
  let simulator: SimulatedUser
  let features: NativeFeatures
  /// The seed of each of the batch's contents.
  private var filled = [UInt64?](repeating: nil, count: SiliconHost.memoriesMax)
  private let families: [NativeFamily]
  /// Changes what the simulator shows: tests plant errors here.
  private let plant: ((NativeProgram, inout NativeOutcome) -> Void)?
  /// Programs between two calls of the host.
  static let batch = min(
    SiliconHost.casesMax / NativeGenerator.startsMax, SiliconHost.programsMax, SiliconHost.memoriesMax)

  /// Against this host's processor.
  ///
  /// - Throws: ``MachineRefusal`` where no program can run on it.
  public convenience init() throws { try self.init(groups: Set(NativeFamily.Group.allCases)) }

  init(groups: Set<NativeFamily.Group>, plant: ((NativeProgram, inout NativeOutcome) -> Void)? = nil) throws {
    host = try SiliconHost()
    var cpuid = CPUIDModel(clockHz: 1_000_000_000)
    cpuid.hasProtectionKeys = host.hasProtectionKeys
    features = NativeFeatures(of: cpuid).intersection(.host)
    families = NativeFamily.all(groups, features: features)
    simulator = try SimulatedUser(keys: host.keys, cpuid: cpuid)
    self.plant = plant
  }

  /// The program with this number.
  static func program(seed: UInt64, index: UInt64, families: [NativeFamily], features: NativeFeatures) -> NativeProgram
  {
    var generator = NativeGenerator(seed: seed, index: index, features: features)
    let length = 8 + Int(index % UInt64(lengthMax - 8))
    return generator.program(of: families, length: length)
  }

  /// Runs the programs with the numbers from 0 on.
  ///
  /// - Throws: ``MachineRefusal`` if the host's side is lost for good.
  public func run(seed: UInt64, limit: Limit) throws -> NativeReport {
    var report = NativeReport(seed: seed, vendor: SiliconHost.vendor, hasProtectionKeys: host.hasProtectionKeys)
    let clock = ContinuousClock()
    let begin = clock.now
    let end = limit.seconds.map { begin + .seconds($0) }
    var index: UInt64 = 0
    while index < limit.programs ?? .max, report.disagreements.count < Self.disagreementsMax {
      if let end, clock.now >= end { break }
      let count = min(limit.programs.map { $0 - index } ?? .max, UInt64(Self.batch))
      let programs = (0..<count).map {
        Self.program(seed: seed, index: index + $0, families: families, features: features)
      }
      try check(programs, first: index, &report)
      index += count
    }
    report.seconds = (clock.now - begin) / .seconds(1)
    report.restarts = UInt64(host.restarts)
    return report
  }

  /// Where programs of a batch end differently: the first start of each, and what is different.
  typealias Difference = (program: Int, start: Int, items: [String])

  private func check(_ programs: [NativeProgram], first: UInt64, _ report: inout NativeReport) throws {
    for one in try compare(programs, &report) {
      guard report.disagreements.count < Self.disagreementsMax else { break }
      var program = programs[one.program]
      program.starts = [program.starts[one.start]]
      // What runs below the host, a hypervisor say, changes a register now and then. The simulator's runs repeat.
      guard try differs(program) != nil else {
        report.unrepeatable += 1
        continue
      }
      report.disagreementCount += 1
      let shrunk = try NativeShrinker { try self.differs($0) != nil }.shrunk(program)
      let items = try differs(shrunk) ?? one.items
      report.disagreements.append(.init(index: first + UInt64(one.program), program: shrunk, items: items))
    }
  }

  /// What a program shows, or nil if both processors agree.
  func differs(_ program: NativeProgram) throws -> [String]? {
    var report = NativeReport(seed: 0, vendor: "", hasProtectionKeys: host.hasProtectionKeys)
    return try compare([program], &report).first?.items
  }

  /// Runs a batch on both sides.
  func compare(_ programs: [NativeProgram], _ report: inout NativeReport) throws -> [Difference] {
    var cases: [(program: Int, start: Int)] = []
    for (number, program) in programs.enumerated() {
      fill(number, program.memorySeed)
      host.setProgram(number, program.page)
      for (start, one) in program.starts.enumerated() {
        host.setCase(cases.count, one.silicon, program: number, memory: number)
        cases.append((number, start))
      }
    }
    try host.run(cases.count)
    var differences: [Difference] = []
    var loaded = -1
    for (index, one) in cases.enumerated() {
      let program = programs[one.program]
      if loaded != one.program {
        simulator.load(program.page)
        loaded = one.program
        report.programs += 1
      }
      var outcome = simulator.run(
        program.starts[one.start].silicon, UnsafeRawBufferPointer(host.memory(one.program)))
      plant?(program, &outcome)
      let items = items(index, outcome, program, one.start, &report)
      if !items.isEmpty, differences.last?.program != one.program {
        differences.append((one.program, one.start, items))
      }
    }
    return differences
  }

  /// Notes a run in `report`, and tells what is different in it.
  private func items(
    _ index: Int, _ outcome: NativeOutcome, _ program: NativeProgram, _ start: Int, _ report: inout NativeReport
  ) -> [String] {
    let hostOutcome = host.outcome(index)
    report.runs += 1
    report.instructions += outcome.instructions
    report.ends[hostOutcome.end.vector, default: 0] += 1
    guard Int(hostOutcome.end.vector) < SILICON_HUNG else {
      report.notCompared += 1
      return []
    }
    let memory = host.finalMemory(index)
    let hasKeys = host.hasProtectionKeys
    if NativeComparison.isSame(hostOutcome, outcome, memory, simulator.writable, hasKeys: hasKeys) { return [] }
    // What may differ is asked for only where something does, which is rare.
    var comparison = NativeComparison(
      hasKeys: hasKeys, ignoredFlags: hostOutcome.end.vector == 3 ? program.ignoredFlags(start) : 0,
      tolerance: program.tolerance(start, end: hostOutcome.state.rip))
    let items = comparison.items(hostOutcome, outcome, memory, simulator.writable)
    for difference in comparison.known { report.known[difference, default: 0] += 1 }
    return items
  }

  /// Fills contents from a seed, numbers of all kinds among them, unless they are there from the last batch.
  private func fill(_ memory: Int, _ seed: UInt64) {
    guard filled[memory] != seed else { return }
    filled[memory] = seed
    var generator = NativeGenerator(seed: seed, index: 0, features: [])
    let place = host.memory(memory)
    for at in stride(from: 0, to: place.count, by: 8) {
      let value = at & 24 == 0 ? generator.number() : generator.random.next()
      place.storeBytes(of: value, toByteOffset: at, as: UInt64.self)
    }
  }
}
