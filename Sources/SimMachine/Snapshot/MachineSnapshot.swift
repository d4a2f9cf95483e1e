import GuestOS
import SimCPU
import SimEvents
import SimMemory
import SimPlatform

/// A machine at one moment. It never changes, and any number of machines may go on from it, in several threads.
///
/// ```swift
/// let snapshot = try machine.snapshot()
/// let fork = try Machine(forking: snapshot, engine: .unicorn)
/// ```
public struct MachineSnapshot: Sendable {
  public var state: MachineState
  /// Pages that are the same in several snapshots are there once.
  public let memory: MemorySnapshot
  /// For the names of addresses; what runs is in `memory`.
  public let image: GuestImage

  public init(state: MachineState, memory: MemorySnapshot, image: GuestImage) {
    self.state = state
    self.memory = memory
    self.image = image
  }
}

extension Machine {
  /// Saves the machine as it stands between two calls of ``run(until:)``. The cost is that of the pages written since the
  /// last snapshot, restore or fork.
  ///
  /// - Throws: inside a run, or if the engine can't give all of its state.
  public func snapshot() throws(MachineError) -> MachineSnapshot {
    guard !isRunning else { throw MachineError("a running machine has no snapshot; let it stop first") }
    guard let engine = engine as? any RestorableEngine else {
      throw MachineError("this engine cannot give all of its state: there are no snapshots of it")
    }
    return MachineSnapshot(state: state(of: engine), memory: memory.snapshot(), image: image)
  }

  /// Whether this machine stands where a snapshot of one with the same past was taken, in everything that its future follows
  /// from. What differs most often is looked at first.
  public func isSame(as snapshot: MachineSnapshot) -> Bool {
    let saved = snapshot.state
    guard instructions == saved.cpu.instructionsRetired, extraCycles == saved.extraCycles,
      let engine = engine as? any RestorableEngine, engine.state == saved.cpu.cpu
    else { return false }
    return memory.digest() == snapshot.memory.digest && state(of: engine) == saved
  }

  private func state(of engine: any RestorableEngine) -> MachineState {
    MachineState(
      configuration: configuration, cpu: engine.engineState, localAPIC: localAPIC.state.words,
      ioapic: ioapic.state.words, uart: uart.state.words, pit: pit.state.words, pics: pics.state.words,
      rtc: rtc.state.words, systemControl: systemControl,
      isNonMaskableInterruptPending: isNonMaskableInterruptPending, miscellaneousEnable: miscellaneousEnable,
      vendorMSRs: vendorMSRs, performanceMonitor: performanceMonitor.state.words, testDevice: testDevice,
      slots: slots.map(\.state),
      randomCounter: randomNumbers.counter, traceRecord: traceRecord, traceRecordActor: traceRecordActor,
      witness: witness?.tracker, extraCycles: extraCycles,
      stopRequested: stopRequested, isAppointmentReached: isAppointmentReached, isHalted: isHalted, end: end)
  }

  /// Makes this machine go on where `snapshot` was taken. The cost is that of the pages in which the two differ; what the
  /// engine translated of the others stays.
  ///
  /// - Parameter events: takes the events from here on; nil: the stream stays.
  /// - Throws: for a snapshot of a machine with another configuration, or that no machine can have been in. The machine
  ///   can't be used then.
  public func restore(_ snapshot: MachineSnapshot, events: EventStream? = nil) throws(MachineError) {
    guard !isRunning else { throw MachineError("a running machine can't be restored; let it stop first") }
    guard snapshot.state.configuration == configuration else {
      throw MachineError("the snapshot is of a machine with another configuration")
    }
    if let events { self.events = events }
    do { try memory.restore(snapshot.memory) } catch { throw MachineError("\(error)") }
    try adopt(snapshot.state)
  }

  /// Takes over everything but memory, which is there already.
  func adopt(_ state: MachineState) throws(MachineError) {
    do {
      try takeOver(state)
    } catch {
      let problem = "the saved state is impossible: \(error)"
      end = .defect(problem)
      throw MachineError(problem)
    }
  }

  private func takeOver(_ state: MachineState) throws {
    guard memory.size == configuration.memoryBytes else {
      throw MachineError("\(memory.size) bytes of memory saved, the machine has \(configuration.memoryBytes)")
    }
    guard let engine = engine as? any RestorableEngine else {
      throw MachineError("this engine cannot take over a state")
    }
    guard slots.count == state.slots.count else {
      throw MachineError("\(state.slots.count) virtio slots saved, the machine has \(slots.count)")
    }
    // Farther than any run gets; beyond, time would come round to 0 and deadlines would never be reached.
    let limit: UInt64 = 1 << 62
    let isEarly = state.cpu.instructionsRetired < configuration.costs.instruction.count(reaching: limit)
    guard isEarly, state.extraCycles < limit else {
      throw MachineError("the saved time is later than any run gets")
    }
    guard state.traceRecord.count <= Self.traceRecordMax else {
      throw MachineError("a trace record of \(state.traceRecord.count) bytes, \(Self.traceRecordMax) at most")
    }
    localAPIC.state = try LocalAPIC.State(words: state.localAPIC)
    ioapic.state = try IOAPIC.State(words: state.ioapic)
    uart.state = try UART16550.State(words: state.uart)
    pit.state = try PIT8254.State(words: state.pit)
    pics.state = try PICPair.State(words: state.pics)
    rtc.state = try RTC146818.State(words: state.rtc)
    guard state.systemControl & ~Self.systemControlMask == 0 else {
      throw MachineError("port 61H has reserved bits")
    }
    systemControl = state.systemControl
    isNonMaskableInterruptPending = state.isNonMaskableInterruptPending
    miscellaneousEnable = state.miscellaneousEnable
    guard state.vendorMSRs.count == configuration.cpu.modelSpecificRegisters.count else {
      throw MachineError("\(state.vendorMSRs.count) MSRs of the vendor \(configuration.cpu.rawValue) saved")
    }
    vendorMSRs = state.vendorMSRs
    performanceMonitor.state = try PerformanceMonitor.State(words: state.performanceMonitor)
    guard (state.testDevice != nil) == configuration.hasTestDevice, state.testDevice?.isPossible != false else {
      throw MachineError("the saved test device is none of this machine's")
    }
    testDevice = state.testDevice
    for (slot, saved) in zip(slots, state.slots) { try slot.restore(saved) }
    slotLineChanged = true
    try engine.restore(state.cpu)
    randomNumbers = RandomStream(counter: state.randomCounter)
    traceRecord = state.traceRecord
    traceRecordActor = state.traceRecordActor
    guard (state.witness == nil) == (witness == nil), state.witness?.isPossible != false else {
      throw MachineError("the saved account of who acts is none of this machine's")
    }
    if let gates = witness?.gates, let tracker = state.witness { witness = ActorWitness(gates, tracker) }
    extraCycles = state.extraCycles
    stopRequested = state.stopRequested
    isAppointmentReached = state.isAppointmentReached
    isHoldDue = false
    isHalted = state.isHalted
    end = state.end
  }
}
