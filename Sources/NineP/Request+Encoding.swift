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
      for name in names {
        guard name.isWalkName else { throw .invalidName }
        try writer.put(string: name)
      }
    case .lopen(let fid, let flags):
      try writer.put(fid)
      try writer.put(flags)
    case .lcreate(let fid, let name, let flags, let mode, let group):
      try writer.put(fid)
      try writer.put(entryName: name)
      try writer.put(flags)
      try writer.put(mode)
      try writer.put(group)
    case .read(let fid, let offset, let count), .readdir(let fid, let offset, let count):
      try writer.put(fid)
      try writer.put(offset)
      try writer.put(count)
    case .write(let fid, let offset, let data):
      try writer.put(fid)
      try writer.put(offset)
      try writer.put(data: data)
    case .clunk(let fid), .statfs(let fid), .readlink(let fid):
      try writer.put(fid)
    case .getattr(let fid, let mask):
      try writer.put(fid)
      try writer.put(mask)
    case .setattr(let fid, let change):
      try writer.put(fid)
      try change.put(&writer)
    case .fsync(let fid, let dataOnly):
      try writer.put(fid)
      try writer.put(dataOnly)
    case .mkdir(let directory, let name, let mode, let group):
      try writer.put(directory)
      try writer.put(entryName: name)
      try writer.put(mode)
      try writer.put(group)
    case .renameat(let oldDirectory, let oldName, let newDirectory, let newName):
      try writer.put(oldDirectory)
      try writer.put(entryName: oldName)
      try writer.put(newDirectory)
      try writer.put(entryName: newName)
    case .unlinkat(let directory, let name, let flags):
      try writer.put(directory)
      try writer.put(entryName: name)
      try writer.put(flags)
    }
  }
}
