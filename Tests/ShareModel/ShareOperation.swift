/// Something that a client does with a share, in the protocol's terms. Fids and names need not exist.
public enum ShareOperation: Equatable, Sendable {
  case walk(fid: UInt32, newFid: UInt32, names: [String])
  case clunk(fid: UInt32)
  case lopen(fid: UInt32, flags: UInt32)
  case lcreate(fid: UInt32, name: String, flags: UInt32, mode: UInt32)
  case read(fid: UInt32, offset: UInt64, count: UInt32)
  case write(fid: UInt32, offset: UInt64, byte: UInt8, count: UInt32)
  case getattr(fid: UInt32)
  case setSize(fid: UInt32, size: UInt64)
  case setMode(fid: UInt32, mode: UInt32)
  case setOwner(fid: UInt32, user: UInt32?, group: UInt32?)
  /// Nil: that time stays.
  case setTimes(fid: UInt32, access: UInt64?, modification: UInt64?, nanoseconds: UInt64)
  case readlink(fid: UInt32)
  case fsync(fid: UInt32)
  case mkdir(directory: UInt32, name: String, mode: UInt32)
  case symlink(directory: UInt32, name: String, target: String)
  case mknod(directory: UInt32, name: String, mode: UInt32)
  case link(directory: UInt32, fid: UInt32, name: String)
  case rename(fid: UInt32, directory: UInt32, name: String)
  case renameat(oldDirectory: UInt32, oldName: String, newDirectory: UInt32, newName: String)
  case unlinkat(directory: UInt32, name: String, isDirectory: Bool)
  case remove(fid: UInt32)
  /// Lists all of an open directory, by replies of `count` bytes.
  case list(fid: UInt32, count: UInt32)
}

/// What came of it: an error number of Linux, or what can be seen of the result.
public enum ShareOutcome: Equatable, Sendable, CustomStringConvertible {
  case error(UInt32)
  case done(String)

  public var description: String {
    switch self {
    case .error(let number): "error \(number)"
    case .done(let text): text.isEmpty ? "done" : text
    }
  }
}
