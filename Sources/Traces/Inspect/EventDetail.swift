import PKRUModel
import Scenarios
import SimEvents

/// One event in full: each field on its own line, with what its bits and addresses mean.
public struct EventDetail {
  private let numbered: NumberedEvent
  private let trace: TraceHeader
  private let eventCount: UInt64
  private let symbols: TraceSymbols

  public init(_ numbered: NumberedEvent, of trace: TraceReader, symbols: TraceSymbols) {
    (self.numbered, self.trace, eventCount, self.symbols) = (numbered, trace.header, trace.eventCount, symbols)
  }

  public var text: String {
    let event = numbered.event
    let time = nanoseconds(cycles: event.time, hertz: trace.clockHz)
    let lines =
      [
        ("event", "\(numbered.number) of \(eventCount)"), ("kind", event.payload.kind.name),
        ("time", "\(event.time) cycles, \(time) ns"), ("instruction", "\(event.instruction)"),
      ] + event.knownFields.map { ($0.name, $0.value.text + meaning(of: $0.name, $0.value)) }
    let width = (lines.map(\.0.count).max() ?? 0) + 2
    return lines.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + $0.1 }.joined(separator: "\n")
  }

  private func meaning(of field: String, _ value: EventFieldValue) -> String {
    guard case .address(let bits) = value else { return "" }
    let meaning: String? =
      switch (field, numbered.event.payload) {
      case ("errorCode", .accessDenied), ("errorCode", .exception(14, _, _, _)): Self.pageFault(bits)
      case ("pkru", _), ("old", .pkruWrite), ("new", .pkruWrite): Self.rights(bits)
      default:
        numbered.event.payload.places.contains { $0.field == field }
          ? symbols.nameAndLine(of: bits, at: numbered.number) : nil
      }
    return meaning.map { " (\($0))" } ?? ""
  }

  private static func pageFault(_ bits: UInt64) -> String {
    let code = PageFaultErrorCode(rawValue: UInt32(truncatingIfNeeded: bits))
    let names: [(PageFaultErrorCode, String)] = [
      (.present, "present"), (.write, "write"), (.user, "user"), (.reserved, "reserved bit"), (.instruction, "fetch"),
      (.protectionKey, "protection key"),
    ]
    let set = names.filter { code.contains($0.0) }.map(\.1)
    return set.isEmpty ? "not present, read" : set.joined(separator: ", ")
  }

  /// The keys whose pages may not be used freely.
  private static func rights(_ bits: UInt64) -> String {
    let pkru = PKRU(rawValue: UInt32(truncatingIfNeeded: bits))
    let limits = (0..<16 as Range<UInt8>).compactMap { number -> String? in
      guard let key = ProtectionKey(rawValue: number) else { return nil }
      if pkru.accessDisabled(key) { return "key \(number): no access" }
      return pkru.writeDisabled(key) ? "key \(number): no writes" : nil
    }
    return limits.isEmpty ? "all rights" : limits.joined(separator: ", ")
  }
}
