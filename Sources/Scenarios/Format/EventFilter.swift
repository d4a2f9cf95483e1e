import SimEvents

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
  }

  public var kind: EventKind
  public var conditions: [FieldCondition]

  public init(kind: EventKind, conditions: [FieldCondition] = []) {
    self.kind = kind
    self.conditions = conditions
  }

  static let keys = ["kind", "where"]
  static let containsTable = KeyTable(name: "containsText", keys: ["contains"], required: ["contains"])

  /// Reads "kind" and "where" of an object that may have further keys.
  init?(_ reader: ObjectReader) {
    guard let name = reader.string("kind") else { return nil }
    guard let kind = EventKind.allCases.first(where: { $0.name == name }),
      let fields = EventVocabulary.fields(ofKind: name)
    else {
      reader.complain(
        "kind", "\"\(name)\" is no kind of event", remedyForName(name, among: EventVocabulary.kinds, noun: "kind"))
      return nil
    }
    self.kind = kind
    conditions = []
    for member in reader.entries("where") {
      let path = "\(reader.path("where")).\(member.key)"
      guard fields.contains(where: { $0.name == member.key }) else {
        reader.problems.add(
          member.keyPosition, path, "\(name) has no field \"\(member.key)\"",
          remedyForName(member.key, among: fields.map(\.name), noun: "field"))
        continue
      }
      let isText = fields.contains { $0.name == member.key && $0.isText }
      if let condition = Self.condition(member.value, path: path, isText: isText, problems: reader.problems) {
        conditions.append(.init(field: member.key, condition: condition))
      }
    }
  }

  private static func condition(
    _ node: JSONNode, path: String, isText: Bool, problems: ProblemList
  ) -> Condition? {
    if isText {
      if case .string(let text) = node.value { return .equalsText(text) }
      guard case .object = node.value,
        let reader = ObjectReader(node, path: path, table: containsTable, problems: problems)
      else {
        problems.add(node, path, "is \(node.kindName)", "write a string, or {\"contains\": \"part of it\"}")
        return nil
      }
      return reader.string("contains").map { .containsText($0) }
    }
    if case .boolean(let flag) = node.value { return .equalsNumber(flag ? 1 : 0) }
    guard let number = unsignedInteger(node) else {
      problems.add(node, path, "is no number", "write a whole number, or in hexadecimal \"0x23\"")
      return nil
    }
    return .equalsNumber(number)
  }

  public func matches(_ payload: EventPayload) -> Bool {
    guard payload.kind == kind else { return false }
    if conditions.isEmpty { return true }
    let fields = payload.fields
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
  fileprivate func holds(for value: EventFieldValue) -> Bool {
    switch (self, value) {
    case (.equalsNumber(let wanted), .unsigned(let number)), (.equalsNumber(let wanted), .address(let number)):
      wanted == number
    case (.equalsNumber(let wanted), .flag(let flag)): wanted == (flag ? 1 : 0)
    case (.equalsText(let wanted), .text(let text)): wanted == text
    case (.equalsText(let wanted), .bytes(let bytes)): Array(wanted.utf8) == bytes
    case (.containsText(let wanted), .text(let text)): text.contains(wanted)
    case (.containsText(let wanted), .bytes(let bytes)): String(decoding: bytes, as: UTF8.self).contains(wanted)
    default: false
    }
  }
}
