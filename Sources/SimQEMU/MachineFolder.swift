import Foundation
import Scenarios
import SimVirtio

/// What one QEMU needs in the host's file system, in a temporary folder of its own that goes with this value.
final class MachineFolder {
  let url: URL
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

  private static let diskBytes = 1 << 20

  init(_ plan: MachinePlan) throws(QEMUFailure) {
    let pattern = FileManager.default.temporaryDirectory.appending(path: "sim-qemu-XXXXXX").path
    var bytes = Array(pattern.utf8CString)
    guard mkdtemp(&bytes) != nil else { throw QEMUFailure("no temporary folder like \(pattern) can be made") }
    url = URL(fileURLWithPath: String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    do {
      try Data(plan.image.bytes).write(to: image)
      try plan.share.tree.export(to: share.path)
      if plan.configuration.devices.contains(.block) { try Data(count: Self.diskBytes).write(to: disk) }
    } catch {
      throw QEMUFailure("\(url.path) can't be filled: \(error)")
    }
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
