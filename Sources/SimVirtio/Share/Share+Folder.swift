import Glibc

extension Share {
  /// Takes the folder at `path` in.
  ///
  /// - Throws: ``ShareError`` that names the file, for anything that cannot be taken in as it is.
  public init(folder path: String, limits: ShareLimits = ShareLimits()) throws(ShareError) {
    var reader = FolderReader(limits: limits)
    try self.init(try reader.read(Array(path.utf8), depth: 0), name: path, limits: limits)
  }
}

/// Reads a folder of the host. The first folder may be reached through a link, since the user named it; nothing else.
private struct FolderReader {
  let limits: ShareLimits
  private var bytesLeft: Int
  private var entriesLeft: Int

  init(limits: ShareLimits) {
    self.limits = limits
    bytesLeft = limits.bytesMax
    entriesLeft = limits.entriesMax
  }

  private func fail(_ path: [UInt8], _ reason: ShareError.Reason) -> ShareError {
    ShareError(path: String(decoding: path, as: UTF8.self), reason: reason)
  }

  private func refusal(_ path: [UInt8], _ number: Int32) -> ShareError {
    switch number {
    case ENOENT: fail(path, .missing)
    case ENOTDIR: fail(path, .notAFolder)
    case ELOOP: fail(path, .changedMeanwhile)
    default: fail(path, .unreadable(systemMessage(number)))
    }
  }

  mutating func read(_ path: [UInt8], depth: Int) throws(ShareError) -> SourceFolder {
    guard depth <= limits.depthMax else { throw fail(path, .tooDeep(limit: limits.depthMax)) }
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth == 0 ? 0 : O_NOFOLLOW)
    let descriptor = withPath(path) { open($0, flags) }
    guard descriptor >= 0 else { throw refusal(path, errno) }
    guard let stream = fdopendir(descriptor) else {
      let number = errno
      close(descriptor)
      throw refusal(path, number)
    }
    defer { closedir(stream) }
    let folder = SourceFolder()
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw refusal(path, errno) }
        return folder
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      guard entriesLeft > 0 else { throw fail(path, .tooManyEntries(limit: limits.entriesMax)) }
      entriesLeft -= 1
      folder.items.append((name, try item(path + [UInt8(ascii: "/")] + name, depth: depth)))
    }
  }

  private mutating func item(_ path: [UInt8], depth: Int) throws(ShareError) -> SourceFolder.Item {
    var information = stat()
    guard withPath(path, { lstat($0, &information) }) == 0 else { throw refusal(path, errno) }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return .file(try file(path))
    case S_IFDIR: return .folder(try read(path, depth: depth + 1))
    case S_IFLNK: return .link(try linkTarget(path))
    case S_IFIFO: throw fail(path, .specialFile("FIFO"))
    case S_IFSOCK: throw fail(path, .specialFile("socket"))
    default: throw fail(path, .specialFile("device"))
    }
  }

  private mutating func file(_ path: [UInt8]) throws(ShareError) -> [UInt8] {
    // Should a FIFO have taken the file's place, opening it must not wait for a writer.
    let descriptor = withPath(path) { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    guard descriptor >= 0 else { throw refusal(path, errno) }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw refusal(path, errno) }
    guard information.st_mode & S_IFMT == S_IFREG else { throw fail(path, .changedMeanwhile) }
    guard Int(information.st_size) <= bytesLeft else { throw fail(path, .tooManyBytes(limit: limits.bytesMax)) }
    // One byte more than there should be shows a file that grows.
    let expected = Int(information.st_size)
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: expected + 1) { buffer, count in
      count = 0
      while count < expected + 1 {
        let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, expected + 1 - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { return }
        count += got
      }
    }
    guard failure == 0 else { throw refusal(path, failure) }
    guard bytes.count == expected else { throw fail(path, .changedMeanwhile) }
    bytesLeft -= expected
    return bytes
  }

  private func linkTarget(_ path: [UInt8]) throws(ShareError) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = target.withUnsafeMutableBytes { buffer in
      let characters = buffer.bindMemory(to: CChar.self)
      return withPath(path) { text in characters.baseAddress.map { readlink(text, $0, characters.count) } ?? -1 }
    }
    guard count >= 0 else { throw refusal(path, errno) }
    return Array(target.prefix(count))
  }
}

/// Calls `body` with `path` as the C library wants it.
func withPath<T>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
  (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
    // An array that ends with the terminator is never empty.
    body(buffer.baseAddress.unsafelyUnwrapped)
  }
}

/// The C library's words for an error number.
func systemMessage(_ number: Int32) -> String {
  String(cString: strerror(number))
}
