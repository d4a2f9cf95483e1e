import SimCPU
import SimEvents
import SimMachine

extension FaultMoment {
  package init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Fault.whenTable, problems: problems),
      let key = Fault.single(Fault.whenKeys, of: reader)
    else { return nil }
    let nth = reader.integer("nth", in: 1...UInt64(UInt32.max))
    if nth != nil, !Fault.countedKeys.contains(key) {
      reader.complain("nth", "means nothing beside \"\(key)\"", "take it away")
    }
    acting = Self.actor("while", reader)
    guard let place = Self.place(key, nth: nth ?? 1, reader) else { return nil }
    self.place = place
  }

  private static func place(_ key: String, nth: UInt64, _ reader: ObjectReader) -> Place? {
    switch key {
    case "start":
      if reader.boolean(key) == false { reader.complain(key, "is false", "write true, or another time") }
      return start.place
    case "instruction": return reader.integer(key).map { .instruction($0) }
    case "time": return reader.duration(key).map { .time($0) }
    case "symbol": return reader.string(key).map { .symbol($0, nth: nth) }
    case "address": return reader.integer(key).map { .address($0, nth: nth) }
    case "event":
      guard let node = reader[key],
        let event = ObjectReader(node, path: reader.path(key), table: Fault.eventTable, problems: reader.problems)
      else { return nil }
      return EventFilter(event).map { .event($0, nth: nth) }
    case "access": return access(nth: nth, reader)
    default:
      guard let kind = actor(key, reader) else { return nil }
      return key == "enter" ? .enter(kind, nth: nth) : .leave(kind, nth: nth)
    }
  }

  private static func actor(_ key: String, _ reader: ObjectReader) -> ActorKind? {
    guard let kind = reader.word(key, ActorKind.self, noun: "actor") else { return nil }
    if kind == .application {
      reader.complain(
        key, "the application's code is the unikernel's: its coming and going is not told", "write unikernel")
    }
    return kind
  }

  private static func access(nth: UInt64, _ outer: ObjectReader) -> Place? {
    enum Access: String, CaseIterable { case read, write, execute, any }
    guard let node = outer["access"],
      let reader = ObjectReader(
        node, path: outer.path("access"), table: Fault.accessTable, problems: outer.problems),
      let place = FaultPlace(reader), let access = reader.word("access", Access.self, noun: "access")
    else { return nil }
    let count = reader.integer("count", in: 1...1 << 20, unit: "bytes") ?? 1
    let accesses: MemoryWatch.Accesses =
      switch access {
      case .read: .read
      case .write: .write
      case .execute: .execute
      case .any: [.read, .write, .execute]
      }
    return .access(place, count: count, accesses, nth: nth)
  }
}

extension FaultPlace {
  /// Addresses end so far before the address space that no count leads over its end.
  private static let addresses: ClosedRange<UInt64> = 0...UInt64.max - 1 << 32

  package init?(_ reader: ObjectReader, among places: [String] = Fault.places) {
    guard let key = Fault.single(places, of: reader) else { return nil }
    let offset = reader.integer("offset", in: 0...UInt64(UInt32.max)) ?? 0
    if key == "symbol" {
      guard let symbol = reader.string(key) else { return nil }
      self = .symbol(symbol, offset: offset)
      return
    }
    guard let address = reader.integer(key, in: Self.addresses) else { return nil }
    self = key == "address" ? .address(address + offset) : .physical(address + offset)
  }

  /// The symbol that has to be known.
  var symbol: String? { if case .symbol(let symbol, _) = self { symbol } else { nil } }
}
