import Glibc

/// A trace's bytes on the host, read piece by piece.
private final class OpenFile {
  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  func read(_ offset: UInt64, _ count: Int, size: UInt64) throws(TraceError) -> [UInt8] {
    guard offset <= size, UInt64(count) <= size - offset else { throw .truncated(size: size) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { return }
        filled += got
      }
    }
    guard failure == 0 else { throw .unreadable(String(cString: strerror(failure))) }
    guard bytes.count == count else { throw .unreadable("it became shorter while it was read") }
    return bytes
  }
}

/// The bytes of the file at `path`.
func openTraceSource(path: String) throws(TraceError) -> (size: UInt64, read: TraceReader.Source) {
  // Should there be a FIFO, opening it must not wait for a writer.
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
  let file = OpenFile(descriptor)
  var information = stat()
  guard fstat(descriptor, &information) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
  guard information.st_mode & S_IFMT == S_IFREG else { throw .unreadable("it is no regular file") }
  let size = UInt64(information.st_size)
  return (size, { (offset, count) throws(TraceError) in try file.read(offset, count, size: size) })
}

/// Bytes in memory as those of a file.
func traceSource(_ bytes: [UInt8]) -> (size: UInt64, read: TraceReader.Source) {
  let size = UInt64(bytes.count)
  return (
    size,
    { (offset, count) throws(TraceError) in
      guard offset <= size, count <= bytes.count - Int(offset) else { throw .truncated(size: size) }
      return Array(bytes[Int(offset)..<Int(offset) + count])
    }
  )
}

extension TraceReader {
  /// Opens the trace at `path`.
  public init(path: String) throws(TraceError) {
    let file = try openTraceSource(path: path)
    try self.init(size: file.size, read: file.read)
  }

  /// Reads a trace in memory.
  public init(bytes: [UInt8]) throws(TraceError) {
    let file = traceSource(bytes)
    try self.init(size: file.size, read: file.read)
  }
}
