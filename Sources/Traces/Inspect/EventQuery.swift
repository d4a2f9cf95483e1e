import GuestOS
import PKRUModel
import Scenarios
import SimEvents

/// Which events of a trace to show: those that meet every condition given.
public struct EventQuery: Sendable {
  /// Kinds and groups, by name; none: all.
  public var kinds: [String] = []
  /// Virtual time in cycles.
  public var times: ClosedRange<UInt64> = 0 ... .max
  /// Whose instruction or accessed address belongs to a symbol or program of this name, or whose name matches this
  /// pattern (docs/scenario-format.md).
  public var symbol: String?
  /// That concern this protection key: a refused access to its pages, or a write to PKRU that changes its rights.
  public var key: UInt8?

  public init() {}

  /// The query for the events of one trace.
  public func resolved(_ symbols: TraceSymbols) throws(QueryError) -> ResolvedQuery {
    let selection: EventSelection
    do throws(SelectionError) { selection = try EventSelection(projected: kinds, ignored: []) } catch {
      throw QueryError("--kind: \(error)")
    }
    if let key, ProtectionKey(rawValue: key) == nil {
      throw QueryError("--key: \(key) is no protection key; they are 0 to 15")
    }
    return ResolvedQuery(
      selection: selection, times: times, names: try symbolNames(among: symbols),
      key: key.flatMap { ProtectionKey(rawValue: $0) }, symbols: symbols)
  }

  private func symbolNames(among symbols: TraceSymbols) throws(QueryError) -> Set<String>? {
    guard let text = symbol else { return nil }
    let known = symbols.names.map { (mangled: $0, readable: readableName($0)) }
    let exact = known.filter { $0.mangled == text || $0.readable == text }
    if !exact.isEmpty { return Set(exact.map(\.mangled)) }
    let pattern: Pattern
    do { pattern = try Pattern(text) } catch {
      throw QueryError("--symbol: \(text): \(error.problem), at byte \(error.offset)")
    }
    let matching = known.filter { name in
      var matcher = PatternMatcher(pattern)
      for byte in name.readable.utf8 where matcher.feed(byte) { return true }
      return matcher.finish()
    }
    guard !matching.isEmpty else {
      throw QueryError(
        "--symbol: no symbol or program is named or matches \"\(text)\"; "
          + (symbols.image == nil
            ? "the trace's image is not at hand: put it into images/ beside the trace"
            : remedyForName(text, among: known.map(\.readable), noun: "symbol")),
        isAboutName: true)
    }
    return Set(matching.map(\.mangled))
  }
}

/// A query whose names are known to exist.
public struct ResolvedQuery: Sendable {
  let selection: EventSelection
  let times: ClosedRange<UInt64>
  let names: Set<String>?
  let key: ProtectionKey?
  let symbols: TraceSymbols

  public func matches(_ numbered: NumberedEvent) -> Bool {
    let payload = numbered.event.payload
    guard times.contains(numbered.event.time), selection.fields(of: payload) != .none else { return false }
    if let key, !payload.concerns(key) { return false }
    guard let names else { return true }
    return payload.places.contains { place in
      symbols.place(of: place.address, at: numbered.number).map { names.contains($0.name) } ?? false
    }
  }
}

extension EventPayload {
  fileprivate func concerns(_ key: ProtectionKey) -> Bool {
    switch self {
    case .accessDenied(_, _, _, _, let refused, _, _): refused == key.rawValue
    case .pkruWrite(let old, let new, _):
      PKRU(rawValue: old).changedKeys(from: PKRU(rawValue: new)) & 1 << UInt16(key.rawValue) != 0
    default: false
    }
  }
}

/// A question that can't be asked of this trace.
public struct QueryError: Error, Equatable, CustomStringConvertible {
  public var description: String
  /// A name in it means nothing, as far as is known.
  var isAboutName = false

  init(_ description: String, isAboutName: Bool = false) {
    self.description = description
    self.isAboutName = isAboutName
  }
}
