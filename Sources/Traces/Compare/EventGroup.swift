import SimEvents

/// A named choice of events, for comparisons that look at one thing only.
public enum EventGroup: String, CaseIterable, Sendable {
  case console, faults, keys, interrupts, threads, domain, loader, bpf, ninep, queues, devices, registers, memory,
    script

  /// What belongs to it; a kind may belong to several groups.
  var parts: [EventPart] {
    switch self {
    case .console: [.init(.consoleOutput), .init(.consoleInput)]
    case .faults:
      [.init(.exception), .init(.accessDenied), .init(.tripleFault), .init(.guest, records: [.contained, .panic])]
    case .keys: [.init(.pkruWrite), .init(.accessDenied), .init(.guardedAccess)]
    case .interrupts: [.init(.interrupt), .init(.halt)]
    case .threads: [.init(.guest, records: [.thread])]
    case .domain: [.init(.guest, records: [.domain, .contained]), .init(.crossing)]
    case .loader: [.init(.guest, records: [.loader, .refused])]
    case .bpf: [.init(.guest, records: [.bpf])]
    case .ninep: [.init(.ninePRequest), .init(.ninePReply)]
    case .queues: [.init(.queueNotify), .init(.descriptorChain), .init(.usedChain), .init(.queueError)]
    case .devices: [.init(.portAccess), .init(.mmioAccess), .init(.deviceStatus)]
    case .registers:
      [.init(.controlRegisterWrite), .init(.msrWrite), .init(.descriptorTableWrite), .init(.sync, fields: ["cpu"])]
    case .memory: [.init(.sync, fields: ["memory"])]
    case .script: [.init(.scriptStep), .init(.faultInjected), .init(.debugExit), .init(.outcome)]
    }
  }

  /// For help: its kinds, with the guest's records in brackets and single fields after a dot.
  public var summary: String {
    parts.map { part in
      let name = part.kind.name
      if let records = part.records { return "\(name)[\(records.map(\.rawValue).joined(separator: ", "))]" }
      return part.fields.map { fields in fields.map { "\(name).\($0)" }.joined(separator: ", ") } ?? name
    }.joined(separator: ", ")
  }
}

/// A kind of event, or a part of its events, or of their fields.
struct EventPart: Equatable, Sendable {
  var kind: EventKind
  /// Of the guest's records, only those with one of these names.
  var records: [GuestRecord.Name]?
  /// Only these fields count.
  var fields: [String]?

  init(_ kind: EventKind, records: [GuestRecord.Name]? = nil, fields: [String]? = nil) {
    (self.kind, self.records, self.fields) = (kind, records, fields)
  }

  func contains(_ payload: EventPayload) -> Bool {
    guard payload.kind == kind else { return false }
    guard let records else { return true }
    if case .guest(let name, _) = payload { return GuestRecord.Name(rawValue: name).map(records.contains) ?? false }
    return false
  }

  /// Whether nothing is left of `part` where this one is taken away.
  func covers(_ part: EventPart) -> Bool {
    func isWithin<Name: Equatable>(_ theirs: [Name]?, _ own: [Name]?) -> Bool {
      guard let own else { return true }
      return theirs?.allSatisfy(own.contains) ?? false
    }
    return kind == part.kind && isWithin(part.records, records) && isWithin(part.fields, fields)
  }
}
