import SimCPU
import SimEvents
import SimMemory
import SimUnicorn

/// A processor with little RAM that executes cases, one after the other, each from the same memory.
public final class FuzzedProcessor {
  /// Why a case is a finding.
  public struct Finding: Error, Equatable, Sendable {
    public var problem: String
  }

  /// How a case ended.
  public struct End: Equatable, Sendable {
    public var stop: EngineStop
    public var instructions: UInt64
    /// Of the stop, the count, and the general registers.
    public var digest: UInt64
  }

  private let surroundings = FuzzSurroundings()
  private var memory: GuestMemory
  private var initial: MemorySnapshot
  private var engine: UnicornEngine

  public init() throws {
    (memory, initial, engine) = try Self.make(surroundings)
  }

  private static func make(_ surroundings: FuzzSurroundings) throws -> (GuestMemory, MemorySnapshot, UnicornEngine) {
    let memory = try GuestMemory(size: FuzzPlace.memorySize)
    memory.buildFuzzGuest()
    let engine = try UnicornEngine(
      memory: memory, environment: surroundings, cpuid: CPUIDModel(clockHz: 1_000_000_000))
    surroundings.engine = engine
    return (memory, memory.snapshot(), engine)
  }

  /// Executes a case. It must come back with a stop that a guest may cause.
  ///
  /// - Throws: a ``Finding``; the processor has been renewed then.
  public func run(_ fuzzed: InstructionCase) throws -> End {
    prepare(fuzzed)
    let stop = engine.run()
    let retired = engine.instructionsRetired
    if case .defect(let problem) = stop {
      (memory, initial, engine) = try Self.make(surroundings)
      throw Finding(problem: problem)
    }
    guard retired <= fuzzed.instructions else {
      throw Finding(problem: "\(retired) instructions retired, \(fuzzed.instructions) were allowed")
    }
    let digest = Self.digest(stop, retired, engine.instructionPointer, engine.state.general)
    return End(stop: stop, instructions: retired, digest: digest)
  }

  private func prepare(_ fuzzed: InstructionCase) {
    try! memory.restore(initial)  // it is of this memory
    _ = memory.write(fuzzed.bytes, at: fuzzed.address)
    if let moved = fuzzed.movedHandler { memory.setFuzzHandler(moved.vector, at: moved.address) }
    var state = fuzzed.state
    state.rip = fuzzed.address
    engine.state = state
    engine.translations = []
    engine.setInstructionsRetired(0)
    engine.setHorizon(fuzzed.instructions)
    surroundings.begin(horizon: fuzzed.instructions)
  }

  private static func digest(_ stop: EngineStop, _ retired: UInt64, _ rip: UInt64, _ registers: [UInt64]) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    let kind: UInt64 = stop == .horizon ? 0 : stop == .halt ? 1 : stop == .shutdown ? 2 : 3
    for word in [kind, retired, rip] + registers { hash = (hash ^ word) &* 0x100_0000_01b3 ^ hash >> 29 }
    return hash
  }
}

/// Devices that answer anything, and a clock that stands still. Each exception takes one instruction's time, so that a
/// guest that only raises exceptions comes to its end.
private final class FuzzSurroundings: CPUEnvironment {
  weak var engine: UnicornEngine?
  private var horizon: UInt64 = 0
  var taskPriority: UInt64 = 0

  func begin(horizon: UInt64) {
    self.horizon = horizon
    taskPriority = 0
  }

  func observe(_ event: EventPayload) {
    guard case .exception = event, let engine else { return }
    if horizon > 0 { horizon -= 1 }
    engine.setHorizon(max(horizon, engine.instructionsRetired))
  }

  func deviceRead(_ address: UInt64, size: Int) -> UInt64 { address &* 0x9e37_79b9_7f4a_7c15 }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {}
  func portRead(_ port: UInt16, size: Int) -> UInt32 { UInt32(port) &* 0x9e37_79b9 }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {}
  func timestampCounter() -> UInt64 { 0x1234_5678 }
  func randomNumber() -> UInt64 { 0xfeed_face_cafe_beef }
  func readMSR(_ index: UInt32) -> UInt64? { index & 1 == 0 ? nil : UInt64(index) }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool { index & 1 != 0 }
  func breakpointReached(_ address: UInt64) -> Bool { false }
}
