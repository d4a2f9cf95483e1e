/// Which events are meant: a kind, and conditions on its fields.
public struct EventFilter: Equatable, Sendable, CustomStringConvertible {
  public enum Condition: Equatable, Sendable {
    case equalsNumber(UInt64)
    case equalsText(String)
    case containsText(String)
  }

  public struct FieldCondition: Equatable, Sendable {
    public var field: String
    public var condition: Condition

    public init(field: String, condition: Condition) {
      self.field = field
      self.condition = condition
    }
  }

  public var kind: EventKind
  public var conditions: [FieldCondition]

  public init(kind: EventKind, conditions: [FieldCondition] = []) {
    self.kind = kind
    self.conditions = conditions
  }

  public func matches(_ event: Event) -> Bool {
    guard event.payload.kind == kind else { return false }
    if conditions.isEmpty { return true }
    let fields = event.fields
    return conditions.allSatisfy { wanted in
      fields.contains { $0.name == wanted.field && wanted.condition.holds(for: $0.value) }
    }
  }

  public var description: String {
    let conditions = conditions.map { wanted in
      switch wanted.condition {
      case .equalsNumber(let number): "\(wanted.field) = \(number)"
      case .equalsText(let text): "\(wanted.field) = \"\(text)\""
      case .containsText(let part): "\(wanted.field) contains \"\(part)\""
      }
    }
    return conditions.isEmpty ? kind.name : "\(kind.name) with \(conditions.joined(separator: ", "))"
  }
}

extension EventFilter.Condition {
  /// Texts are compared byte by byte: as characters, which Swift's strings compare, CR and LF are one and so hold no LF.
  fileprivate func holds(for value: EventFieldValue) -> Bool {
    switch (self, value) {
    case (.equalsNumber(let wanted), .unsigned(let number)), (.equalsNumber(let wanted), .address(let number)):
      wanted == number
    case (.equalsNumber(let wanted), .flag(let flag)): wanted == (flag ? 1 : 0)
    case (.equalsText(let wanted), .text(let text)): wanted.utf8.elementsEqual(text.utf8)
    case (.equalsText(let wanted), .bytes(let bytes)): wanted.utf8.elementsEqual(bytes)
    case (.containsText(let wanted), .text(let text)): text.utf8.contains(wanted.utf8)
    case (.containsText(let wanted), .bytes(let bytes)): bytes.contains(wanted.utf8)
    default: false
    }
  }
}
