import Hexadecimal
import SimCPU
import SimMemory

/// Faults: changes of the machine's state that nothing in the machine asks for. Between two instructions only.
extension Machine {
  /// Applies a fault now, or has it wait for what it is about.
  ///
  /// - Parameters:
  ///   - duration: for so many instructions the changed bits stay as the fault has made them, whatever writes to them; 0: they are
  ///     changed once. Only for registers, memory and translations.
  ///   - happened: told when the fault has been applied, or why it can't be: once, and between two instructions. What is about a device
  ///     is told in the midst of the instruction by which the driver reaches it, and as often as the fault befalls an operation.
  public func inject(
    _ effect: FaultEffect, for duration: UInt64 = 0,
    _ happened: @escaping (Machine, Result<Injection, FaultMissed>) -> Void
  ) {
    precondition(!isRunning, "faults are applied between two instructions")
    switch effect {
    case .interrupt(let vector, let fate):
      interruptFaults.append(InterruptFault(vector: vector, fate: fate, happened: happened))
    case .device(let fault): wait(for: fault, happened)
    case .instruction(.repeat): repeatInstruction(happened)
    case .instruction(.replace(let bytes)): replaceInstruction(bytes, happened)
    default:
      do throws(FaultMissed) {
        let fault = try apply(effect)
        if duration > 0 { hold(fault.held, until: instructions &+ duration) }
        happened(self, .success(fault.injection))
      } catch {
        happened(self, .failure(error))
      }
    }
  }

  /// What was done, and what does it again.
  private typealias Applied = (injection: Injection, held: (Machine) -> Void)

  private func apply(_ effect: FaultEffect) throws(FaultMissed) -> Applied {
    switch effect {
    case .register(let name, let change): try changeRegister(name, change)
    case .memory(let address, let change): try changeMemory(address, change)
    case .physicalMemory(let address, let change):
      try changeMemory(pieces: [(address, change.count)], named: "physical memory \(address.hexadecimal)", change)
    case .code(let offset, let change): try changeCode(offset, change)
    case .pageTableEntry(let address, let level, let change): try changeEntry(address, level, change)
    case .translation(let address, let isFetch, let change): try changeTranslation(address, isFetch, change)
    case .instruction(.skip): (try skipInstruction(), { _ in })
    case .returns(let value): (try returnFromFunction(value), { _ in })
    case .spuriousInterrupt(let vector): (try requestInterrupt(vector), { _ in })
    case .nonMaskableInterrupt: (requestNonMaskableInterrupt(), { _ in })
    case .clockJump(let cycles): (jump(cycles), { _ in })
    case .interrupt, .instruction, .device: preconditionFailure("these wait for what they are about")
    }
  }

  /// Does something again between any two instructions up to one with a number.
  private func hold(_ again: @escaping (Machine) -> Void, until last: UInt64) {
    do {
      try appoint(at: .instruction(instructions &+ 1)) { machine in
        again(machine)
        let next = machine.instructions &+ 1
        return next > last ? nil : .instruction(next)
      }
    } catch {
      preconditionFailure("instructions are always counted: \(error)")
    }
  }

  // MARK: Registers

  private func changeRegister(_ name: String, _ change: BitChange) throws(FaultMissed) -> Applied {
    guard let bits = RegisterFile.changeableBits(of: name), let old = registers[name] else {
      throw FaultMissed("\"\(name)\" is no register that can be changed")
    }
    let new = (change.applied(to: old) & bits) | (old & ~bits)
    try setRegister(name, new)
    guard registers[name] == new else {
      // A bit that the engine derives from elsewhere, as it does RFLAGS.RF.
      try setRegister(name, old)
      throw FaultMissed("\(name) = \(new.hexadecimal): the processor does not keep it")
    }
    let injection = Injection(
      target: "register \(name)", change: change.text, before: old.hexadecimal,
      after: new.hexadecimal)
    let mask = change.touched & bits
    return (
      injection,
      { machine in
        guard let now = machine.registers[name] else { preconditionFailure("\(name) was there when it was changed") }
        // What the guest has made of the other bits can forbid the value: then there is nothing that could hold it.
        if now & mask != new & mask { try? machine.setRegister(name, (now & ~mask) | (new & mask)) }
      }
    )
  }

  private static let virtual8086: UInt64 = 1 << 17
  private static let longModeActive: UInt64 = 1 << 10

  /// - Throws: for a value that the processor can't hold.
  private func setRegister(_ name: String, _ value: UInt64) throws(FaultMissed) {
    if name == "cr8" {
      localAPIC.cr8 = value
      deliverInterrupts()
      return
    }
    guard let engine = engine as? any RestorableEngine, let changed = registers.replacing(name, with: value) else {
      throw FaultMissed("this engine can't be given registers")
    }
    let state = CPUState(changed)
    do throws(EngineStateError) { try state.check() } catch {
      throw FaultMissed("\(name) = \(value.hexadecimal): \(error)")
    }
    // Virtual-8086 mode is none of IA-32e mode's (SDM volume 3, 20.1 and 10.8.5): what is in the flag is not looked at there, and
    // the engine would take it for that mode all the same.
    guard state.rflags & Self.virtual8086 == 0 || state.efer & Self.longModeActive == 0 else {
      throw FaultMissed("\(name) = \(value.hexadecimal): the processor does not hold RFLAGS.VM in long mode")
    }
    put(state, into: engine)
  }

  /// Gives the processor other registers. What its TLB holds stays, as no fault in a register empties it.
  func put(_ state: CPUState, into engine: any RestorableEngine) {
    // The engine keeps it with any other register.
    let isOfPaging = !engine.hasSamePaging(as: state)
    let translations = isOfPaging ? engine.translations : []
    engine.state = state
    if isOfPaging { engine.translations = translations }
    schedule.isStale = true
  }

  // MARK: Memory

  private func changeMemory(_ address: UInt64, _ change: ByteChange) throws(FaultMissed) -> Applied {
    guard let pieces = physicalPieces(at: address, count: change.count) else {
      throw FaultMissed("nothing is mapped at \(address.hexadecimal)")
    }
    guard let physical = pieces.first?.address else { throw FaultMissed("no byte is to be changed") }
    return try changeMemory(
      pieces: pieces, named: "memory \(address.hexadecimal) (physical \(physical.hexadecimal))", change)
  }

  private func changeMemory(
    pieces: [(address: UInt64, count: Int)], named name: String, _ change: ByteChange, touched: [UInt8]? = nil
  ) throws(FaultMissed) -> Applied {
    guard let old = bytes(of: pieces) else { throw FaultMissed("\(name) is not RAM") }
    let new = change.applied(to: old)
    put(new, into: pieces)
    let injection = Injection(
      target: name, change: change.text, before: old.hexadecimal(), after: (bytes(of: pieces) ?? []).hexadecimal())
    let mask = touched ?? change.touched
    return (
      injection,
      { machine in
        guard let now = machine.bytes(of: pieces) else { return }
        let wanted = zip(zip(now, new), mask).map { ($0.0 & ~$1) | ($0.1 & $1) }
        if wanted != now { machine.put(wanted, into: pieces) }
      }
    )
  }

  /// Writes to RAM without anybody being told but the engine: a fault is no access of anybody's.
  func put(_ bytes: [UInt8], into pieces: [(address: UInt64, count: Int)]) {
    let observer = memory.observer
    memory.observer = nil
    defer { memory.observer = observer }
    var done = 0
    for piece in pieces {
      let isWritten = memory.write(Array(bytes[done..<done + piece.count]), at: piece.address)
      precondition(isWritten, "what was read is RAM")
      done += piece.count
    }
    assert(done == bytes.count, "each byte has its place")
  }

  private func changeCode(_ offset: Int, _ change: ByteChange) throws(FaultMissed) -> Applied {
    let address = engine.instructionPointer &+ UInt64(offset)
    guard let pieces = physicalPieces(at: address, count: change.count) else {
      throw FaultMissed("there is no code at \(address.hexadecimal)")
    }
    return try changeMemory(pieces: pieces, named: "code \(address.hexadecimal)", change)
  }

  // MARK: Page tables and TLB

  private func changeEntry(
    _ address: UInt64, _ level: Int?, _ change: FaultEffect.EntryChange
  ) throws(FaultMissed) -> Applied {
    let walk = walk(address)
    guard level != nil || walk.hasTranslation || walk.depth == walk.levels else {
      throw FaultMissed("nothing is mapped at \(address.hexadecimal), and no page table is there for it")
    }
    let index = level.map { walk.levels - $0 } ?? walk.depth - 1
    guard index >= 0, index < walk.depth else {
      throw FaultMissed("no entry of that level maps \(address.hexadecimal)")
    }
    let size = Int(walk.entrySize)
    let at = walk.entryAddresses[index]
    let new = change.applied(to: walk.entries[index])
    func bytes(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.littleEndian) { Array($0.prefix(size)) } }
    var applied = try changeMemory(
      pieces: [(at, size)], named: "page-table entry of \(address.hexadecimal) at physical \(at.hexadecimal)",
      .set(bytes(new)), touched: bytes(change.touched))
    guard let written = memory.read(at, count: size) else { preconditionFailure("an entry that was read is in RAM") }
    let after = written.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    (applied.injection.change, applied.injection.before) = (change.text, walk.entries[index].hexadecimal)
    applied.injection.after = after.hexadecimal
    return applied
  }

  private func changeTranslation(
    _ address: UInt64, _ isFetch: Bool, _ change: FaultEffect.TranslationChange
  ) throws(FaultMissed) -> Applied {
    guard let engine = engine as? any RestorableEngine else { throw FaultMissed("this engine shows no TLB") }
    let page = address >> 12
    var all = engine.translations
    guard let place = all.firstIndex(where: { $0.virtualPage == page && $0.isFetch == isFetch }) else {
      throw FaultMissed("the TLB holds nothing for \(isFetch ? "code" : "data") at \(address.hexadecimal)")
    }
    let old = all[place]
    let new = change.applied(to: old)
    if let new { all[place] = new } else { all.remove(at: place) }
    if new != old { engine.translations = all }
    let found = engine.translations.first { $0.virtualPage == page && $0.isFetch == isFetch }
    let injection = Injection(
      target: "TLB entry of \(address.hexadecimal) for \(isFetch ? "code" : "data")", change: change.text,
      before: old.text, after: found?.text ?? "none")
    return (injection, { machine in machine.keepTranslation(new, page, isFetch) })
  }

  private func keepTranslation(_ wanted: CachedTranslation?, _ page: UInt64, _ isFetch: Bool) {
    guard let engine = engine as? any RestorableEngine else { return }
    var all = engine.translations
    let place = all.firstIndex { $0.virtualPage == page && $0.isFetch == isFetch }
    guard place.map({ all[$0] }) != wanted else { return }
    if let place { all.remove(at: place) }
    if let wanted {
      all.insert(wanted, at: all.firstIndex { $0.order > wanted.order } ?? all.endIndex)
    }
    engine.translations = all
  }

  // MARK: Time

  private func jump(_ cycles: UInt64) -> Injection {
    let old = time
    charge(cycles, for: .fault)
    return Injection(target: "clock", change: "\(cycles) cycles forward", before: "\(old)", after: "\(time)")
  }
}

extension CPUEngine {
  /// The page walk of a state with these registers begins and goes on as now.
  fileprivate func hasSamePaging(as state: CPUState) -> Bool {
    let now = registers(cr8: 0)
    return now["cr0"] == state.cr0 && now["cr3"] == state.cr3 && now["cr4"] == state.cr4 && now["efer"] == state.efer
  }
}
