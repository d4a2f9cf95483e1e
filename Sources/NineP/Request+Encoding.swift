extension Request {
  /// Writes the request into `buffer` and returns its size in bytes.
  public func encode(tag: UInt16, into buffer: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
    var writer = try MessageWriter(buffer, code: type.requestCode, tag: tag)
    try putBody(&writer)
    return try writer.finish()
  }

  private func putBody(_ writer: inout MessageWriter) throws(CodecError) {
    switch self {
    case .version(let messageBytesMax, let version):
      try writer.put(messageBytesMax)
      try writer.put(string: version)
    case .auth(let fid, let userName, let tree, let user):
      try writer.put(fid)
      try writer.put(string: userName)
      try writer.put(string: tree)
      try writer.put(user)
    case .attach(let fid, let authentication, let userName, let tree, let user):
      try writer.put(fid)
      try writer.put(authentication)
      try writer.put(string: userName)
      try writer.put(string: tree)
      try writer.put(user)
    case .flush(let oldTag):
      try writer.put(oldTag)
    case .walk(let fid, let newFid, let names):
      guard names.count <= Limits.walkNames else { throw .tooManyNames }
      try writer.put(fid)
      try writer.put(newFid)
      try writer.put(UInt16(truncatingIfNeeded: names.count))
      for name in names { try writer.put(string: name) }
    case .lopen(let fid, let flags):
      try writer.put(fid)
      try writer.put(flags)
    case .lcreate(let fid, let name, let flags, let mode, let group):
      try writer.put(fid)
      try writer.put(string: name)
      try writer.put(flags)
      try writer.put(mode)
      try writer.put(group)
    case .create(let fid, let name, let permissions, let mode, let special):
      try writer.put(fid)
      try writer.put(string: name)
      try writer.put(permissions)
      try writer.put(mode)
      try writer.put(string: special)
    case .symlink(let directory, let name, let target, let group):
      try writer.put(directory)
      try writer.put(string: name)
      try writer.put(string: target)
      try writer.put(group)
    case .mknod(let directory, let name, let mode, let major, let minor, let group):
      try writer.put(directory)
      try writer.put(string: name)
      try writer.put(mode)
      try writer.put(major)
      try writer.put(minor)
      try writer.put(group)
    case .link(let directory, let fid, let name):
      try writer.put(directory)
      try writer.put(fid)
      try writer.put(string: name)
    case .read(let fid, let offset, let count), .readdir(let fid, let offset, let count):
      try writer.put(fid)
      try writer.put(offset)
      try writer.put(count)
    case .write(let fid, let offset, let data):
      try writer.put(fid)
      try writer.put(offset)
      try writer.put(data: data)
    case .clunk(let fid), .remove(let fid), .statfs(let fid), .readlink(let fid), .stat(let fid):
      try writer.put(fid)
    case .getattr(let fid, let mask):
      try writer.put(fid)
      try writer.put(mask)
    case .setattr(let fid, let change):
      try writer.put(fid)
      try change.put(&writer)
    case .wstat(let fid, let record):
      try writer.put(fid)
      try record.putCounted(&writer)
    case .xattrwalk(let fid, let newFid, let name):
      try writer.put(fid)
      try writer.put(newFid)
      try writer.put(string: name)
    case .xattrcreate(let fid, let name, let valueBytes, let flags):
      try writer.put(fid)
      try writer.put(string: name)
      try writer.put(valueBytes)
      try writer.put(flags)
    case .lock(let fid, let lock, let flags):
      try writer.put(fid)
      try writer.put(lock.type)
      try writer.put(flags)
      try lock.putRange(&writer)
    case .getlock(let fid, let lock):
      try writer.put(fid)
      try writer.put(lock.type)
      try lock.putRange(&writer)
    case .fsync(let fid, let dataOnly):
      try writer.put(fid)
      try writer.put(dataOnly)
    case .mkdir(let directory, let name, let mode, let group):
      try writer.put(directory)
      try writer.put(string: name)
      try writer.put(mode)
      try writer.put(group)
    case .rename(let fid, let directory, let name):
      try writer.put(fid)
      try writer.put(directory)
      try writer.put(string: name)
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      try writer.put(oldDirectory)
      try writer.put(string: oldName)
      try writer.put(newDirectory)
      try writer.put(string: newName)
    case .unlinkat(let directory, let name, let flags):
      try writer.put(directory)
      try writer.put(string: name)
      try writer.put(flags)
    }
  }
}
