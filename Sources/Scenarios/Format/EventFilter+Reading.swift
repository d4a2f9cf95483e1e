import SimEvents

extension EventFilter {
  static let keys = ["kind", "where"]
  static let containsTable = KeyTable(name: "containsText", keys: ["contains"], required: ["contains"])

  /// Reads "kind" and "where" of an object that may have further keys.
  package init?(_ reader: ObjectReader) {
    guard let name = reader.string("kind") else { return nil }
    guard let kind = EventKind.allCases.first(where: { $0.name == name }),
      let fields = EventVocabulary.fields(ofKind: name)
    else {
      reader.complain(
        "kind", "\"\(name)\" is no kind of event", remedyForName(name, among: EventVocabulary.kinds, noun: "kind"))
      return nil
    }
    var conditions: [FieldCondition] = []
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
    self.init(kind: kind, conditions: conditions)
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
}
