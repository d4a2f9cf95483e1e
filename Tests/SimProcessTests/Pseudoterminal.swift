import Foundation

/// A terminal of our own for a process to write to.
final class Pseudoterminal {
  private let primary: Int32
  // TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which the importer does not know, nor the functions around them.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430
  /// The process's end.
  let handle: FileHandle

  init?() {
    primary = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (locked, number) = (Int32(0), UInt32(0))
    guard primary >= 0, ioctl(primary, Self.setLock, &locked) == 0, ioctl(primary, Self.getNumber, &number) == 0,
      case let secondary = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), secondary >= 0
    else { return nil }
    handle = FileHandle(fileDescriptor: secondary, closeOnDealloc: true)
  }

  deinit { close(primary) }

  /// What has been written and not been read yet.
  var text: String {
    var bytes: [UInt8] = []
    var descriptor = pollfd(fd: primary, events: Int16(POLLIN), revents: 0)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while poll(&descriptor, 1, 0) == 1 {
      let count = read(primary, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
