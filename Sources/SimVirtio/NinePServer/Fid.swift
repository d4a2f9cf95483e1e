import NineP

/// What a client's handle stands for.
public struct Fid: Equatable, Sendable, Codable {
  public enum Use: Equatable, Sendable, Codable {
    /// It names a file and no more.
    case path
    /// It reads, writes or lists with the flags of its open. A listing does not go beyond `listingEnd`, the first cookie
    /// that was not given out when the listing began, so that it ends whatever is made meanwhile.
    case open(flags: UInt32, listingEnd: UInt64)
    /// It lists extended attributes, of which no file has any.
    case attributeNames
  }

  /// The file, by its number in the tree.
  public var node: UInt64
  /// The name by which a file was reached, by its number: what Tremove removes. Nil for directories, which have one name.
  public var identity: UInt64?
  /// Who attached.
  public var user: UInt32 = 0
  public var use = Use.path
  /// The locks taken by it.
  public var locks: [HeldLock] = []

  var openFlags: UInt32? {
    if case .open(let flags, _) = use { return flags }
    return nil
  }
}

/// A lock that a client holds.
public struct HeldLock: Equatable, Sendable, Codable {
  /// ``LockType/read`` or ``LockType/write``.
  public var type: UInt8
  /// The first and the last byte.
  public var first: UInt64
  public var last: UInt64
  public var process: UInt32
  /// The client's name for itself.
  public var client: [UInt8]
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

  /// Makes a fid, or changes one. The file that it stands for is kept until then.
  mutating func set(_ fid: Fid, for number: UInt32) {
    tree.hold(fid.node)
    let place = position(number)
    if place < fids.count, fids[place].number == number {
      let old = fids[place].fid.node
      fids[place].fid = fid
      tree.letGo(old)
    } else {
      fids.insert(NumberedFid(number: number, fid: fid), at: place)
    }
  }

  mutating func remove(_ number: UInt32) throws(ErrorNumber) {
    let node = try fid(number).node
    fids.remove(at: position(number))
    tree.letGo(node)
  }

  mutating func removeAll() {
    let nodes = fids.map(\.fid.node)
    fids = []
    for node in nodes { tree.letGo(node) }
  }

  /// The locks of all fids.
  var lockCount: Int { fids.reduce(0) { $0 + $1.fid.locks.count } }

  /// Whether fids, locks and files fit together, as after every request they must.
  public func _checkInvariants() -> Bool { isPossible }

  /// Whether the fids are what a run can have led to.
  var isPossible: Bool {
    guard fids.count <= NinePServer.fidsMax, lockCount <= NinePServer.locksMax else { return false }
    guard (messageBytesMax ?? NinePServer.messageBytesMin) >= NinePServer.messageBytesMin,
      (messageBytesMax ?? 0) <= NinePServer.messageBytesMax
    else { return false }
    var counts: [UInt64: UInt32] = [:]
    for (index, entry) in fids.enumerated() {
      if index > 0 && fids[index - 1].number >= entry.number { return false }
      guard tree[entry.fid.node] != nil else { return false }
      for lock in entry.fid.locks where lock.type > LockType.write || lock.first > lock.last { return false }
      counts[entry.fid.node, default: 0] += 1
    }
    return tree.isPossible(fids: counts)
  }
}
