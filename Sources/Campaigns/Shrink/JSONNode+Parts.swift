import Scenarios

/// Places in a JSON value: which child to take at each level, counted from 0.
typealias NodePath = [Int]

extension JSONNode {
  subscript(path: NodePath) -> JSONNode {
    get { path.reduce(self) { $0.children[$1] } }
    set { self = replacing(path[...], with: newValue) }
  }

  private func replacing(_ path: ArraySlice<Int>, with new: JSONNode) -> JSONNode {
    guard let index = path.first else { return new }
    var node = self
    switch value {
    case .array(var elements):
      elements[index] = elements[index].replacing(path.dropFirst(), with: new)
      node.value = .array(elements)
    case .object(var members):
      members[index].value = members[index].value.replacing(path.dropFirst(), with: new)
      node.value = .object(members)
    default: preconditionFailure("\(kindName) has no parts")
    }
    return node
  }

  /// The same list or object with some of its children only.
  func keeping(_ indices: [Int]) -> JSONNode {
    var node = self
    switch value {
    case .array(let elements): node.value = .array(indices.map { elements[$0] })
    case .object(let members): node.value = .object(indices.map { members[$0] })
    default: preconditionFailure("\(kindName) has no parts")
    }
    return node
  }

  /// The names of the children: keys, and "*" for each element of a list.
  var childNames: [String] {
    switch value {
    case .array(let elements): elements.map { _ in "*" }
    case .object(let members): members.map(\.key)
    default: []
    }
  }

  /// An object without some of its members.
  func without(_ keys: Set<String>) -> JSONNode {
    keeping(childNames.indices.filter { !keys.contains(childNames[$0]) })
  }
}
