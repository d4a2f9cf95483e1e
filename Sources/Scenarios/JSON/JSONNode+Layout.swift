extension JSONNode {
  /// The value as JSON for people: what fits on a line stands on one, as in the shipped scenarios. Ends with a newline.
  ///
  /// - Parameter width: of a line, in characters.
  package func laidOut(width: Int = 120) -> String { lines(indent: 0, before: 0, width) + "\n" }

  /// - Parameter before: how much stands on the first line before the value, or behind it.
  private func lines(indent: Int, before: Int, _ width: Int) -> String {
    let line = text
    if before > 0 || children.isEmpty, indent + before + line.count <= width { return line }
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch value {
    case .array(let elements) where !elements.isEmpty:
      let parts = elements.map { inner + $0.lines(indent: indent + 2, before: 1, width) }
      return "[\n" + parts.joined(separator: ",\n") + "\n\(outer)]"
    case .object(let members) where !members.isEmpty:
      let parts = members.map { member in
        let key = JSONText.string(member.key).text + ": "
        return inner + key + member.value.lines(indent: indent + 2, before: key.count + 1, width)
      }
      return "{\n" + parts.joined(separator: ",\n") + "\n\(outer)}"
    default: return line
    }
  }

  /// The elements of a list, or the values of an object's members.
  package var children: [JSONNode] {
    switch value {
    case .array(let elements): elements
    case .object(let members): members.map(\.value)
    default: []
    }
  }
}
