import GuestOS

/// An image's gates by address: what is asked at every change of region is answered without a search.
final class GateMap: Sendable {
  /// What control reaches at an address of the gates' pages.
  enum Role: Equatable, Sendable {
    /// No entry of anything.
    case inside
    /// The switch of threads.
    case threadSwitch
    case open
    case close
    case query
    /// The gate that lets an extension run, and where that comes back to.
    case enter(returnsTo: UInt64)
    /// A gate that calls a function, and where that comes back to.
    case call(function: UInt64, returnsTo: UInt64)
  }

  let gates: Range<UInt64>
  let interrupts: Range<UInt64>
  /// Where a handler returns to when an extension is to end.
  let abort: UInt64
  let handlerCalls: [UInt64]
  /// Where extensions come back to, in the gates' own pages: from one that handed over to a gate at its end (a tail call) by no change of
  /// region.
  let returns: Set<UInt64>
  /// What handlers call that tell themselves who comes by a way of their own.
  let checkedHandler: (function: UInt64, returnsTo: UInt64)?
  /// The first instructions of gates that extensions enter by INT3.
  let interruptGates: [UInt64]
  private let restarts: [Range<UInt64>]
  private let windows: [Range<UInt64>]
  private let checked: [Range<UInt64>]
  /// The application's own code.
  let application: Range<UInt64>
  /// Of gates by address; the first one stands for what lies before all others.
  private let entries: [UInt64]
  private let roles: [Role]
  /// For each address of the gates' pages the index of the gate whose code it is: the last that begins at or before it.
  private let owners: [UInt16]

  /// No image has more bytes of gates. What lies behind them is the inside of something.
  private static let bytesMax: UInt64 = 1 << 16

  init(_ table: GateTable) {
    gates = table.gates
    interrupts = table.interrupts
    abort = table.abort
    handlerCalls = table.handlerCalls
    returns = Set(table.enters.map(\.returnsTo))
    application = table.applicationText
    checkedHandler = table.checkedHandler
    interruptGates = table.interruptGates
    restarts = table.restarts
    windows = table.windows
    checked = table.checked
    let end = min(table.gates.upperBound, table.gates.lowerBound + Self.bytesMax)
    var found: [(entry: UInt64, role: Role)] = table.switches.map { ($0, .threadSwitch) }
    found += table.opens.map { ($0, .open) }
    found += table.closes.map { ($0, .close) }
    found += table.queries.map { ($0, .query) }
    found += table.functions.map { ($0.entry, .call(function: $0.function, returnsTo: $0.returnsTo)) }
    found += table.enters.map { ($0.entry, .enter(returnsTo: $0.returnsTo)) }
    var (entries, roles) = ([UInt64(0)], [Role.inside])
    // Of two at one address, which no image has, the first counts.
    for gate in found.sorted(by: { $0.entry < $1.entry })
    where table.gates.lowerBound <= gate.entry && gate.entry < end && gate.entry != entries[entries.count - 1] {
      entries.append(gate.entry)
      roles.append(gate.role)
    }
    var owners = [UInt16](repeating: 0, count: Int(end - table.gates.lowerBound))
    for number in 1..<entries.count {
      let next = number + 1 < entries.count ? entries[number + 1] : end
      for address in entries[number]..<next { owners[Int(address - table.gates.lowerBound)] = UInt16(number) }
    }
    self.entries = entries
    self.roles = roles
    self.owners = owners
  }

  /// Of the gate whose code an address is in, among ``entries``.
  private func number(at address: UInt64) -> Int? {
    let index = address &- gates.lowerBound
    return index < UInt64(owners.count) ? Int(owners[Int(index)]) : nil
  }

  /// Where control has come to that arrives at an address: wherever in an entry's window that is, to the entry.
  func entry(reachedAt address: UInt64) -> UInt64 {
    windows.first { $0.contains(address) }?.lowerBound ?? address
  }

  /// Whether a handler of what came at `place` may go back to `address`, where what was interrupted begins again.
  func restarts(at address: UInt64, from place: UInt64) -> Bool {
    restarts.contains { $0.lowerBound == address && $0.contains(place) }
  }

  /// The entry of the gate that an address is in.
  func gate(around address: UInt64) -> UInt64 { number(at: address).map { entries[$0] } ?? address }

  func role(at address: UInt64) -> Role {
    if interrupts.contains(address), let checkedHandler {
      return .call(function: checkedHandler.function, returnsTo: checkedHandler.returnsTo)
    }
    if checked.contains(where: { $0.contains(address) }) { return .query }
    guard let number = number(at: address), entries[number] == address else { return .inside }
    return roles[number]
  }

  /// Whether an address is in the code of the gate with this entry.
  func isCode(at address: UInt64, ofGateAt entry: UInt64) -> Bool {
    if interrupts.contains(entry) { return interrupts.contains(address) }
    return if let number = number(at: address) { entries[number] == entry } else { false }
  }
}
