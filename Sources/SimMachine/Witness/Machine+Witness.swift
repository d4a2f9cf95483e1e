import GuestOS
import SimCPU
import SimEvents

/// Who acts: for images that say where their gates are, on engines that can tell whose code runs.
///
/// The domain of a page has the region of code in its upper two bits and the number that ``setDomain(_:ofPages:)`` gave it in
/// the others.
extension Machine {
  static let domainBits: UInt8 = 6
  static let domainMask: UInt8 = 63

  /// Looks from the first instruction on. The regions follow from the image alone, so forks and restored machines have them too.
  func startWitness() {
    guard engine.capabilities.contains(.watches), let gates = image.gateTable else { return }
    witness = ActorWitness(GateMap(gates))
    let map = domainMap()
    map.update(repeating: CodeRegion.outside.rawValue << Self.domainBits, count: memory.pageCount)
    func mark(_ range: Range<UInt64>, _ region: CodeRegion) {
      // Pages that begin in the range, as far as there is memory.
      let (first, end) = (range.lowerBound.pagesUp, min(range.upperBound.pagesUp, UInt64(memory.pageCount)))
      for page in first..<max(first, end) { map[Int(page)] = region.rawValue << Self.domainBits }
    }
    for range in [gates.text] + gates.movedCode { mark(range, .text) }
    mark(gates.gates, .gates)
    mark(gates.interrupts, .interrupts)
  }

  /// Whether a record, or a byte of it, is the unikernel's own.
  private static func isTrusted(_ actor: Actor) -> Bool { !actor.isExtension }

  /// Whether the extension that acts has been given the right to write, by the gate that is there for it.
  public var mayExtensionWrite: Bool { witness?.tracker.mayWrite ?? false }

  /// Whether an extension has been entered and has not come to an end, in any thread.
  public var isExtensionUnderWay: Bool { witness?.tracker.isExtensionUnderWay ?? false }

  /// Whether somebody can tell who acts.
  public var isWitnessed: Bool { witness != nil }

  /// The registers, between two instructions.
  public var processorState: CPUState { engine.state }

  /// Who answers for what an instruction does: an extension that a handler came upon answers for the handler, and one for a
  /// gate that runs in another's code.
  public func responsible(at address: UInt64) -> Actor {
    guard let witness else { return .unknown }
    if case .handler = witness.actor { return witness.tracker.interrupted }
    return witness.actor(at: address)
  }

  /// Who does what the instruction at `address` does.
  func actor(at address: UInt64) -> Actor {
    lentWitness?._withUnsafeGuaranteedRef { $0.actor(at: address) } ?? .unknown
  }

  /// The programs that the unikernel says it has loaded.
  public var loadedPrograms: [ActorTracker.Program] { witness?.tracker.programs ?? [] }

  /// The processor goes on in a page of another region, or in one of which that is not known.
  ///
  /// - Returns: whether who acts may now go on in other pages, but for those of gates and interrupts, without a word.
  func regionChanged(to region: CodeRegion, at address: UInt64, _ pkru: UInt32) -> Bool {
    guard let lentWitness else { return false }
    return lentWitness._withUnsafeGuaranteedRef { witness in
      guard region != witness.region else { return witness.mayRoam }
      let before = agenda.awaitsActors ? witness.actor : .unknown
      var (stack, next) = (UInt64(0), UInt64(0))
      if region == .gates, witness.gates.role(at: address) == .threadSwitch {
        let general = registers.words
        (stack, next) = (general[4], general[6])
      }
      tell(witness.cross(to: region, at: address, stackPointer: stack, nextStack: next), at: address, pkru)
      noteForAgenda(actorBefore: before)
      profile?.acts(witness.actor)
      return witness.mayRoam
    }
  }

  /// The processor goes on where extensions come back.
  func noteReturn(at address: UInt64) {
    guard let witness else { return }
    let before = witness.actor
    tell(witness.comeBack(to: address), at: address, engine.keyRights)
    noteForAgenda(actorBefore: before)
    profile?.acts(witness.actor)
  }

  /// An exception or interrupt is about to be delivered.
  func noteDelivery(at address: UInt64) {
    guard let witness else { return }
    let before = witness.actor
    tell(witness.deliver(at: address), at: address, engine.keyRights)
    noteForAgenda(actorBefore: before)
    profile?.acts(witness.actor)
  }

  private func tell(_ changes: ActorTracker.Changes, at address: UInt64, _ pkru: UInt32) {
    guard let first = changes.first else { return }
    tell(first, at: address, pkru)
    if let second = changes.second { tell(second, at: address, pkru) }
  }

  private func tell(_ change: ActorTracker.Change, at address: UInt64, _ pkru: UInt32) {
    emit(
      .crossing(how: change.how, from: change.from, to: change.to, instructionPointer: address, pkru: pkru),
      by: .unknown)
  }

  // MARK: Records

  /// The longest record that the trace port takes; longer ones are cut.
  static let traceRecordMax = 512

  /// A byte of a record. What an extension begins, the unikernel does not end: each has records of its own.
  func trace(_ byte: UInt8) {
    let actor = currentActor
    if !traceRecord.isEmpty, Self.isTrusted(actor) != Self.isTrusted(traceRecordActor) { finishRecord() }
    traceRecordActor = actor
    guard byte == 0x0a else {
      if traceRecord.count < Self.traceRecordMax { traceRecord.append(byte) }
      return
    }
    finishRecord()
  }

  private func finishRecord() {
    let words = String(decoding: traceRecord, as: UTF8.self).split(separator: " ", maxSplits: 1)
    let (name, detail) = (words.first.map(String.init) ?? "", words.count > 1 ? String(words[1]) : "")
    traceRecord = []
    emit(.guest(name: name, detail: detail), by: traceRecordActor)
    if Self.isTrusted(traceRecordActor) { witness?.note(GuestRecord(name: name, detail: detail)) }
  }
}

extension UInt64 {
  /// The number of whole pages up to this address, a begun one counted.
  fileprivate var pagesUp: UInt64 { self / 4096 + (self % 4096 == 0 ? 0 : 1) }
}
