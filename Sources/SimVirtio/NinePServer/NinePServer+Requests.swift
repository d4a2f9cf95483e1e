import NineP

extension NinePServer {
  /// Carries a request out. `room` is what the reply may have in bytes.
  mutating func perform(_ request: Request, room: Int) throws(ErrorNumber) -> ServerReply {
    if case .version(let messageBytesMax, let version) = request {
      return .plain(try agree(messageBytesMax, version))
    }
    guard session.messageBytesMax != nil else { throw .protocolError }
    switch request {
    case .version: throw .protocolError
    case .attach(let fid, let authentication, _, let tree, _): return .plain(try attach(fid, authentication, tree))
    // Requests are answered one by one: there is never one to take back.
    case .flush: return .plain(.flush)
    case .walk(let fid, let newFid, let names): return .plain(try walk(fid, newFid, names))
    case .lopen(let fid, let flags): return .plain(try open(fid, flags))
    case .lcreate(let fid, let name, let flags, let mode, _): return .plain(try create(fid, name, flags, mode))
    case .read(let fid, let offset, let count): return .read(try read(fid, offset, count, room: room))
    case .write(let fid, let offset, let data): return .plain(try write(fid, offset, data))
    case .clunk(let fid):
      try session.remove(fid)
      return .plain(.clunk)
    case .statfs(let fid):
      _ = try session.fid(fid)
      return .plain(.statfs(status))
    case .readlink(let fid): return .readlink(try readLink(fid))
    case .getattr(let fid, _): return .plain(.getattr(try attributes(of: try session.fid(fid).node)))
    case .setattr(let fid, let change):
      try setAttributes(fid, change)
      return .plain(.setattr)
    case .readdir(let fid, let offset, let count): return .readdir(try list(fid, offset, count, room: room))
    case .fsync(let fid, _):
      _ = try session.fid(fid)
      return .plain(.fsync)
    case .mkdir(let directory, let name, let mode, _): return .plain(try makeDirectory(directory, name, mode))
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      try rename(oldDirectory, oldName, newDirectory, newName)
      return .plain(.renameat)
    case .unlinkat(let directory, let name, let flags):
      try unlink(directory, name, flags)
      return .plain(.unlinkat)
    }
  }

  /// Begins a session: all fids end.
  private mutating func agree(_ wanted: UInt32, _ version: ByteView) throws(ErrorNumber) -> Reply {
    session.removeAll()
    session.messageBytesMax = nil
    guard version == .version9P2000L else {
      return .version(messageBytesMax: min(wanted, Self.messageBytesMax), version: .versionUnknown)
    }
    guard wanted >= Self.messageBytesMin else { throw .invalid }
    let agreed = min(wanted, Self.messageBytesMax)
    session.messageBytesMax = agreed
    return .version(messageBytesMax: agreed, version: .version9P2000L)
  }

  private mutating func attach(_ fid: UInt32, _ authentication: UInt32, _ tree: ByteView) throws(ErrorNumber) -> Reply {
    // Nobody needs to say who they are, so there is no authentication fid.
    guard authentication == Absent.fid else { throw .notSupported }
    // One tree is offered, under the name "" or "/".
    guard tree.count == 0 || (tree.count == 1 && tree.bytes[0] == UInt8(ascii: "/")) else { throw .noEntry }
    try requireFree(fid)
    session.set(Fid(node: ShareTree.root), for: fid)
    return .attach(try qid(of: ShareTree.root))
  }

  private func requireFree(_ fid: UInt32) throws(ErrorNumber) {
    guard fid != Absent.fid, !session.contains(fid: fid) else { throw .invalid }
    guard session.fids.count < Self.fidsMax else { throw .tooManyFiles }
  }

  private mutating func walk(_ number: UInt32, _ newNumber: UInt32, _ names: [ByteView]) throws(ErrorNumber) -> Reply {
    let fid = try session.fid(number)
    guard fid.openFlags == nil else { throw .invalid }
    if newNumber != number { try requireFree(newNumber) }
    var node = fid.node
    var qids: [QID] = []
    for name in names {
      do throws(ErrorNumber) {
        node = try step(name, from: node)
        qids.append(try qid(of: node))
      } catch {
        // The first name's failure is an error, a later one's a shorter reply, and the new fid is not made.
        guard !qids.isEmpty else { throw error }
        return .walk(qids)
      }
    }
    session.set(Fid(node: node), for: newNumber)
    return .walk(qids)
  }

  /// One step of a walk; ".." at the root stays there.
  private func step(_ name: ByteView, from node: UInt64) throws(ErrorNumber) -> UInt64 {
    if name.isDotDot { return try session.tree.parent(of: node) }
    guard let entry = try session.tree.entry(name.bytes, in: node) else { throw .noEntry }
    return entry.node
  }
}
