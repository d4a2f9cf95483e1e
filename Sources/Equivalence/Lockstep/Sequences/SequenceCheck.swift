import Engines
import Hexadecimal
import Scenarios
import SimCPU
import SimKVM
import SimMemory

/// Runs generated programs on the simulator and on another processor.
public final class SequenceCheck {
  /// A program that two processors execute differently, at its smallest.
  public struct Disagreement: Sendable {
    public var index: UInt64
    public var sequence: Sequence
    /// What is different, a line each.
    public var items: [String]
  }

  public struct Report: Sendable {
    public var seed: UInt64
    public var sequences: UInt64 = 0
    public var instructions: UInt64 = 0
    public var exceptions: UInt64 = 0
    /// Those compared after each instruction as well.
    public var stepped: UInt64 = 0
    /// Programs that wrote over themselves and did not end.
    public var endless: UInt64 = 0
    /// Programs with an instruction that this host's KVM cannot execute.
    public var gaps: UInt64 = 0
    /// Instructions that this host's KVM cannot execute, found on the way; later programs go without them.
    public var missing: [String] = []
    public var known: [KnownDifference: UInt64] = [:]
    public var disagreements: [Disagreement] = []
    public var disagreementCount: UInt64 = 0
    /// Of the simulator's final states, one for each program.
    public var digests: [UInt64] = []
  }

  /// Two of so many are compared after each instruction.
  static let steppedInterval: UInt64 = 100
  static let disagreementsMax = 10
  /// Programs from one comparison of all memory to the next.
  private static let slotsMax: UInt64 = 24

  private let bench: SequenceBench
  /// First bytes of slots that the other processor cannot execute.
  private var gapForms: [InstructionForm.Key] = []
  /// Some KVMs execute user mode themselves, where they cannot step without the guest's noticing.
  private var privilegesToStep: Set<UInt8> = []

  /// Against this host's processor.
  ///
  /// - Throws: ``MachineRefusal`` if there is no KVM that can step.
  public convenience init() throws {
    do throws(KVMHost.Unavailable) { _ = try KVMHost() } catch { throw MachineRefusal(error) }
    try self.init { size, environment, cpuid in
      try KVMEngine(
        memory: GuestMemory(size: size), environment: environment, cpuid: cpuid, announcesModel: true)
    }
  }

  init(makeFollower: (UInt64, any CPUEnvironment, CPUIDModel) throws -> any SteppedProcessor) throws {
    bench = try SequenceBench(makeFollower: makeFollower)
    var idle = Sequence(
      memorySeed: 0, privilege: 3, registers: [], flags: 2, slots: [.init(code: [0x90, 0x90], name: "nop")])
    if case .same = bench.step(idle).verdict { privilegesToStep.insert(3) }
    idle.privilege = 0
    if case .same = bench.step(idle).verdict { privilegesToStep.insert(0) }
  }

  /// The program with this number.
  public static func sequence(seed: UInt64, index: UInt64) -> Sequence {
    var generator = SequenceGenerator(seed: seed, index: index)
    return generator.sequence(length: 4 + Int(index % (slotsMax - 3)))
  }

  /// Runs the programs with the numbers from 0 on.
  ///
  /// - Parameter progress: called now and then with the number of programs done.
  public func run(seed: UInt64, count: UInt64, progress: (UInt64) -> Void = { _ in }) -> Report {
    var report = Report(seed: seed)
    for index in 0..<count {
      check(Self.sequence(seed: seed, index: index), index: index, &report)
      if index % 500 == 0 { progress(index) }
      if report.disagreements.count >= Self.disagreementsMax { break }
    }
    return report
  }

  private func check(_ sequence: Sequence, index: UInt64, _ report: inout Report) {
    report.sequences += 1
    let before = bench.engine.instructionsRetired
    let sequence = withoutGaps(sequence)
    let verdict = bench.run(sequence)
    report.instructions += bench.engine.instructionsRetired - before
    report.exceptions += bench.recordedExceptions
    report.digests.append(bench.digest)
    switch verdict {
    case .same:
      guard index % Self.steppedInterval < 2, canStep(sequence) else { return }
      report.stepped += 1
      let stepped = bench.step(sequence)
      report.known.merge(stepped.report.known) { $0 + $1 }
      switch stepped.verdict {
      case .different(let items): self.report(sequence, index, items, &report)
      case .gap: report.gaps += 1
      case .same, .endless: break
      }
    case .different(let items): self.report(sequence, index, items, &report)
    case .endless: report.endless += 1
    case .gap:
      report.gaps += 1
      learnGaps(sequence, &report)
    }
  }

  /// In user mode an instruction that KVM cannot emulate is an invalid opcode: only a try at privilege 0 tells.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  private func learnGaps(_ sequence: Sequence, _ report: inout Report) -> Bool {
    var found = false
    for slot in sequence.slots {
      var alone = sequence
      (alone.slots, alone.privilege) = ([slot], 0)
      guard case .gap = bench.run(alone) else { continue }
      found = true
      let key = InstructionForm(slot.code).key
      if !gapForms.contains(key) {
        gapForms.append(key)
        report.missing.append(slot.name + ": " + slot.code.hexadecimal())
      }
    }
    return found
  }

  private func withoutGaps(_ sequence: Sequence) -> Sequence {
    guard !gapForms.isEmpty else { return sequence }
    var rest = sequence
    rest.slots.removeAll { gapForms.contains(InstructionForm($0.code).key) }
    return rest
  }

  /// Shrinks what disagrees, and says where by stepping through it.
  private func report(_ sequence: Sequence, _ index: UInt64, _ items: [String], _ report: inout Report) {
    if bench.changedPaging {
      report.known[.staleTranslation, default: 0] += 1
      return
    }
    if learnGaps(sequence, &report) {
      report.gaps += 1
      return
    }
    report.disagreementCount += 1
    let shrunk = SequenceShrinker(isDifferent: { self.differs($0) != nil }).shrunk(sequence)
    report.disagreements.append(.init(index: index, sequence: shrunk, items: differs(shrunk) ?? items))
  }

  private func canStep(_ sequence: Sequence) -> Bool { privilegesToStep.contains(sequence.privilege) }

  /// What a program shows, or nil if both processors agree.
  public func differs(_ sequence: Sequence) -> [String]? {
    guard case .different(let items) = bench.run(sequence) else {
      guard canStep(sequence), case .different(let items) = bench.step(sequence).verdict else { return nil }
      return bench.changedPaging ? nil : items
    }
    if bench.changedPaging { return nil }
    // The place says more than the end.
    if canStep(sequence), case .different(let items) = bench.step(sequence).verdict { return items }
    return items
  }
}
