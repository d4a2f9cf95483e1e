/// A message from the server. Data are views: into the message when decoded, to the caller's when encoding.
public enum Reply: Equatable {
  /// The request failed.
  case lerror(ErrorNumber)
  case version(messageBytesMax: UInt32, version: ByteView)
  case attach(QID)
  case flush
  /// One for each name that was found, in order; fewer than asked for means that the walk failed there.
  case walk([QID])
  /// `dataBytesMax` (iounit): what one read or write should carry, 0 for as much as a message holds.
  case lopen(QID, dataBytesMax: UInt32)
  case lcreate(QID, dataBytesMax: UInt32)
  case read(ByteView)
  case write(count: UInt32)
  case clunk
  case statfs(FileSystemStatus)
  case readlink(ByteView)
  case getattr(Attributes)
  case setattr
  /// Entries as ``DirectoryEntries`` reads and ``DirectoryWriter`` writes them.
  case readdir(ByteView)
  case fsync
  case mkdir(QID)
  case renameat
  case unlinkat

  public var type: MessageType {
    switch self {
    case .lerror: .lerror
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
