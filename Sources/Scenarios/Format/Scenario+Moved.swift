import Foundation

extension Scenario {
  /// The same scenario for a file in another folder: all that it names lies where it lay.
  ///
  /// - Parameters:
  ///   - folder: that of the file that the scenario was read from. Must be there.
  ///   - other: that of the file that will be written. Must be there.
  package static func moved(_ tree: JSONNode, from folder: URL, to other: URL) -> JSONNode {
    let (from, to) = (RealFolder(folder), RealFolder(other))
    guard from != to else { return tree }
    return tree.changingStrings(at: []) { place, path in
      let isPath = hostPaths.contains { $0 == place } && !path.contains("://") && !path.isEmpty
      return isPath ? from.path(of: path, seenFrom: to) : path
    }
  }

  /// Where in a scenario paths of the host stand; "*" for any element of a list.
  private static let hostPaths = [
    ["$schema"], ["guest", "image"], ["guest", "initrd"], ["guest", "modules", "*", "file"],
    ["machine", "disk", "file"], ["share", "folder"],
  ]
}

extension ScenarioFile {
  /// The scenario as a file in another folder, which must be there: JSON for people that names the same files.
  public func text(in other: URL) -> String {
    guard let tree = try? Scenario.tree(text, file: path) else {
      preconditionFailure("a scenario's text was read before")
    }
    return Scenario.moved(tree, from: folder, to: other).laidOut()
  }
}

/// A folder without symbolic links, so that ".." is the folder above.
private struct RealFolder: Equatable {
  var names: [String]

  init(_ folder: URL) {
    let real = realpath(folder.path, nil)
    defer { free(real) }
    let path = real.map { String(cString: $0) } ?? folder.standardizedFileURL.path
    names = path.split(separator: "/").map(String.init)
  }

  /// A path that is relative to this folder as one that is relative to another.
  func path(of path: String, seenFrom other: RealFolder) -> String {
    var base = names
    var rest = path.split(separator: "/").filter { $0 != "." }[...]
    // Only at the beginning: what follows may be a link.
    while rest.first == "..", !base.isEmpty {
      base.removeLast()
      rest = rest.dropFirst()
    }
    let shared = zip(base, other.names).prefix { $0 == $1 }.count
    let up = Array(repeating: "..", count: other.names.count - shared)
    let whole = up + base[shared...] + rest.map(String.init)
    return whole.isEmpty ? "." : whole.joined(separator: "/")
  }
}

extension JSONNode {
  /// - Parameter place: the keys that lead here.
  fileprivate func changingStrings(at place: [String], _ change: ([String], String) -> String) -> JSONNode {
    var node = self
    switch value {
    case .string(let text): node.value = .string(change(place, text))
    case .array(let elements): node.value = .array(elements.map { $0.changingStrings(at: place + ["*"], change) })
    case .object(let members):
      node.value = .object(
        members.map { member in
          var member = member
          member.value = member.value.changingStrings(at: place + [member.key], change)
          return member
        })
    default: break
    }
    return node
  }
}
