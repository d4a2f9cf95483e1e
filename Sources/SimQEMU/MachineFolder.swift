import Foundation
import Scenarios
import SimVirtio

/// What one QEMU needs in the host's file system, in a temporary folder of its own that goes with this value.
///
/// The folder is locked while it is in use. One that is not was left by a process that was killed, and goes when the next
/// is made.
final class MachineFolder {
  let url: URL
  private let lock: Int32

  private static let prefix = "sim-qemu-"

  var image: URL { url.appending(path: "image.elf") }
  /// A copy: what the guest changes is its own.
  var share: URL { url.appending(path: "share") }
  var disk: URL { url.appending(path: "disk") }
  /// A pipe, so that a long run fills no disk.
  var log: URL { url.appending(path: "log") }
  /// Where the monitor puts memory.
  var memory: URL { url.appending(path: "memory") }

  var monitor: URL { url.appending(path: "monitor") }

  /// QEMU adds ".in" for what it reads, ".out" for what it writes.
  func pipe(_ stream: QEMUArguments.Stream) -> String { url.appending(path: stream.rawValue).path }

  init(_ plan: MachinePlan) throws(QEMUFailure) {
    Self.removeAbandoned()
    (url, lock) = try Self.make()
    do {
      try Data(plan.image.bytes).write(to: image)
      try plan.share.tree.export(to: share.path)
      if plan.configuration.devices.contains(.block) {
        // Whole sectors, as on the simulator: QEMU would show the last one whole and write it only when the guest does.
        let bytes = max(Int(plan.configuration.disk.bytes), plan.disk.count)
        let sectors = (bytes + BlockDevice.sectorBytes - 1) / BlockDevice.sectorBytes
        let zeros = Data(count: sectors * BlockDevice.sectorBytes - plan.disk.count)
        try (Data(plan.disk) + zeros).write(to: disk)
      }
    } catch {
      throw QEMUFailure("\(url.path) can't be filled: \(error)")
    }
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
