import NineP

extension ShareTree {
  /// No run can count this far.
  private static let countersMax: UInt64 = 1 << 62

  /// Whether the tree is one that operations on a share can have led to: asked of trees that come from a file.
  var isPossible: Bool {
    guard nodes.first?.number == Self.root, nodes.last.map({ $0.number < nextNode }) ?? false,
      nextNode < Self.countersMax
    else { return false }
    guard limits.bytesMax >= 0, limits.depthMax >= 0, entryCount <= limits.entriesMax else { return false }
    for (node, next) in zip(nodes, nodes.dropFirst()) where node.number >= next.number { return false }
    var bytes = 0
    for node in nodes {
      bytes += node.content.byteCount
      guard node.linkCount <= 1, bytes <= limits.bytesMax else { return false }
    }
    return bytes == contentBytes && everyNameIsPossible
  }

  /// Goes through all directories from the root: every named file is met once, and no other has a name.
  private var everyNameIsPossible: Bool {
    var named: Set<UInt64> = [Self.root]
    var waiting: [(number: UInt64, parent: UInt64, depth: Int)] = [(Self.root, Self.root, 0)]
    while let (number, parent, depth) = waiting.popLast() {
      guard let node = self[number], node.linkCount == 1 else { return false }
      guard case .directory(let entries, let above, let nextCookie) = node.content, above == parent,
        depth <= limits.depthMax
      else {
        return false
      }
      var lastCookie = Self.firstCookie - 1
      for entry in entries {
        guard entry.cookie > lastCookie, entry.cookie < nextCookie, named.insert(entry.node).inserted,
          entry.name.withUnsafeBytes({ ByteView($0).isEntryName }), let child = self[entry.node], child.linkCount == 1
        else { return false }
        lastCookie = entry.cookie
        if child.content.isDirectory { waiting.append((entry.node, number, depth + 1)) }
      }
      guard Set(entries.map(\.name)).count == entries.count else { return false }
    }
    return nodes.allSatisfy { node in
      if case .directory(let entries, _, _) = node.content, node.linkCount == 0 { return entries.isEmpty }
      return node.linkCount == 0 || named.contains(node.number)
    }
  }
}
