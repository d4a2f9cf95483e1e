import Glibc

/// A byte stream to or from QEMU that never makes the caller wait: a connected socket, or a pipe.
final class Channel {
  let descriptor: Int32
  /// Bytes to be written when there is room.
  private(set) var pending: [UInt8] = []
  private(set) var isAtEnd = false

  /// What one call of ``read()`` takes at most, so that no channel keeps the others waiting.
  private static let chunkBytesMax = 1 << 16

  /// Takes over an open descriptor.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// Opens a new named pipe for both directions, so that neither side waits for the other or sees its end.
  ///
  /// A pipe packs small writes together, unlike a socket, which has room for a few hundred of any size; what finds no
  /// room, QEMU's console throws away.
  convenience init(newPipe path: String) throws(QEMUFailure) {
    let descriptor = mkfifo(path, 0o600) == 0 ? open(path, O_RDWR | O_CLOEXEC) : -1
    guard descriptor >= 0 else {
      throw QEMUFailure("the pipe \(path) can't be made: \(String(cString: strerror(errno)))")
    }
    self.init(descriptor)
    _ = fcntl(descriptor, Self.setPipeSize, Int32(1 << 20))
  }

  /// F_SETPIPE_SZ of fcntl(2), which the C library's module does not show.
  private static let setPipeSize: Int32 = 1031

  deinit { close(descriptor) }

  /// What has arrived; empty if nothing has, or at the end.
  func read() -> [UInt8] {
    guard !isAtEnd else { return [] }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkBytesMax) { buffer, initialized in
      count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      initialized = max(0, count)
    }
    if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isAtEnd = true }
    return bytes
  }

  /// Queues bytes and writes as many as there is room for.
  func write(_ bytes: [UInt8]) {
    pending += bytes
    flush()
  }

  func flush() {
    while !pending.isEmpty {
      let count = pending.withUnsafeBytes { bytes in
        // A socket's peer that is gone is seen by reading, not by a signal. A pipe's is ourselves at least.
        let sent = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        return sent < 0 && errno == ENOTSOCK ? Glibc.write(descriptor, bytes.baseAddress, bytes.count) : sent
      }
      guard count > 0 else {
        if errno != EAGAIN && errno != EINTR { pending.removeAll() }
        return
      }
      pending.removeFirst(count)
    }
  }

  /// Waits until one of `channels` can be read, or written if something is pending, at most `milliseconds`.
  static func wait(for channels: [Channel], milliseconds: Int32) {
    var list = channels.filter { !$0.isAtEnd }.map { channel in
      pollfd(
        fd: channel.descriptor, events: Int16(POLLIN) | (channel.pending.isEmpty ? 0 : Int16(POLLOUT)), revents: 0)
    }
    _ = poll(&list, nfds_t(list.count), milliseconds)
  }
}

/// A socket in the file system that waits for one connection.
///
/// QEMU connects to us, not we to QEMU: then there is no moment at which the socket does not exist yet.
final class ListeningSocket {
  let path: String
  private let descriptor: Int32

  /// - Throws: `QEMUFailure` if the path is too long for a socket's address, or the socket can't be made.
  init(_ path: String) throws(QEMUFailure) {
    self.path = path
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw QEMUFailure("the path of a socket, \(path), is too long; set TMPDIR to a shorter one")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(descriptor, 1) == 0
      }
    }
    guard descriptor >= 0, isBound else {
      throw QEMUFailure("the socket \(path) can't be made: \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }

  /// The connection, if one is made within `milliseconds`.
  func accept(milliseconds: Int32) -> Channel? {
    var list = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
    guard poll(&list, 1, milliseconds) == 1 else { return nil }
    let connection = Glibc.accept(descriptor, nil, nil)
    return connection < 0 ? nil : Channel(connection)
  }
}

/// Something that QEMU or the host did not do; one line.
struct QEMUFailure: Error {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
