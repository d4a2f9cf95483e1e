import NineP

extension ShareTree {
  /// No run can count this far.
  private static let countersMax: UInt64 = 1 << 62

  /// Whether the tree holds together when nobody has a fid.
  func _checkInvariants() -> Bool { isPossible(fids: [:]) }

  /// Whether the tree is one that operations on a share can have led to: asked of trees that come from a file.
  ///
  /// - Parameter fids: how many fids each file has.
  func isPossible(fids: [UInt64: UInt32]) -> Bool {
    guard nodes.first?.number == Self.root, nodes.last.map({ $0.number < nextNode }) ?? false,
      nextNode < Self.countersMax, nextIdentity < Self.countersMax
    else { return false }
    guard limits.bytesMax >= 0, limits.depthMax >= 0, nameCount <= limits.entriesMax else { return false }
    for (node, next) in zip(nodes, nodes.dropFirst()) where node.number >= next.number { return false }
    var bytes = 0
    for node in nodes {
      bytes += node.content.byteCount
      guard bytes <= limits.bytesMax else { return false }
    }
    return bytes == contentBytes && everyNameIsPossible(fids: fids)
  }

  /// Goes through all directories from the root, counts names, and compares with what each file says of itself.
  private func everyNameIsPossible(fids: [UInt64: UInt32]) -> Bool {
    var links: [UInt64: UInt32] = [Self.root: 2]
    var identities: Set<UInt64> = []
    var waiting: [(number: UInt64, parent: UInt64, depth: Int)] = [(Self.root, Self.root, 0)]
    while let (number, parent, depth) = waiting.popLast() {
      guard let node = self[number], case .directory(let entries, let above, let nextCookie) = node.content,
        above == parent, depth <= limits.depthMax
      else { return false }
      var lastCookie = Self.firstCookie - 1
      for entry in entries {
        guard entry.cookie > lastCookie, entry.cookie < nextCookie, entry.identity < nextIdentity,
          identities.insert(entry.identity).inserted, entry.name.withUnsafeBytes({ ByteView($0).isEntryName }),
          let child = self[entry.node]
        else { return false }
        lastCookie = entry.cookie
        if child.content.isDirectory {
          // A directory has one name.
          guard links[entry.node] == nil else { return false }
          links[entry.node] = 2
          links[number, default: 0] += 1
          waiting.append((entry.node, number, depth + 1))
        } else {
          links[entry.node, default: 0] += 1
        }
      }
      guard Set(entries.map(\.name)).count == entries.count else { return false }
    }
    guard identities.count == nameCount else { return false }
    return holdsArePossible(fids: fids, links: links)
  }

  /// Whether every file has the links that were counted, and is kept by as many as it says, by somebody if it has no name.
  private func holdsArePossible(fids: [UInt64: UInt32], links: [UInt64: UInt32]) -> Bool {
    var holds = fids
    for node in nodes {
      guard links[node.number, default: 0] == node.linkCount else { return false }
      guard node.linkCount == 0, case .directory(let entries, let parent, let nextCookie) = node.content else {
        continue
      }
      // The way up from a removed directory ends at the root too.
      guard entries.isEmpty, nextCookie >= Self.firstCookie, self[parent]?.content.isDirectory ?? false,
        reachesRoot(parent)
      else { return false }
      holds[parent, default: 0] += 1
    }
    return nodes.allSatisfy { node in
      holds[node.number, default: 0] == node.holdCount && (node.linkCount > 0 || node.holdCount > 0)
    }
  }

  private func reachesRoot(_ directory: UInt64) -> Bool {
    var place = directory
    for _ in 0..<nodes.count {
      if place == Self.root { return true }
      guard let above = try? parent(of: place) else { return false }
      place = above
    }
    return false
  }
}
