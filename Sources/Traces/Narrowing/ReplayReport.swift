import LineTables
import Scenarios
import SimCPU
import SimEvents

/// All that can be said about the first difference between a recording and a run.
public struct ReplayReport {
  public var divergence: Divergence
  /// The registers of the run just before the instruction of the first different event; nil if it did not get there.
  public var now: RegisterFile?
  /// The same of the recorded run, if its inputs could be run again beside the others.
  public var then: RegisterFile?
  /// The last sync point that is the same: up to there registers and memory are as recorded.
  public var lastSame: SyncPoint?
  /// The first sync point of the recording that is not before the difference, if its registers are known.
  public var next: SyncRegisters?
  public var conclusion: Conclusion
  /// Where the processor of the run was.
  public var pointer: UInt64?
  public var sourceLine: SourceLine?

  public let oldSymbols: TraceSymbols
  public let newSymbols: TraceSymbols
  public var versions: (recorded: String, replayed: String)

  public struct SyncPoint: Equatable, Sendable {
    /// Of the event.
    public var number: UInt64
    public var time: UInt64
    public var instruction: UInt64
  }

  public struct SyncRegisters: Equatable, Sendable {
    public var point: SyncPoint
    /// The registers that differ, then and now; nil if the run did not come that far.
    public var differences: [RegisterFile.Difference]?
  }

  /// Where the difference comes from, as narrowly as it can be known.
  public enum Conclusion: Equatable, Sendable {
    /// Both runs could be made: what the search found between them.
    case searched(Narrowing)
    /// Only the recording tells of the other run: the first different instruction lies between `after` and `upTo`.
    /// `isRepeatable`: the run gave just this difference a second time.
    case interval(after: UInt64, upTo: UInt64, isRepeatable: Bool)
  }
}

extension ReplayReport {
  /// Runs again, as often as it takes to say more about `divergence`.
  ///
  /// - Parameters:
  ///   - inputs: those of the run that diverged.
  ///   - recorded: the trace's own, if `inputs` are others.
  ///   - comparison: what of sync points was compared.
  ///   - debugFiles: where the line tables of images may be.
  public init(
    _ divergence: Divergence, of trace: TraceReader, inputs: RunInputs, recorded: RunInputs? = nil,
    comparison: SyncComparison = .all, debugFiles: DebugFiles = DebugFiles()
  ) throws {
    self.divergence = divergence
    var oldSymbols = try TraceSymbols(trace, image: recorded?.image ?? inputs.image)
    var newSymbols = try TraceSymbols(trace, image: inputs.image)
    (oldSymbols.debugFiles, newSymbols.debugFiles) = (debugFiles, debugFiles)
    (self.oldSymbols, self.newSymbols) = (oldSymbols, newSymbols)
    versions = (trace.header.simulatorVersion, Scenarios.simulatorVersion)
    let instruction = divergence.instruction
    lastSame = try Self.lastSync(of: trace, before: divergence.number)

    let nextSync = try Self.nextSync(of: trace, from: divergence.number)
    let sights = try Self.registers(of: inputs, at: [instruction, nextSync?.point.instruction ?? instruction])
    now = sights[instruction]
    if let nextSync, let file = nextSync.file {
      next = SyncRegisters(
        point: nextSync.point, differences: sights[nextSync.point.instruction].map { file.differences(to: $0) })
    }
    pointer = (divergence.got ?? divergence.expected)?.payload.instructionPointer ?? now?.instructionPointer
    sourceLine = pointer.flatMap { newSymbols.sourceLine(of: $0, at: divergence.number) }

    let start = lastSame?.instruction ?? 0
    if let recorded, try Self.isReproduced(trace, by: recorded, upTo: divergence.number) {
      then = try Self.registers(of: recorded, at: [instruction])[instruction]
      // Whose memory was not compared may have differed all along.
      let after = comparison == .all ? start : 0
      conclusion = .searched(
        try FirstDifference.find(between: recorded, and: inputs, after: after, before: instruction))
    } else {
      let second = try replay(trace, inputs: inputs, comparison: comparison)
      conclusion = .interval(after: start, upTo: instruction, isRepeatable: second == divergence)
    }
  }

  /// The registers of a run at some instructions, as far as it gets there.
  private static func registers(
    of inputs: RunInputs, at instructions: [UInt64]
  ) throws(ScenarioProblems) -> [UInt64: RegisterFile] {
    let points = Set(instructions).sorted()
    var files: [UInt64: RegisterFile] = [:]
    try ObservedRun(inputs: inputs).look(at: points) { index, machine in
      files[points[index]] = machine.registers
      return true
    }
    return files
  }

  /// Whether this version still runs what was recorded as it was recorded, up to an event.
  private static func isReproduced(_ trace: TraceReader, by recorded: RunInputs, upTo number: UInt64) throws -> Bool {
    guard let other = try replay(trace, inputs: recorded) else { return true }
    return other.number > number
  }

  private static func lastSync(of trace: TraceReader, before number: UInt64) throws(TraceError) -> SyncPoint? {
    var last: SyncPoint?
    var events = try trace.events()
    while events.number < number {
      let number = events.number
      guard let event = try events.next() else { break }
      if event.payload.kind == .sync { last = SyncPoint(number, event) }
    }
    return last
  }

  private static func nextSync(
    of trace: TraceReader, from number: UInt64
  ) throws(TraceError) -> (point: SyncPoint, file: RegisterFile?)? {
    var events = try trace.events(from: number)
    while true {
      let number = events.number
      guard let event = try events.next() else { return nil }
      guard event.payload.kind == .sync else { continue }
      return (SyncPoint(number, event), try trace.registers(atEvent: number))
    }
  }
}

extension ReplayReport.SyncPoint {
  init(_ number: UInt64, _ event: Event) {
    (self.number, time, instruction) = (number, event.time, event.instruction)
  }
}
