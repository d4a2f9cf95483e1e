import SimCPU
import SimEvents

/// Points at which the whole state of CPU and memory is put into the stream as two digests.
extension Machine {
  /// Instructions from one periodic sync point to the next.
  ///
  /// A point costs some 16 us (the engine is left, write permissions are given anew): at 500 million instructions a second
  /// that is 0.8 %, below the noise of a run, and a divergence is still caught within a million instructions.
  public static let syncInterval: UInt64 = 1 << 20

  /// The registers now. Exact between instructions, so whenever the machine is not running and in ``visit``.
  public var registers: RegisterFile { engine.registers(cr8: localAPIC.cr8) }

  /// Records a sync point here. Only while the machine is stopped; an engine that stops elsewhere in each run has none.
  public func recordSync() {
    guard isRepeatable else { return }
    emit(.sync(cpu: registers.digest, memory: memory.digest()))
  }

  /// What an engine must promise for sync points to be worth anything.
  static let repeatable: EngineCapabilities = [.exactInstructions, .deterministic]

  /// The instruction of the periodic sync point that follows `instruction`. It follows from the count alone: there is nothing to restore.
  /// Where there are none it is far away, but not so far that an engine could not count down to it.
  func nextSync(after instruction: UInt64) -> UInt64 {
    guard isRepeatable else { return instruction &+ (1 << 60) }
    return (instruction / Self.syncInterval &+ 1) &* Self.syncInterval
  }
}
