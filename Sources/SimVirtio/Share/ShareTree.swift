import NineP

/// The files of a share as they are now in the run: a value, so that a copy is a snapshot.
///
/// Every file has a number that is never used again: the path of its qid. Times are always 0 and owners 0, so that
/// nothing of the host shows.
public struct ShareTree: Equatable, Sendable, Codable {
  public struct Entry: Equatable, Sendable, Codable {
    public var name: [UInt8]
    public var node: UInt64
    /// The place in the order of listing; never used again in this directory.
    public var cookie: UInt64
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
    /// Grows with each change.
    public var version: UInt32 = 0
    /// The number of directory entries that name it: 0 or 1.
    public var linkCount: UInt32 = 0
  }

  public static let root: UInt64 = 0
  /// "." and ".." take the first two places of a listing.
  public static let firstCookie: UInt64 = 3

  public let limits: ShareLimits
  /// Ordered by number.
  private(set) var nodes: [Node]
  private(set) var nextNode: UInt64 = 1
  /// The bytes of all files and links.
  public private(set) var contentBytes = 0

  public init(limits: ShareLimits = ShareLimits()) {
    self.limits = limits
    nodes = [Node(number: Self.root, content: .emptyDirectory(parent: Self.root), permissions: 0o755, linkCount: 1)]
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
  private mutating func change(_ number: UInt64, _ body: (inout Node) -> Void) {
    guard let index = index(of: number) else { return }
    body(&nodes[index])
  }

  /// The entries of a directory, in listing order.
  public func entries(of directory: UInt64) throws(ErrorNumber) -> [Entry] {
    guard let node = self[directory] else { throw .noEntry }
    guard case .directory(let entries, _, _) = node.content else { throw .notDirectory }
    return entries
  }

  /// The directory above; the root's is the root.
  public func parent(of directory: UInt64) throws(ErrorNumber) -> UInt64 {
    guard let node = self[directory] else { throw .noEntry }
    guard case .directory(_, let parent, _) = node.content else { throw .notDirectory }
    guard self[parent] != nil else { throw .noEntry }
    return parent
  }

  public func entry(_ name: some Sequence<UInt8>, in directory: UInt64) throws(ErrorNumber) -> Entry? {
    try entries(of: directory).first { $0.name.elementsEqual(name) }
  }

  // MARK: Changing the tree

  /// Creates an empty file, directory or link.
  public mutating func create(
    _ content: Content, name: [UInt8], in directory: UInt64, permissions: UInt32
  ) throws(ErrorNumber) -> UInt64 {
    guard try entry(name, in: directory) == nil else { throw .exists }
    guard let parent = self[directory], parent.linkCount > 0 else { throw .noEntry }
    guard entryCount < limits.entriesMax else { throw .noSpace }
    if content.isDirectory, try depth(of: directory) >= limits.depthMax { throw .nameTooLong }
    let number = nextNode
    guard contentBytes + content.byteCount <= limits.bytesMax else { throw .noSpace }
    contentBytes += content.byteCount
    nextNode += 1
    nodes.append(Node(number: number, content: content, permissions: permissions & 0o7777))
    link(number, name, in: directory)
    return number
  }

  private mutating func link(_ number: UInt64, _ name: [UInt8], in directory: UInt64) {
    change(number) { $0.linkCount = 1 }
    change(directory) { node in
      node.content.withEntries { entries, nextCookie in
        entries.append(Entry(name: name, node: number, cookie: nextCookie))
        nextCookie += 1
      }
      node.version &+= 1
    }
  }

  private mutating func unlink(_ entry: Entry, in directory: UInt64) {
    change(entry.node) { $0.linkCount = 0 }
    change(directory) { node in
      node.content.withEntries { entries, _ in entries.removeAll { $0.cookie == entry.cookie } }
      node.version &+= 1
    }
  }

  /// Takes a name away. The file stays, without a name, until ``release(_:)``.
  ///
  /// - Returns: the file's number.
  public mutating func remove(
    _ name: some Sequence<UInt8>, in directory: UInt64, isDirectory: Bool
  ) throws(ErrorNumber) -> UInt64 {
    guard let entry = try entry(name, in: directory), let node = self[entry.node] else { throw .noEntry }
    if case .directory(let entries, _, _) = node.content {
      guard isDirectory else { throw .isDirectory }
      guard entries.isEmpty else { throw .notEmpty }
    } else if isDirectory {
      throw .notDirectory
    }
    unlink(entry, in: directory)
    return entry.node
  }

  /// Moves a file or directory, over an existing file or empty directory if need be.
  ///
  /// - Returns: the number of what the target named before, if anything.
  public mutating func rename(
    _ oldName: some Sequence<UInt8>, in oldDirectory: UInt64, to newName: [UInt8], in newDirectory: UInt64
  ) throws(ErrorNumber) -> UInt64? {
    guard let moved = try entry(oldName, in: oldDirectory) else { throw .noEntry }
    guard let target = self[newDirectory], target.linkCount > 0 else { throw .noEntry }
    let isDirectory = self[moved.node]?.content.isDirectory ?? false
    if isDirectory {
      guard try !isInside(newDirectory, moved.node) else { throw .invalid }
      guard try depth(of: newDirectory) + height(of: moved.node) <= limits.depthMax else { throw .nameTooLong }
    }
    let replaced = try entry(newName, in: newDirectory)
    if let replaced {
      guard replaced.node != moved.node else { return nil }
      guard isDirectory == (self[replaced.node]?.content.isDirectory ?? false) else {
        throw isDirectory ? .notDirectory : .isDirectory
      }
      _ = try remove(newName, in: newDirectory, isDirectory: isDirectory)
    }
    unlink(moved, in: oldDirectory)
    link(moved.node, newName, in: newDirectory)
    change(moved.node) { $0.content.setParent(newDirectory) }
    return replaced?.node
  }

  /// Whether `directory` is `ancestor` or lies below it.
  private func isInside(_ directory: UInt64, _ ancestor: UInt64) throws(ErrorNumber) -> Bool {
    var place = directory
    while place != ancestor {
      if place == Self.root { return false }
      place = try parent(of: place)
    }
    return true
  }

  /// The number of directories above.
  private func depth(of directory: UInt64) throws(ErrorNumber) -> Int {
    var depth = 0
    var place = directory
    while place != Self.root {
      place = try parent(of: place)
      depth += 1
    }
    return depth
  }

  /// The number of directories below one another, with this one.
  private func height(of directory: UInt64) throws(ErrorNumber) -> Int {
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

  /// Forgets a file that has no name and that nobody holds open any more.
  public mutating func release(_ number: UInt64) {
    guard let index = index(of: number), nodes[index].linkCount == 0 else { return }
    contentBytes -= nodes[index].content.byteCount
    nodes.remove(at: index)
  }

  public mutating func setPermissions(_ permissions: UInt32, of number: UInt64) {
    change(number) { $0.permissions = permissions & 0o7777 }
  }

  // MARK: Contents

  /// Up to `count` bytes of a file from `offset`; nothing beyond its end.
  public func read(_ number: UInt64, at offset: UInt64, count: Int) throws(ErrorNumber) -> ArraySlice<UInt8> {
    let bytes = try file(number)
    guard offset < UInt64(bytes.count), count > 0 else { return [] }
    let start = Int(offset)
    return bytes[start..<start + min(count, bytes.count - start)]
  }

  private func file(_ number: UInt64) throws(ErrorNumber) -> [UInt8] {
    switch self[number]?.content {
    case .file(let bytes): return bytes
    case .directory: throw .isDirectory
    case .symbolicLink: throw .invalid
    case nil: throw .noEntry
    }
  }

  /// Writes at `offset`; a gap before it reads as zeros.
  public mutating func write(
    _ data: UnsafeRawBufferPointer, to number: UInt64, at offset: UInt64
  ) throws(ErrorNumber) {
    let size = try file(number).count
    guard !data.isEmpty else { return }
    let end = offset.addingReportingOverflow(UInt64(data.count))
    guard !end.overflow, end.partialValue <= UInt64(limits.bytesMax) else { throw .fileTooLarge }
    if Int(end.partialValue) > size { try resize(number, to: end.partialValue) }
    let start = Int(offset)
    change(number) { node in
      node.content.withFile { $0.replaceSubrange(start..<start + data.count, with: data) }
      node.version &+= 1
    }
  }

  /// Cuts a file off or fills it up with zeros.
  public mutating func resize(_ number: UInt64, to size: UInt64) throws(ErrorNumber) {
    let old = try file(number).count
    guard size <= UInt64(limits.bytesMax) else { throw .fileTooLarge }
    let growth = Int(size) - old
    guard contentBytes + growth <= limits.bytesMax else { throw .noSpace }
    contentBytes += growth
    change(number) { node in
      node.content.withFile { bytes in
        if growth > 0 {
          bytes.append(contentsOf: repeatElement(0, count: growth))
        } else {
          bytes.removeLast(-growth)
        }
      }
      node.version &+= 1
    }
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
  fileprivate mutating func withFile(_ change: (inout [UInt8]) -> Void) {
    guard case .file(var bytes) = self else { return }
    self = .file([])
    change(&bytes)
    self = .file(bytes)
  }

  fileprivate mutating func withEntries(_ change: (inout [ShareTree.Entry], inout UInt64) -> Void) {
    guard case .directory(var entries, let parent, var nextCookie) = self else { return }
    self = .emptyDirectory(parent: parent)
    change(&entries, &nextCookie)
    self = .directory(entries: entries, parent: parent, nextCookie: nextCookie)
  }

  fileprivate mutating func setParent(_ parent: UInt64) {
    guard case .directory(let entries, _, let nextCookie) = self else { return }
    self = .directory(entries: entries, parent: parent, nextCookie: nextCookie)
  }
}
