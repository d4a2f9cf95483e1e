import NineP

/// A name at the end of a path, which Linux treats in three ways.
enum LastName {
  case dot
  case dotDot
  case entry([UInt8])
  /// Too long for any directory. The error is for whoever searches one for it: a removed directory is not searched.
  case tooLong(ErrorNumber)

  /// The name of an entry, where "." and ".." have been dealt with.
  func entryName() throws(ErrorNumber) -> [UInt8] {
    switch self {
    case .dot, .dotDot: throw .busy
    case .tooLong(let error): throw error
    case .entry(let name): return name
    }
  }

  /// "." and "..", which cannot be moved.
  var isDots: Bool {
    switch self {
    case .dot, .dotDot: true
    case .entry, .tooLong: false
    }
  }
}

extension NinePServer {
  /// The most bytes of a symbolic link's target, as in Linux (PATH_MAX without its NUL).
  static let targetBytesMax = 4095

  /// Looks at a name before the directory is searched for it. The errors come in Linux's order: a name that nothing can
  /// have, then a file that is no directory; that a name is too long counts only when the directory is searched for it.
  func lastName(_ name: ByteView, in directory: UInt64) throws(ErrorNumber) -> LastName {
    guard name.count > 0 else { throw .noEntry }
    for byte in name.bytes where byte == 0 || byte == UInt8(ascii: "/") { throw .noEntry }
    _ = try session.tree.entries(of: directory)
    if name.isDot { return .dot }
    if name.isDotDot { return .dotDot }
    if name.count <= Limits.nameBytes { return .entry(Array(name.bytes)) }
    return .tooLong(try node(directory).linkCount > 0 ? .nameTooLong : .noEntry)
  }

  /// A name for something new: "." and ".." are always there already.
  func newName(_ name: ByteView, in directory: UInt64) throws(ErrorNumber) -> [UInt8] {
    switch try lastName(name, in: directory) {
    case .dot, .dotDot: throw .exists
    case .tooLong(let error): throw error
    case .entry(let name): return name
    }
  }

  // MARK: Making

  /// Makes something new in the directory of a fid. It belongs to who attached.
  mutating func make(
    _ content: ShareTree.Content, _ name: ByteView, in directory: Fid, permissions: UInt32, group: UInt32
  ) throws(ErrorNumber) -> UInt64 {
    try session.tree.create(
      content, name: try newName(name, in: directory.node), in: directory.node, permissions: permissions,
      owner: ShareOwner(user: directory.user, group: group), at: clock())
  }

  /// Bits that a new directory may be given; Linux's mkdir drops the others.
  private static let directoryPermissions: UInt32 = 0o1777

  mutating func makeDirectory(
    _ number: UInt32, _ name: ByteView, _ mode: UInt32, _ group: UInt32
  ) throws(ErrorNumber) -> UInt64 {
    let directory = try session.fid(number)
    return try make(
      .emptyDirectory(parent: directory.node), name, in: directory, permissions: mode & Self.directoryPermissions,
      group: group)
  }

  mutating func makeSymbolicLink(
    _ number: UInt32, _ name: ByteView, _ target: ByteView, _ group: UInt32
  ) throws(ErrorNumber) -> UInt64 {
    let directory = try session.fid(number)
    guard target.count > 0 else { throw .noEntry }
    guard target.count <= Self.targetBytesMax else { throw .nameTooLong }
    for byte in target.bytes where byte == 0 { throw .invalid }
    return try make(.symbolicLink(Array(target.bytes)), name, in: directory, permissions: 0o777, group: group)
  }

  /// Shares hold no devices, FIFOs or sockets. Linux makes no directory in this way.
  mutating func makeNode(
    _ number: UInt32, _ name: ByteView, _ mode: UInt32, _ group: UInt32
  ) throws(ErrorNumber) -> UInt64 {
    let directory = try session.fid(number)
    switch mode & FileMode.typeMask {
    case FileMode.regular, 0: return try make(.file([]), name, in: directory, permissions: mode, group: group)
    case FileMode.directory: throw .notPermitted
    case FileMode.fifo, FileMode.socket, FileMode.blockDevice, FileMode.characterDevice:
      try session.tree.requireFree(try newName(name, in: directory.node), in: directory.node)
      throw .notPermitted
    default: throw .invalid
    }
  }

  /// Tcreate: what is made becomes the file of the fid, and a file or directory is open then.
  mutating func create(
    _ number: UInt32, _ name: ByteView, permissions: UInt32, mode: UInt8, special: ByteView
  ) throws(ErrorNumber) -> Reply {
    var fid = try session.fid(number)
    guard fid.use == .path else { throw .invalid }
    let bits = permissions & 0o777
    let others = CreatePermissions.device | CreatePermissions.fifo | CreatePermissions.socket
    guard permissions & others == 0 else { throw .notPermitted }
    let directory = fid
    if permissions & CreatePermissions.directory != 0 {
      fid.node = try makeDirectory(number, name, bits, 0)
      fid.identity = nil
      fid.use = .open(flags: OpenFlags.readOnly, listingEnd: ShareTree.firstCookie)
    } else {
      let node: UInt64
      if permissions & CreatePermissions.symbolicLink != 0 {
        node = try makeSymbolicLink(number, name, special, 0)
      } else if permissions & CreatePermissions.link != 0 {
        guard let other = UInt32(String(decoding: special.bytes, as: UTF8.self)) else { throw .invalid }
        node = try session.fid(other).node
        try link(node, name, in: number)
      } else {
        node = try make(.file([]), name, in: directory, permissions: bits, group: 0)
        fid.use = .open(flags: UInt32(createMode: mode), listingEnd: 0)
      }
      fid.node = node
      fid.identity = try session.tree.entry(name.bytes, in: directory.node)?.identity
    }
    session.set(fid, for: number)
    return .create(try qid(of: fid.node), dataBytesMax: 0)
  }

  mutating func link(_ node: UInt64, _ name: ByteView, in number: UInt32) throws(ErrorNumber) {
    let directory = try session.fid(number).node
    try session.tree.link(node, name: try newName(name, in: directory), in: directory, at: clock())
  }

  // MARK: Moving and removing

  mutating func rename(
    _ oldNumber: UInt32, _ oldName: ByteView, _ newNumber: UInt32, _ newName: ByteView
  ) throws(ErrorNumber) {
    let oldDirectory = try session.fid(oldNumber).node
    let newDirectory = try session.fid(newNumber).node
    let old = try lastName(oldName, in: oldDirectory)
    let new = try lastName(newName, in: newDirectory)
    if old.isDots || new.isDots { throw .busy }
    let oldBytes = try old.entryName()
    guard try session.tree.entry(oldBytes, in: oldDirectory) != nil else { throw .noEntry }
    let newBytes = try new.entryName()
    try session.tree.rename(oldBytes, in: oldDirectory, to: newBytes, in: newDirectory, at: clock())
  }

  /// Trename: the name by which the fid reached its file.
  mutating func rename(_ number: UInt32, _ newNumber: UInt32, _ newName: ByteView) throws(ErrorNumber) {
    let fid = try session.fid(number)
    let newDirectory = try session.fid(newNumber).node
    let new = try lastName(newName, in: newDirectory)
    if new.isDots { throw .busy }
    let place = try place(of: fid)
    let name = try new.entryName()
    try session.tree.rename(place.entry.name, in: place.directory, to: name, in: newDirectory, at: clock())
  }

  /// Where the name is by which a fid reached its file.
  func place(of fid: Fid) throws(ErrorNumber) -> (directory: UInt64, entry: ShareTree.Entry) {
    guard fid.node != ShareTree.root else { throw .busy }
    let place = fid.identity.map { session.tree.place(ofIdentity: $0) } ?? session.tree.place(ofDirectory: fid.node)
    guard let place else { throw .noEntry }
    assert(place.entry.node == fid.node, "a name stands for one file all its life")
    return place
  }

  /// Tremove: the fid ends even if its file stays (remove(5)).
  mutating func remove(_ number: UInt32) throws(ErrorNumber) {
    let fid = try session.fid(number)
    let result: Result<Void, ErrorNumber>
    do throws(ErrorNumber) {
      let place = try place(of: fid)
      try session.tree.remove(
        place.entry.name, in: place.directory, isDirectory: try node(fid.node).content.isDirectory, at: clock())
      result = .success(())
    } catch {
      result = .failure(error)
    }
    try session.remove(number)
    try result.get()
  }

  mutating func unlink(_ number: UInt32, _ name: ByteView, _ flags: UInt32) throws(ErrorNumber) {
    let directory = try session.fid(number).node
    guard flags & ~UnlinkFlags.removeDirectory == 0 else { throw .invalid }
    let isDirectory = flags & UnlinkFlags.removeDirectory != 0
    switch try lastName(name, in: directory) {
    case .dot: throw isDirectory ? .invalid : .isDirectory
    case .dotDot: throw isDirectory ? .notEmpty : .isDirectory
    case .tooLong(let error): throw error
    case .entry(let name): try session.tree.remove(name, in: directory, isDirectory: isDirectory, at: clock())
    }
  }
}

extension UInt32 {
  /// Tlopen's flags for Tcreate's mode. Executing is reading here.
  fileprivate init(createMode mode: UInt8) {
    let access = mode & OpenMode.accessMask
    self = access == OpenMode.write || access == OpenMode.readWrite ? UInt32(access) : OpenFlags.readOnly
    if mode & OpenMode.append != 0 { self |= OpenFlags.append }
  }
}
