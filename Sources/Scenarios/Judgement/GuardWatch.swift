import GuestOS
import SimCPU
import SimEvents
import SimMachine
import SimMemory

/// Watches what is guarded while a run is under way, and tells of accesses on behalf of extensions as events.
///
/// The host looks by physical addresses, so that no mapping hides an access. Tables are looked for anew when an extension is
/// entered and they have changed since.
final class GuardWatch: EventSink {
  private unowned let machine: Machine
  private let gates: GateTable
  private let fixed: [GuardedRange]
  private let secrets: [Secret]
  private let search: SecretSearch
  private var tables: [GuardedRange] = []
  private var watchers: [WatcherID] = []
  private var areTablesStale = true
  private var checkedPages: Set<UInt64> = []
  private var lastCheckedPage: UInt64?
  private var toldFinds: Set<String> = []

  /// - Parameter guarded: what the scenario guards beside the application's variables.
  /// - Returns: nil where nobody can tell who acts.
  init?(_ machine: Machine, guarded: [GuardedRange], secrets: [Secret]) {
    guard machine.isWitnessed, let gates = machine.image.gateTable else { return nil }
    self.machine = machine
    self.gates = gates
    self.secrets = secrets
    search = SecretSearch(secrets)
    let ranges =
      GuardedRange.fixed(gates, machine.image) + guarded
      + secrets.map {
        GuardedRange(what: "the secret \($0.name)", address: $0.address, count: UInt64($0.bytes.count), accesses: .read)
      }
    fixed = ranges.compactMap { $0.within(machine.memory.size) }
    for range in fixed { watch(range) }
    // A run that goes on in the middle of an extension, which may wait while another thread runs.
    if machine.isExtensionUnderWay { renewTables() }
  }

  private func watch(_ range: GuardedRange) {
    let id = try? machine.watch(
      MemoryWatch(range.accesses, .physical, at: range.address, count: range.count)
    ) { [unowned self] _, hit in
      accessed(range, hit)
    }
    guard let id else { preconditionFailure("an engine that tells who acts can't watch memory") }
    watchers.append(id)
  }

  private func accessed(_ range: GuardedRange, _ hit: MemoryHit) {
    guard hit.origin == .processor else { return writtenByDevice(range, hit) }
    let actor = machine.responsible(at: hit.instructionPointer)
    if range.what == GuardedRange.pageTables, !actor.isExtension { areTablesStale = true }
    // Gates keep data of their own, and nothing else of what is guarded is theirs.
    guard actor.servesExtension, !(range.what == GuardedRange.gateData && !actor.isExtension) else { return }
    // What a window is for is no event: an extension may write a million times in one.
    if actor.isExtension, machine.mayExtensionWrite, hit.access == .write, !GuardedRange.isTable(range.what) { return }
    machine.record(
      .guardedAccess(
        what: range.what, access: hit.access == .read ? "read" : "write", address: hit.physicalAddress, old: hit.old,
        new: hit.new, instructionPointer: hit.instructionPointer, pkru: hit.pkru), by: actor)
  }

  /// What is guarded is no buffer of any device. A page walk marks entries of page tables, byte by byte.
  private func writtenByDevice(_ range: GuardedRange, _ hit: MemoryHit) {
    guard hit.access == .write, range.what != GuardedRange.pageTables || hit.count > 1 else { return }
    machine.record(
      .guardedAccess(
        what: range.what, access: "dma", address: hit.physicalAddress, old: hit.old, new: hit.new,
        instructionPointer: hit.instructionPointer, pkru: hit.pkru))
  }

  var kinds: EventKinds { EventKinds([.controlRegisterWrite, .descriptorTableWrite, .crossing]) }

  func record(_ event: Event) {
    switch event.payload {
    case .controlRegisterWrite("cr3", _, _, _), .descriptorTableWrite: areTablesStale = true
    case .crossing(let how, _, let to, let address, let pkru):
      let isEnd = how == .leave || how == .abort
      guard isEnd || to.isExtension && (how == .enter || address & ~0xfff != lastCheckedPage) else { return }
      // What is told of a run that is played again lies before the machine's present.
      guard event.instruction == machine.instructions else { return }
      if how == .enter, areTablesStale { renewTables() }
      if to.isExtension { checkCode(at: address, pkru) }
      if isEnd { lookForSecrets(address, pkru) }
    default: break
    }
  }

  private func renewTables() {
    areTablesStale = false
    checkedPages = []
    lastCheckedPage = nil
    let found = GuardedRange.tables(machine).compactMap { $0.within(machine.memory.size) }
    guard found != tables else { return }
    for id in watchers[fixed.count...] { machine.unwatch(id) }
    watchers.removeSubrange(fixed.count...)
    tables = found
    for range in found { watch(range) }
  }

  /// Tells of code of an extension in a page that can be written.
  private func checkCode(at address: UInt64, _ pkru: UInt32) {
    let page = address & ~0xfff
    lastCheckedPage = page
    guard !gates.text.contains(address), checkedPages.insert(page).inserted else { return }
    let walk = machine.walk(address)
    guard walk.hasTranslation, walk.rights.isWritable else { return }
    machine.record(
      .guardedAccess(
        what: "code", access: "execute", address: walk.physicalAddress, old: [], new: [], instructionPointer: address,
        pkru: pkru))
  }

  /// An extension has ended: what it leaves in registers and in its memory.
  private func lookForSecrets(_ address: UInt64, _ pkru: UInt32) {
    guard !secrets.isEmpty else { return }
    for register in machine.processorState.general {
      guard let name = search.find(in: register) else { continue }
      tell("a register holds \(name) when the extension ends", address, pkru)
    }
    for program in machine.loadedPrograms.sorted(by: { $0.name < $1.name }) {
      guard let name = search.find(in: machine.mappedBytes(of: program)) else { continue }
      tell("the memory of \(program.name) holds \(name)", address, pkru)
    }
  }

  private func tell(_ what: String, _ address: UInt64, _ pkru: UInt32) {
    guard toldFinds.insert(what).inserted else { return }
    machine.record(
      .guardedAccess(
        what: what, access: "found", address: 0, old: [], new: [], instructionPointer: address, pkru: pkru))
  }
}

extension Machine {
  /// The bytes of a program's pages that are mapped; none of one that is larger than the overlay, as no program is.
  fileprivate func mappedBytes(of program: ActorTracker.Program) -> [UInt8] {
    guard program.size <= 16 << 20, !program.base.addingReportingOverflow(program.size).overflow else { return [] }
    let first = program.base & ~0xfff
    return (0..<(program.base - first + program.size + 4095) / 4096).flatMap {
      readMemory(at: first &+ $0 * 4096, count: 4096) ?? []
    }
  }
}
