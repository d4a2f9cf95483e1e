/// A message from the client. Names and data are views: into the message when decoded, to the caller's when encoding.
public enum Request: Equatable {
  /// Agrees on the greatest message in bytes, and ends everything that went on before.
  case version(messageBytesMax: UInt32, version: ByteView)
  /// Makes `fid` the root of the tree `tree`.
  case attach(fid: UInt32, authentication: UInt32, userName: ByteView, tree: ByteView, user: UInt32)
  /// The answer to the request `oldTag` is no longer wanted.
  case flush(oldTag: UInt16)
  /// Makes `newFid` what the path `names` leads to from `fid`.
  case walk(fid: UInt32, newFid: UInt32, names: [ByteView])
  case lopen(fid: UInt32, flags: UInt32)
  /// Creates a file in the directory `fid`, which becomes the open file.
  case lcreate(fid: UInt32, name: ByteView, flags: UInt32, mode: UInt32, group: UInt32)
  case read(fid: UInt32, offset: UInt64, count: UInt32)
  case write(fid: UInt32, offset: UInt64, data: ByteView)
  case clunk(fid: UInt32)
  case statfs(fid: UInt32)
  case readlink(fid: UInt32)
  case getattr(fid: UInt32, mask: UInt64)
  case setattr(fid: UInt32, change: AttributeChange)
  /// `offset` is 0 or what an entry of an earlier reply gave.
  case readdir(fid: UInt32, offset: UInt64, count: UInt32)
  case fsync(fid: UInt32, dataOnly: UInt32)
  case mkdir(directory: UInt32, name: ByteView, mode: UInt32, group: UInt32)
  case renameat(oldDirectory: UInt32, oldName: ByteView, newDirectory: UInt32, newName: ByteView)
  case unlinkat(directory: UInt32, name: ByteView, flags: UInt32)

  public var type: MessageType {
    switch self {
    case .version: .version
    case .attach: .attach
    case .flush: .flush
    case .walk: .walk
    case .lopen: .lopen
    case .lcreate: .lcreate
    case .read: .read
    case .write: .write
    case .clunk: .clunk
    case .statfs: .statfs
    case .readlink: .readlink
    case .getattr: .getattr
    case .setattr: .setattr
    case .readdir: .readdir
    case .fsync: .fsync
    case .mkdir: .mkdir
    case .renameat: .renameat
    case .unlinkat: .unlinkat
    }
  }
}
