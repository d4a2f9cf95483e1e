import SimEvents

/// A JSON value to be written: members keep their order, so the same value is always the same text.
public indirect enum JSONText: Sendable {
  case boolean(Bool)
  case integer(UInt64)
  /// A literal as JSON writes numbers.
  case number(String)
  case string(String)
  case array([JSONText])
  case object([(key: String, value: JSONText)])

  /// The text on one line.
  public var text: String {
    switch self {
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): "\(number)"
    case .number(let literal): literal
    case .string(let string): Self.quoted(string)
    case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }

  /// An object with more members at its end.
  public func adding(_ members: [(key: String, value: JSONText)]) -> JSONText {
    guard case .object(let own) = self else { return self }
    return .object(own + members)
  }

  /// Quoted as in the event listings.
  private static func quoted(_ string: String) -> String { EventFieldValue.text(string).json }
}
