import NineP

extension ShareTree {
  /// The most links that a path may go through, as in Linux.
  private static let linksMax = 40

  /// Whether a symbolic link in `directory` leads to a place in the tree, existing or not, however it is followed.
  ///
  /// An absolute target, and a ".." that leaves the root on the way, do not. Links that run in circles lead nowhere.
  public func linkStaysInside(_ target: [UInt8], from directory: UInt64) -> Bool {
    var place = Place(directory: directory, missingDepth: 0)
    var steps = Self.steps(target)
    guard target.first != UInt8(ascii: "/") else { return false }
    var linkCount = 0
    while let step = steps.popLast() {
      if step.elementsEqual("..".utf8) {
        guard let above = above(place) else { return false }
        place = above
        continue
      }
      guard place.missingDepth == 0, let entry = try? entry(step, in: place.directory), let node = self[entry.node]
      else {
        place.missingDepth += 1
        continue
      }
      switch node.content {
      case .directory: place.directory = entry.node
      case .file: place.missingDepth += 1
      case .symbolicLink(let next):
        linkCount += 1
        guard linkCount <= Self.linksMax else { return true }
        guard next.first != UInt8(ascii: "/") else { return false }
        steps += Self.steps(next)
      }
    }
    return true
  }

  /// A directory, and how many names below it a path has gone without finding anything.
  private struct Place {
    var directory: UInt64
    var missingDepth: Int
  }

  private func above(_ place: Place) -> Place? {
    if place.missingDepth > 0 { return Place(directory: place.directory, missingDepth: place.missingDepth - 1) }
    guard place.directory != Self.root, let parent = try? parent(of: place.directory) else { return nil }
    return Place(directory: parent, missingDepth: 0)
  }

  /// The names of a path, the first one last.
  private static func steps(_ path: [UInt8]) -> [ArraySlice<UInt8>] {
    path.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.reversed()
  }
}
