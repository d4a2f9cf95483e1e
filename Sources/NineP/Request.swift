/// A message from the client. Names and data are views: into the message when decoded, to the caller's when encoding.
public enum Request: Equatable {
  /// Agrees on the greatest message in bytes, and ends everything that went on before.
  case version(messageBytesMax: UInt32, version: ByteView)
  /// Asks for a fid by which the user can prove who they are.
  case auth(fid: UInt32, userName: ByteView, tree: ByteView, user: UInt32)
  /// Makes `fid` the root of the tree `tree`.
  case attach(fid: UInt32, authentication: UInt32, userName: ByteView, tree: ByteView, user: UInt32)
  /// The answer to the request `oldTag` is no longer wanted.
  case flush(oldTag: UInt16)
  /// Makes `newFid` what the path `names` leads to from `fid`.
  case walk(fid: UInt32, newFid: UInt32, names: [ByteView])
  case lopen(fid: UInt32, flags: UInt32)
  /// Creates a file in the directory `fid`, which becomes the open file.
  case lcreate(fid: UInt32, name: ByteView, flags: UInt32, mode: UInt32, group: UInt32)
  /// 9P2000.u's way to create a file, directory or link, which 9P2000.L keeps: `permissions` are ``CreatePermissions``,
  /// `mode` an ``OpenMode``.
  case create(fid: UInt32, name: ByteView, permissions: UInt32, mode: UInt8, special: ByteView)
  case symlink(directory: UInt32, name: ByteView, target: ByteView, group: UInt32)
  case mknod(directory: UInt32, name: ByteView, mode: UInt32, major: UInt32, minor: UInt32, group: UInt32)
  /// Gives the file of `fid` a second name.
  case link(directory: UInt32, fid: UInt32, name: ByteView)
  case read(fid: UInt32, offset: UInt64, count: UInt32)
  case write(fid: UInt32, offset: UInt64, data: ByteView)
  case clunk(fid: UInt32)
  /// Removes the file of `fid`; the fid ends whether that succeeds or not.
  case remove(fid: UInt32)
  case statfs(fid: UInt32)
  case readlink(fid: UInt32)
  case getattr(fid: UInt32, mask: UInt64)
  case setattr(fid: UInt32, change: AttributeChange)
  case stat(fid: UInt32)
  case wstat(fid: UInt32, StatRecord)
  /// Makes `newFid` the extended attribute `name` of a file, or the list of their names when it is empty.
  case xattrwalk(fid: UInt32, newFid: UInt32, name: ByteView)
  /// Makes `fid` an extended attribute of `valueBytes` that is about to be written.
  case xattrcreate(fid: UInt32, name: ByteView, valueBytes: UInt64, flags: UInt32)
  /// `offset` is 0 or what an entry of an earlier reply gave.
  case readdir(fid: UInt32, offset: UInt64, count: UInt32)
  case fsync(fid: UInt32, dataOnly: UInt32)
  /// Takes or gives up a lock; `flags` are ``LockFlags``.
  case lock(fid: UInt32, FileLock, flags: UInt32)
  /// Asks for a lock that would be in the way of this one.
  case getlock(fid: UInt32, FileLock)
  case mkdir(directory: UInt32, name: ByteView, mode: UInt32, group: UInt32)
  /// Gives the file of `fid` another name in another or the same directory.
  case rename(fid: UInt32, directory: UInt32, name: ByteView)
  case renameat(oldDirectory: UInt32, oldName: ByteView, newDirectory: UInt32, newName: ByteView)
  case unlinkat(directory: UInt32, name: ByteView, flags: UInt32)

  public var type: MessageType {
    switch self {
    case .version: .version
    case .auth: .auth
    case .attach: .attach
    case .flush: .flush
    case .walk: .walk
    case .lopen: .lopen
    case .lcreate: .lcreate
    case .create: .create
    case .symlink: .symlink
    case .mknod: .mknod
    case .link: .link
    case .read: .read
    case .write: .write
    case .clunk: .clunk
    case .remove: .remove
    case .statfs: .statfs
    case .readlink: .readlink
    case .getattr: .getattr
    case .setattr: .setattr
    case .stat: .stat
    case .wstat: .wstat
    case .xattrwalk: .xattrwalk
    case .xattrcreate: .xattrcreate
    case .readdir: .readdir
    case .fsync: .fsync
    case .lock: .lock
    case .getlock: .getlock
    case .mkdir: .mkdir
    case .rename: .rename
    case .renameat: .renameat
    case .unlinkat: .unlinkat
    }
  }
}
