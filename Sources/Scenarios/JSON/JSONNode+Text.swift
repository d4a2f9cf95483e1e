extension JSONNode {
  /// The value as JSON on one line; numbers as they were written.
  package var text: String {
    switch value {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .number(let literal): literal
    case .string(let string): JSONText.string(string).text
    case .array(let elements): "[" + elements.map(\.text).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { JSONText.string($0.key).text + ": " + $0.value.text }.joined(separator: ", ") + "}"
    }
  }
}
