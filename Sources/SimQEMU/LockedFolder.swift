import Foundation

/// A temporary folder for one QEMU, which goes with this value.
///
/// It is locked while it is in use. One that is not was left by a process that was killed, and goes when the next is made.
final class LockedFolder {
  let url: URL
  private let lock: Int32

  private static let prefix = "sim-qemu-"

  init() throws(QEMUFailure) {
    Self.removeAbandoned()
    (url, lock) = try Self.make()
  }

  deinit {
    remove()
    close(lock)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }

  private static func make() throws(QEMUFailure) -> (URL, Int32) {
    let pattern = FileManager.default.temporaryDirectory.appending(path: prefix + "XXXXXX").path
    // Who looks between the two calls takes the first folder for abandoned; the second one's turn is another moment.
    for _ in 0..<10 {
      var bytes = Array(pattern.utf8CString)
      guard mkdtemp(&bytes) != nil else { break }
      let path = String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      let lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      if lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0 && access(path, F_OK) == 0 {
        return (URL(fileURLWithPath: path), lock)
      }
      if lock >= 0 { close(lock) }
    }
    throw QEMUFailure("no temporary folder like \(pattern) can be made")
  }

  private static func removeAbandoned() {
    let place = FileManager.default.temporaryDirectory
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: place.path) else { return }
    for name in names where name.hasPrefix(prefix) {
      let folder = place.appending(path: name)
      let lock = open(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard lock >= 0 else { continue }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(at: folder) }
      close(lock)
    }
  }
}
