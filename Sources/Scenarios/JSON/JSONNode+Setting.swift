extension JSONNode {
  /// Puts `value` where a pointer leads to: in the place of what is there, or as a new member or element. Objects on the
  /// way that are not there are made. In a list, "-" stands for the place after the last element (RFC 6901, section 4).
  mutating func set(_ pointer: JSONPointer, to value: JSONNode) throws(JSONPointer.SyntaxError) {
    try set(pointer.tokens[...], to: value, at: "$")
  }

  /// The same for a place that is told by its keys and indices.
  package mutating func set(_ tokens: [String], to value: JSONNode) throws(JSONPointer.SyntaxError) {
    try set(tokens[...], to: value, at: "$")
  }

  private mutating func set(
    _ tokens: ArraySlice<String>, to new: JSONNode, at path: String
  ) throws(JSONPointer.SyntaxError) {
    guard let token = tokens.first else {
      self = new
      return
    }
    switch value {
    case .object(var members):
      let index = members.firstIndex { $0.key == token } ?? members.count
      if index == members.count { members.append(Member(key: token, keyPosition: nil, value: .emptyObject)) }
      try members[index].value.set(tokens.dropFirst(), to: new, at: "\(path).\(token)")
      value = .object(members)
    case .array(var elements):
      let index = try Self.index(token, in: elements.count, path)
      if index == elements.count { elements.append(.emptyObject) }
      try elements[index].set(tokens.dropFirst(), to: new, at: "\(path)[\(index)]")
      value = .array(elements)
    default:
      throw JSONPointer.SyntaxError(
        problem: "\(path) is \(kindName), which has no \"\(token)\"", remedy: "set \(path) as a whole")
    }
  }

  private static func index(
    _ token: String, in count: Int, _ path: String
  ) throws(JSONPointer.SyntaxError) -> Int {
    if token == "-" { return count }
    let isNumber = !token.isEmpty && token.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    let remedy = (count == 0 ? "" : "give 0 to \(count - 1), or ") + "\"-\" to add one"
    guard isNumber, token == "0" || !token.hasPrefix("0") else {
      throw JSONPointer.SyntaxError(problem: "\(path) is a list, which has no \"\(token)\"", remedy: remedy)
    }
    guard let index = Int(token), index < count else {
      throw JSONPointer.SyntaxError(
        problem: "\(path) has \(count) element\(count == 1 ? "" : "s"), none with number \(token)", remedy: remedy)
    }
    return index
  }

  private static let emptyObject = JSONNode(value: .object([]), position: nil)

  /// The same value without places in a file.
  package var withoutPositions: JSONNode {
    let plain: Value =
      switch value {
      case .array(let elements): .array(elements.map(\.withoutPositions))
      case .object(let members):
        .object(members.map { Member(key: $0.key, keyPosition: nil, value: $0.value.withoutPositions) })
      default: value
      }
    return JSONNode(value: plain, position: nil)
  }
}
