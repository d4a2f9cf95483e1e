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
    // Nobody needs to say who they are.
    case .auth: throw .notSupported
    case .attach(let fid, let authentication, _, let tree, let user):
      return .plain(try attach(fid, authentication, tree, user))
    // Requests are answered one by one: there is never one to take back.
    case .flush: return .plain(.flush)
    case .walk(let fid, let newFid, let names): return .plain(try walk(fid, newFid, names))
    case .clunk(let fid):
      try session.remove(fid)
      return .plain(.clunk)
    case .remove(let fid):
      try remove(fid)
      return .plain(.remove)
    case .lopen, .lcreate, .read, .write, .readlink, .readdir, .fsync: return try performOnOpenFile(request, room: room)
    case .create, .mkdir, .symlink, .mknod, .link, .rename, .renameat, .unlinkat:
      return .plain(try performOnNames(request))
    case .getattr, .setattr, .stat, .wstat, .statfs, .xattrwalk, .xattrcreate: return try performOnAttributes(request)
    case .lock(let fid, let lock, let flags):
      try take(lock, fid, flags)
      return .plain(.lock(status: LockStatus.success))
    case .getlock(let fid, let lock): return try lockInTheWay(of: lock, fid)
    }
  }

  private mutating func performOnOpenFile(_ request: Request, room: Int) throws(ErrorNumber) -> ServerReply {
    switch request {
    case .lopen(let fid, let flags): return .plain(try open(fid, flags))
    case .lcreate(let fid, let name, let flags, let mode, let group):
      return .plain(try create(fid, name, flags, mode, group))
    case .read(let fid, let offset, let count): return .read(try read(fid, offset, count, room: room))
    case .write(let fid, let offset, let data): return .plain(try write(fid, offset, data))
    case .readlink(let fid): return .readlink(try readLink(fid))
    case .readdir(let fid, let offset, let count): return .readdir(try list(fid, offset, count, room: room))
    case .fsync(let fid, _):
      guard try session.fid(fid).openFlags != nil else { throw .badFile }
      return .plain(.fsync)
    default: throw .protocolError
    }
  }

  private mutating func performOnNames(_ request: Request) throws(ErrorNumber) -> Reply {
    switch request {
    case .create(let fid, let name, let permissions, let mode, let special):
      return try create(fid, name, permissions: permissions, mode: mode, special: special)
    case .mkdir(let directory, let name, let mode, let group):
      let node = try makeDirectory(directory, name, mode, group)
      return .mkdir(try qid(of: node))
    case .symlink(let directory, let name, let target, let group):
      let node = try makeSymbolicLink(directory, name, target, group)
      return .symlink(try qid(of: node))
    case .mknod(let directory, let name, let mode, _, _, let group):
      let node = try makeNode(directory, name, mode, group)
      return .mknod(try qid(of: node))
    case .link(let directory, let fid, let name):
      try link(try session.fid(fid).node, name, in: directory)
      return .link
    case .rename(let fid, let directory, let name):
      try rename(fid, directory, name)
      return .rename
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      try rename(oldDirectory, oldName, newDirectory, newName)
      return .renameat
    case .unlinkat(let directory, let name, let flags):
      try unlink(directory, name, flags)
      return .unlinkat
    default: throw .protocolError
    }
  }

  private mutating func performOnAttributes(_ request: Request) throws(ErrorNumber) -> ServerReply {
    switch request {
    case .getattr(let fid, _): return .plain(.getattr(try attributes(of: try session.fid(fid).node)))
    case .setattr(let fid, let change):
      try setAttributes(try session.fid(fid).node, change)
      return .plain(.setattr)
    case .stat(let fid): return try record(of: fid)
    case .wstat(let fid, let record):
      try change(fid, record)
      return .plain(.wstat)
    case .statfs(let fid):
      _ = try session.fid(fid)
      return .plain(.statfs(status))
    case .xattrwalk(let fid, let newFid, let name): return .plain(try walkExtendedAttributes(fid, newFid, name))
    case .xattrcreate(let fid, _, _, _):
      _ = try session.fid(fid)
      throw .notSupported
    default: throw .protocolError
    }
  }

  // MARK: Sessions and fids

  /// Begins a session: all fids end.
  private mutating func agree(_ wanted: UInt32, _ version: ByteView) throws(ErrorNumber) -> Reply {
    session.removeAll()
    session.messageBytesMax = nil
    guard version == .version9P2000L else {
      return .version(messageBytesMax: min(wanted, messageBytesLimit), version: .versionUnknown)
    }
    guard wanted >= Self.messageBytesMin else { throw .messageTooLong }
    let agreed = min(wanted, messageBytesLimit)
    session.messageBytesMax = agreed
    return .version(messageBytesMax: agreed, version: .version9P2000L)
  }

  private mutating func attach(
    _ fid: UInt32, _ authentication: UInt32, _ tree: ByteView, _ user: UInt32
  ) throws(ErrorNumber) -> Reply {
    guard authentication == Absent.fid else { throw .notSupported }
    // One tree is offered, under the name "" or "/".
    guard tree.count == 0 || (tree.count == 1 && tree.bytes[0] == UInt8(ascii: "/")) else { throw .noEntry }
    try requireFree(fid)
    session.set(Fid(node: ShareTree.root, user: user == Absent.user ? 0 : user), for: fid)
    return .attach(try qid(of: ShareTree.root))
  }

  func requireFree(_ fid: UInt32) throws(ErrorNumber) {
    guard fid != Absent.fid, !session.contains(fid: fid) else { throw .invalid }
    guard session.fids.count < Self.fidsMax else { throw .tooManyFiles }
  }

  /// An open fid can be walked from, as in QEMU's server, but not moved.
  private mutating func walk(_ number: UInt32, _ newNumber: UInt32, _ names: [ByteView]) throws(ErrorNumber) -> Reply {
    let old = try session.fid(number)
    if newNumber != number { try requireFree(newNumber) } else { guard old.use == .path else { throw .invalid } }
    var fid = Fid(node: old.node, identity: old.identity, user: old.user)
    var qids: [QID] = []
    for name in names {
      do throws(ErrorNumber) {
        try step(name, &fid)
        qids.append(try qid(of: fid.node))
      } catch {
        // The first name's failure is an error, a later one's a shorter reply, and the new fid is not made.
        guard !qids.isEmpty else { throw error }
        return .walk(qids)
      }
    }
    session.set(fid, for: newNumber)
    return .walk(qids)
  }

  /// One step of a walk; ".." at the root stays there.
  private func step(_ name: ByteView, _ fid: inout Fid) throws(ErrorNumber) {
    switch try lastName(name, in: fid.node) {
    case .dot: break
    case .dotDot:
      fid.node = try session.tree.parent(of: fid.node)
      fid.identity = nil
    case .tooLong(let error): throw error
    case .entry(let name):
      guard let entry = try session.tree.entry(name, in: fid.node) else { throw .noEntry }
      fid.node = entry.node
      fid.identity = try node(entry.node).content.isDirectory ? nil : entry.identity
    }
  }
}
