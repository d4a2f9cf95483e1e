import NineP

/// What a client's handle stands for.
public struct Fid: Equatable, Sendable, Codable {
  /// The file, by its number in the tree.
  public var node: UInt64
  /// The flags of the open, or nil while it is not open.
  public var openFlags: UInt32?
}

/// A 9P session as plain data: the agreed size, the fids in order, and the tree they point into.
public struct NinePSession: Equatable, Sendable, Codable {
  /// The greatest message in bytes; nil until a version was agreed on.
  public var messageBytesMax: UInt32?
  /// Ordered by fid.
  public internal(set) var fids: [NumberedFid] = []
  public var tree: ShareTree

  public struct NumberedFid: Equatable, Sendable, Codable {
    public var number: UInt32
    public var fid: Fid
  }

  public init(tree: ShareTree) {
    self.tree = tree
  }

  private func position(_ number: UInt32) -> Int {
    var low = 0
    var high = fids.count
    while low < high {
      let middle = (low + high) / 2
      if fids[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func fid(_ number: UInt32) throws(ErrorNumber) -> Fid {
    let place = position(number)
    guard place < fids.count, fids[place].number == number else { throw .badFile }
    return fids[place].fid
  }

  func contains(fid number: UInt32) -> Bool {
    (try? fid(number)) != nil
  }

  mutating func set(_ fid: Fid, for number: UInt32) {
    let place = position(number)
    if place < fids.count, fids[place].number == number {
      let old = fids[place].fid.node
      fids[place].fid = fid
      if old != fid.node { releaseIfUnused(old) }
    } else {
      fids.insert(NumberedFid(number: number, fid: fid), at: place)
    }
  }

  mutating func remove(_ number: UInt32) throws(ErrorNumber) {
    let node = try fid(number).node
    fids.remove(at: position(number))
    releaseIfUnused(node)
  }

  mutating func removeAll() {
    let nodes = fids.map(\.fid.node)
    fids = []
    for node in nodes { tree.release(node) }
  }

  /// Forgets a file without a name when this was the last handle on it.
  mutating func releaseIfUnused(_ node: UInt64) {
    guard !fids.contains(where: { $0.fid.node == node }) else { return }
    tree.release(node)
  }

  /// Whether the fids are what a run can have led to.
  var isPossible: Bool {
    guard fids.count <= NinePServer.fidsMax else { return false }
    guard (messageBytesMax ?? NinePServer.messageBytesMin) >= NinePServer.messageBytesMin,
      (messageBytesMax ?? 0) <= NinePServer.messageBytesMax
    else { return false }
    for (index, entry) in fids.enumerated() {
      if index > 0 && fids[index - 1].number >= entry.number { return false }
      if tree[entry.fid.node] == nil { return false }
    }
    let held = fids.map(\.fid.node)
    return tree.isPossible && tree.nodes.allSatisfy { $0.linkCount > 0 || held.contains($0.number) }
  }
}
