/// The keys of one kind of object in a scenario. The published schema has a definition of the same name for each.
package struct KeyTable: Sendable {
  package let name: String
  package let keys: [String]
  package var required: [String]

  package init(name: String, keys: [String], required: [String] = []) {
    (self.name, self.keys, self.required) = (name, keys, required)
  }
}

/// Reads the members of one JSON object against its key table and notes every problem with file, place and mend.
///
/// A reading function that finds a problem notes it and returns nil: reading goes on to find the next one, and the
/// scenario is refused at the end.
package struct ObjectReader {
  package let node: JSONNode
  package let path: String
  package let problems: ProblemList
  private let members: [JSONNode.Member]

  package init?(_ node: JSONNode, path: String, table: KeyTable, problems: ProblemList) {
    guard case .object(let members) = node.value else {
      problems.add(node, path, "is \(node.kindName)", "write an object with keys \(table.keys.joined(separator: ", "))")
      return nil
    }
    self.node = node
    self.path = path
    self.problems = problems
    self.members = members
    for member in members where !table.keys.contains(member.key) {
      problems.add(
        member.keyPosition, path, "unknown key \"\(member.key)\"",
        remedyForName(member.key, among: table.keys, noun: "key"))
    }
    for key in table.required where self[key] == nil {
      problems.add(node, path, "key \"\(key)\" is missing", "add it")
    }
  }

  package subscript(key: String) -> JSONNode? { members.first { $0.key == key }?.value }

  package var keys: [String] { members.map(\.key) }

  package func path(_ key: String) -> String { "\(path).\(key)" }

  /// Notes a problem with the value of `key`, or with the whole object when it has no such key.
  package func complain(_ key: String, _ problem: String, _ remedy: String) {
    problems.add((self[key] ?? node).position, path(key), problem, remedy)
  }

  package func string(_ key: String) -> String? {
    guard let node = self[key] else { return nil }
    guard case .string(let text) = node.value else {
      complain(key, "is \(node.kindName)", "write a string")
      return nil
    }
    return text
  }

  package func boolean(_ key: String) -> Bool? {
    guard let node = self[key] else { return nil }
    guard case .boolean(let flag) = node.value else {
      complain(key, "is \(node.kindName)", "write true or false")
      return nil
    }
    return flag
  }

  /// An integer written as a number or, for addresses and masks, as a string such as "0x80000000".
  package func integer(_ key: String, in range: ClosedRange<UInt64> = 0...UInt64.max, unit: String = "") -> UInt64? {
    guard let node = self[key] else { return nil }
    let advice = "give \(range.lowerBound) to \(range.upperBound)\(unit.isEmpty ? "" : " ")\(unit)"
    guard let number = unsignedInteger(node) else {
      complain(key, "is no whole number from 0 to 2^64-1", advice)
      return nil
    }
    guard range.contains(number) else {
      complain(key, "\(number) is out of range", advice)
      return nil
    }
    return number
  }

  package func duration(_ key: String) -> VirtualDuration? {
    guard let node = self[key] else { return nil }
    guard case .string(let text) = node.value, let duration = VirtualDuration(text) else {
      complain(key, "is no time", "write a whole number with a unit, at most a day: \"500us\", \"20ms\", \"2s\"")
      return nil
    }
    return duration
  }

  /// One of the words of an enumeration.
  package func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type, noun: String) -> Word?
  where Word.RawValue == String {
    guard let text = string(key) else { return nil }
    if let word = Word(rawValue: text) { return word }
    complain(key, "\"\(text)\" is no \(noun)", remedyForName(text, among: type.allCases.map(\.rawValue), noun: noun))
    return nil
  }

  /// The elements of a list, each with its path.
  package func elements(_ key: String) -> [(node: JSONNode, path: String)] {
    guard let node = self[key] else { return [] }
    guard case .array(let elements) = node.value else {
      complain(key, "is \(node.kindName)", "write a list: [ … ]")
      return []
    }
    return elements.enumerated().map { ($0.element, "\(path(key))[\($0.offset)]") }
  }

  package func strings(_ key: String) -> [String] {
    elements(key).compactMap { element in
      guard case .string(let text) = element.node.value else {
        problems.add(element.node, element.path, "is \(element.node.kindName)", "write a string")
        return nil
      }
      return text
    }
  }

  /// The members of an object whose keys are free.
  package func entries(_ key: String) -> [JSONNode.Member] {
    guard let node = self[key] else { return [] }
    guard case .object(let members) = node.value else {
      complain(key, "is \(node.kindName)", "write an object: { … }")
      return []
    }
    return members
  }
}

/// A whole number from 0 to 2^64-1, as a JSON number or as a string in decimal or 0x hexadecimal.
package func unsignedInteger(_ node: JSONNode) -> UInt64? {
  switch node.value {
  case .number(let literal): return UInt64(literal)
  case .string(let text):
    if text.hasPrefix("0x") { return hexadecimal(text.dropFirst(2)) }
    return text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? UInt64(text) : nil
  default: return nil
  }
}

private func hexadecimal(_ digits: Substring) -> UInt64? {
  guard digits.first?.isHexDigit == true else { return nil }
  return UInt64(digits, radix: 16)
}
