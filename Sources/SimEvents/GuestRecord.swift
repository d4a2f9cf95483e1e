/// What the guest writes to the trace port, by its first word. Records are data, not evidence: whoever reads them asks who wrote them
/// (``Event/actor``).
public enum GuestRecord: Equatable, Sendable {
  /// An extension was stopped, says the guest.
  case contained(detail: String)
  case refused(detail: String)
  case panic(detail: String)
  case application(detail: String)
  case domainEntered(name: String)
  case domainLeft(name: String)
  case loaded(name: String, base: UInt64, size: UInt64)
  case freed(name: String)
  case threadSwitched(name: String)
  case other(name: String, detail: String)

  /// The first words of records, as filters and groups of events have them.
  public enum Name: String, CaseIterable, Sendable {
    case contained, refused, panic, application, domain, loader, thread, bpf
  }

  /// - Parameters: of ``EventPayload/guest(name:detail:)``.
  public init(name: String, detail: String) {
    switch Name(rawValue: name) {
    case .contained: self = .contained(detail: detail)
    case .refused: self = .refused(detail: detail)
    case .panic: self = .panic(detail: detail)
    case .application: self = .application(detail: detail)
    case .domain where detail.hasPrefix("enter overlay "): self = .domainEntered(name: String(detail.dropFirst(14)))
    case .domain where detail.hasPrefix("leave "): self = .domainLeft(name: String(detail.dropFirst(6)))
    case .loader where detail.hasPrefix("free "): self = .freed(name: String(detail.dropFirst(5)))
    case .loader: self = Self.load(detail) ?? .other(name: name, detail: detail)
    case .thread where detail.hasPrefix("switch "): self = .threadSwitched(name: String(detail.dropFirst(7)))
    default: self = .other(name: name, detail: detail)
    }
  }

  /// `load NAME base=0x… size=…`, whose name may have spaces.
  private static func load(_ detail: String) -> GuestRecord? {
    let words = detail.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 4, words[0] == "load", words[words.count - 2].hasPrefix("base=0x"),
      words[words.count - 1].hasPrefix("size="),
      let base = UInt64(words[words.count - 2].dropFirst(7), radix: 16),
      let size = UInt64(words[words.count - 1].dropFirst(5))
    else { return nil }
    return .loaded(name: words[1..<words.count - 2].joined(separator: " "), base: base, size: size)
  }
}

extension EventPayload {
  /// The guest's record, if this is one.
  public var guestRecord: GuestRecord? {
    if case .guest(let name, let detail) = self { GuestRecord(name: name, detail: detail) } else { nil }
  }
}
