/// A JSON value that remembers where in its file it stood, so that every complaint about it can point there.
public struct JSONNode: Equatable, Sendable {
  public indirect enum Value: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// The literal as written: whoever reads it decides which range and precision it needs.
    case number(String)
    case string(String)
    case array([JSONNode])
    /// In the order of the file; keys are unique.
    case object([Member])
  }

  public struct Member: Equatable, Sendable {
    public var key: String
    /// nil if no file holds it.
    public var keyPosition: JSONPosition?
    public var value: JSONNode
  }

  public var value: Value
  /// nil if no file holds it.
  public var position: JSONPosition?

  package init(value: Value, position: JSONPosition?) {
    self.value = value
    self.position = position
  }

  /// What a person would call this kind of value.
  public var kindName: String {
    switch value {
    case .null: "null"
    case .boolean: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value of `key` if this is an object that has it.
  public subscript(key: String) -> JSONNode? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }
}

/// A place in a text file; both counts start at 1, columns count characters as UTF-8 scalars.
public struct JSONPosition: Equatable, Sendable, CustomStringConvertible {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public var description: String { "\(line):\(column)" }
}

/// Why a text is not the JSON that RFC 8259 describes.
public struct JSONSyntaxError: Error, Equatable, Sendable {
  public var position: JSONPosition
  public var problem: String
}
