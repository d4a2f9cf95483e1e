import Foundation
import Scenarios
import SimVirtio

/// What the machine of a scenario needs in the host's file system, in a temporary folder of its own that goes with this value.
final class MachineFolder {
  private let folder: LockedFolder
  var url: URL { folder.url }

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
    folder = try LockedFolder()
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

  func remove() { folder.remove() }
}
