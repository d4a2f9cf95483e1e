import NineP

/// The files of a share as they are now in the run: a value, so that a copy is a snapshot.
///
/// Every file has a number that is never used again: the path of its qid. Times and owners are the run's own: nothing of the
/// host shows.
public struct ShareTree: Equatable, Sendable, Codable {
  /// One name in a directory.
  public struct Entry: Equatable, Sendable, Codable {
    public var name: [UInt8]
    public var node: UInt64
    /// The place in the order of listing. A name that is renamed inside its directory keeps it, and one that is renamed over
    /// another takes that one's, so that a listing meets every name that stays exactly once.
    public var cookie: UInt64
    /// The name's number in the tree, never used again: it goes with the name wherever it is moved.
    public var identity: UInt64
  }

  public enum Content: Equatable, Sendable, Codable {
    case file([UInt8])
    /// `entries` is ordered by cookie.
    case directory(entries: [Entry], parent: UInt64, nextCookie: UInt64)
    case symbolicLink([UInt8])
  }

  public struct Node: Equatable, Sendable, Codable {
    public var number: UInt64
    public var content: Content
    /// Permission bits.
    public var permissions: UInt32
    public var user: UInt32 = 0
    public var group: UInt32 = 0
    /// Grows with each change.
    public var version: UInt32 = 0
    /// As `stat` shows it: the names of a file; of a directory its name, its "." and the ".." of those in it.
    public var linkCount: UInt32 = 0
    /// How many fids, and removed directories below, keep it when it has no name any more.
    public var holdCount: UInt32 = 0
    public var accessTime = FileTime()
    public var modificationTime = FileTime()
    public var changeTime = FileTime()
  }

  public static let root: UInt64 = 0
  /// "." and ".." take the first two places of a listing.
  public static let firstCookie: UInt64 = 3

  public let limits: ShareLimits
  /// Ordered by number.
  private(set) var nodes: [Node]
  private(set) var nextNode: UInt64 = 1
  private(set) var nextIdentity: UInt64 = 1
  /// The bytes of all files and links.
  public internal(set) var contentBytes = 0
  /// The names in all directories.
  public internal(set) var nameCount = 0

  public init(limits: ShareLimits = ShareLimits()) {
    self.limits = limits
    nodes = [Node(number: Self.root, content: .emptyDirectory(parent: Self.root), permissions: 0o755, linkCount: 2)]
  }

  /// The number of files, directories and links without the root.
  public var entryCount: Int { nodes.count - 1 }

  public subscript(_ number: UInt64) -> Node? { index(of: number).map { nodes[$0] } }

  private func index(of number: UInt64) -> Int? {
    var low = 0
    var high = nodes.count
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < nodes.count && nodes[low].number == number ? low : nil
  }

  /// Changes a node in place; one that does not exist is left alone.
  mutating func change(_ number: UInt64, _ body: (inout Node) -> Void) {
    guard let index = index(of: number) else { return }
    body(&nodes[index])
  }

  /// Changes a node and notes when: what `stat` shows as the time of change.
  mutating func change(_ number: UInt64, at time: FileTime, _ body: (inout Node) -> Void) {
    change(number) { node in
      body(&node)
      node.changeTime = time
      node.version &+= 1
    }
  }

  /// Adds a node without a name.
  mutating func add(_ content: Content, permissions: UInt32, owner: ShareOwner, at time: FileTime) -> UInt64 {
    let number = nextNode
    nextNode += 1
    contentBytes += content.byteCount
    nodes.append(
      Node(
        number: number, content: content, permissions: permissions & 0o7777, user: owner.user, group: owner.group,
        linkCount: content.isDirectory ? 1 : 0, accessTime: time, modificationTime: time, changeTime: time))
    return number
  }

  mutating func makeIdentity() -> UInt64 {
    defer { nextIdentity += 1 }
    return nextIdentity
  }

  /// Gives every file the same times: those of the run's start.
  mutating func setAllTimes(_ time: FileTime) {
    for index in nodes.indices {
      nodes[index].accessTime = time
      nodes[index].modificationTime = time
      nodes[index].changeTime = time
    }
  }

  // MARK: Keeping what has no name

  /// Somebody keeps the file from now on.
  mutating func hold(_ number: UInt64) {
    change(number) { $0.holdCount += 1 }
  }

  /// Somebody keeps the file no longer. Without a name and without anybody else it is forgotten.
  mutating func letGo(_ number: UInt64) {
    change(number) { node in
      precondition(node.holdCount > 0, "a file is let go more often than it was held")
      node.holdCount -= 1
    }
    forgetIfUnused(number)
  }

  /// Forgets a file that nobody can reach, then the directory that it kept, and so on upwards.
  mutating func forgetIfUnused(_ number: UInt64) {
    var number = number
    while let index = index(of: number), nodes[index].linkCount == 0, nodes[index].holdCount == 0 {
      let content = nodes.remove(at: index).content
      contentBytes -= content.byteCount
      guard case .directory(_, let parent, _) = content else { return }
      change(parent) { $0.holdCount -= 1 }
      number = parent
    }
  }

  // MARK: Looking things up

  /// The entries of a directory, in listing order.
  public func entries(of directory: UInt64) throws(ErrorNumber) -> [Entry] {
    guard let node = self[directory] else { throw .noEntry }
    guard case .directory(let entries, _, _) = node.content else { throw .notDirectory }
    return entries
  }

  /// The directory above; the root's is the root. A removed directory still has one.
  public func parent(of directory: UInt64) throws(ErrorNumber) -> UInt64 {
    guard let node = self[directory] else { throw .noEntry }
    guard case .directory(_, let parent, _) = node.content else { throw .notDirectory }
    return parent
  }

  public func entry(_ name: some Sequence<UInt8>, in directory: UInt64) throws(ErrorNumber) -> Entry? {
    try entries(of: directory).first { $0.name.elementsEqual(name) }
  }

  /// Where the name with this number is now.
  func place(ofIdentity identity: UInt64) -> (directory: UInt64, entry: Entry)? {
    for node in nodes {
      guard case .directory(let entries, _, _) = node.content else { continue }
      if let entry = entries.first(where: { $0.identity == identity }) { return (node.number, entry) }
    }
    return nil
  }

  /// The name of a directory; nil for the root and for one that was removed.
  func place(ofDirectory number: UInt64) -> (directory: UInt64, entry: Entry)? {
    guard number != Self.root, let parent = try? parent(of: number),
      let entry = try? entries(of: parent).first(where: { $0.node == number })
    else { return nil }
    return (parent, entry)
  }

  /// Whether `directory` is `ancestor` or lies below it.
  func isInside(_ directory: UInt64, _ ancestor: UInt64) throws(ErrorNumber) -> Bool {
    var place = directory
    while place != ancestor {
      if place == Self.root { return false }
      place = try parent(of: place)
    }
    return true
  }

  /// The number of directories above.
  func depth(of directory: UInt64) throws(ErrorNumber) -> Int {
    var depth = 0
    var place = directory
    while place != Self.root {
      place = try parent(of: place)
      depth += 1
    }
    return depth
  }

  /// The number of directories below one another, with this one.
  func height(of directory: UInt64) throws(ErrorNumber) -> Int {
    var height = 0
    var level = [directory]
    while !level.isEmpty {
      height += 1
      var next: [UInt64] = []
      for place in level {
        next += try entries(of: place).map(\.node).filter { self[$0]?.content.isDirectory ?? false }
      }
      level = next
    }
    return height
  }
}

/// Whom a new file belongs to.
public struct ShareOwner: Equatable, Sendable {
  public var user: UInt32
  public var group: UInt32

  public init(user: UInt32 = 0, group: UInt32 = 0) {
    self.user = user
    self.group = group
  }
}

extension ShareTree.Content {
  static func emptyDirectory(parent: UInt64) -> Self {
    .directory(entries: [], parent: parent, nextCookie: ShareTree.firstCookie)
  }

  public var isDirectory: Bool {
    if case .directory = self { return true }
    return false
  }

  /// The bytes of a file or link.
  public var byteCount: Int {
    switch self {
    case .file(let bytes), .symbolicLink(let bytes): bytes.count
    case .directory: 0
    }
  }

  /// Changes a file in place: the bytes are out of `self` meanwhile, so that no second reference makes a copy.
  mutating func withFile(_ change: (inout [UInt8]) -> Void) {
    guard case .file(var bytes) = self else { return }
    self = .file([])
    change(&bytes)
    self = .file(bytes)
  }

  mutating func withEntries(_ change: (inout [ShareTree.Entry], inout UInt64) -> Void) {
    guard case .directory(var entries, let parent, var nextCookie) = self else { return }
    self = .emptyDirectory(parent: parent)
    change(&entries, &nextCookie)
    self = .directory(entries: entries, parent: parent, nextCookie: nextCookie)
  }

  mutating func setParent(_ parent: UInt64) {
    guard case .directory(let entries, _, let nextCookie) = self else { return }
    self = .directory(entries: entries, parent: parent, nextCookie: nextCookie)
  }
}
