import Invariants
import NineP

/// A folder offered to the guest, taken in whole before the run starts. The host is not looked at again.
///
/// Entries are ordered by the bytes of their names and numbered in that order, folder by folder, so that the same files
/// give the same share on every host. Owners, times and permissions of the host are left behind. A symbolic link stays
/// one; it must lead to a place inside the share.
public struct Share: Equatable, Sendable {
  public let tree: ShareTree

  /// One file, folder or link for ``init(_:limits:)``; the path's parts are separated by "/".
  public enum Item: Sendable {
    case file(String, [UInt8])
    case folder(String)
    case link(String, target: String)
  }

  /// A share without files.
  public init() {
    tree = ShareTree()
  }

  /// A share made of `items`; folders on the way are made as needed.
  public init(_ items: [Item], limits: ShareLimits = ShareLimits()) throws(ShareError) {
    let root = SourceFolder()
    for item in items {
      switch item {
      case .file(let path, let bytes): try root.insert(.file(bytes), at: path)
      case .folder(let path): try root.insert(.folder(SourceFolder()), at: path)
      case .link(let path, let target): try root.insert(.link(Array(target.utf8)), at: path)
      }
    }
    try self.init(root, name: "share", limits: limits)
  }

  /// Numbers the collected files and checks every link.
  init(_ source: SourceFolder, name: String, limits: ShareLimits) throws(ShareError) {
    var builder = ShareBuilder(name: name, limits: limits)
    try builder.add(source, to: ShareTree.root, path: [], depth: 0)
    try builder.checkLinks()
    tree = builder.tree
    assert(tree._checkInvariants())
    Invariants.check("a new share", tree._checkInvariants())
  }
}

/// Files on their way into a share, in any order.
final class SourceFolder {
  enum Item {
    case file([UInt8])
    case folder(SourceFolder)
    case link([UInt8])
  }

  var items: [(name: [UInt8], item: Item)] = []

  func insert(_ item: Item, at path: String) throws(ShareError) {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
    var folder = self
    for part in parts.dropLast() {
      if case .folder(let next)? = folder.items.first(where: { $0.name == part })?.item {
        folder = next
      } else {
        let next = SourceFolder()
        folder.items.append((part, .folder(next)))
        folder = next
      }
    }
    guard let name = parts.last else { throw ShareError(path: path, reason: .invalidName) }
    folder.items.append((name, item))
  }
}

/// Makes the tree of a share from what was collected.
private struct ShareBuilder {
  let name: String
  var tree: ShareTree
  private var links: [(path: [UInt8], directory: UInt64, target: [UInt8])] = []

  init(name: String, limits: ShareLimits) {
    self.name = name
    tree = ShareTree(limits: limits)
  }

  private func fail(_ path: [UInt8], _ reason: ShareError.Reason) -> ShareError {
    ShareError(path: path.isEmpty ? name : "\(name)/\(String(decoding: path, as: UTF8.self))", reason: reason)
  }

  mutating func add(_ folder: SourceFolder, to directory: UInt64, path: [UInt8], depth: Int) throws(ShareError) {
    var folders: [(SourceFolder, UInt64, [UInt8])] = []
    for (name, item) in folder.items.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      let itemPath = path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
      guard name.withUnsafeBytes({ ByteView($0).isEntryName }) else { throw fail(itemPath, .invalidName) }
      switch item {
      case .file(let bytes):
        _ = try create(.file(bytes), name, directory, itemPath, permissions: 0o644)
      case .link(let target):
        _ = try create(.symbolicLink(target), name, directory, itemPath, permissions: 0o777)
        links.append((itemPath, directory, target))
      case .folder(let child):
        guard depth < tree.limits.depthMax else { throw fail(itemPath, .tooDeep(limit: tree.limits.depthMax)) }
        let content = ShareTree.Content.emptyDirectory(parent: directory)
        folders.append((child, try create(content, name, directory, itemPath, permissions: 0o755), itemPath))
      }
    }
    for (child, number, childPath) in folders { try add(child, to: number, path: childPath, depth: depth + 1) }
  }

  private mutating func create(
    _ content: ShareTree.Content, _ name: [UInt8], _ directory: UInt64, _ path: [UInt8], permissions: UInt32
  ) throws(ShareError) -> UInt64 {
    guard tree.contentBytes + content.byteCount <= tree.limits.bytesMax else {
      throw fail(path, .tooManyBytes(limit: tree.limits.bytesMax))
    }
    guard tree.entryCount < tree.limits.entriesMax else {
      throw fail(path, .tooManyEntries(limit: tree.limits.entriesMax))
    }
    do throws(ErrorNumber) {
      return try tree.create(content, name: name, in: directory, permissions: permissions)
    } catch {
      throw fail(path, .duplicate)
    }
  }

  func checkLinks() throws(ShareError) {
    for link in links where !tree.linkStaysInside(link.target, from: link.directory) {
      throw fail(link.path, .linkLeavesShare(target: String(decoding: link.target, as: UTF8.self)))
    }
  }
}
