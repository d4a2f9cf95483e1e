/// A message from the server. Data are views: into the message when decoded, to the caller's when encoding.
public enum Reply: Equatable {
  /// The request failed.
  case lerror(ErrorNumber)
  case version(messageBytesMax: UInt32, version: ByteView)
  case auth(QID)
  case attach(QID)
  case flush
  /// One for each name that was found, in order; fewer than asked for means that the walk failed there.
  case walk([QID])
  /// `dataBytesMax` (iounit): what one read or write should carry, 0 for as much as a message holds.
  case lopen(QID, dataBytesMax: UInt32)
  case lcreate(QID, dataBytesMax: UInt32)
  case create(QID, dataBytesMax: UInt32)
  case symlink(QID)
  case mknod(QID)
  case link
  case read(ByteView)
  case write(count: UInt32)
  case clunk
  case remove
  case statfs(FileSystemStatus)
  case readlink(ByteView)
  case getattr(Attributes)
  case setattr
  case stat(StatRecord)
  case wstat
  /// The value, or the list of names, has so many bytes.
  case xattrwalk(bytes: UInt64)
  case xattrcreate
  /// Entries as ``DirectoryEntries`` reads and ``DirectoryWriter`` writes them.
  case readdir(ByteView)
  case fsync
  /// `status` is one of ``LockStatus``.
  case lock(status: UInt8)
  /// The lock in the way, or the one asked for with the type ``LockType/unlock``.
  case getlock(FileLock)
  case mkdir(QID)
  case rename
  case renameat
  case unlinkat

  public var type: MessageType {
    switch self {
    case .lerror: .lerror
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
