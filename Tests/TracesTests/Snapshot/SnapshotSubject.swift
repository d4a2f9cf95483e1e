import Engines
import Foundation
import GuestOS
import Scenarios
import SimEvents
import SimMachine
import SimMemory

@testable import Traces

let snapshotPackageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..")
  .standardized
private let products = BuildProducts(folder: snapshotPackageRoot.appending(path: ".build"))

/// Whether the guest's images are there; `swift test` alone does not build them, ./test does.
let snapshotImagesAreBuilt: Bool = {
  if FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) { return true }
  print("no snapshots are taken: the guest's images have not been built (./test does it)")
  return false
}()

func shippedInputs(_ name: String) throws -> RunInputs {
  let path = snapshotPackageRoot.appending(path: "scenarios/\(name)").path
  return try RunInputs(ScenarioFile(path: path), products: products, seed: nil)
}

/// Keeps all events in canonical form.
final class EventBytes: EventSink {
  private var encoder = EventEncoder()
  private(set) var count: UInt64 = 0
  private(set) var last: Event?

  func record(_ event: Event) {
    encoder.encode(event)
    count += 1
    last = event
  }

  var bytes: [UInt8] { encoder.withBytes { [UInt8]($0) } }
}

extension RunSnapshot {
  /// The snapshot as its file gives it back, with the inputs that the file carries.
  func throughAFile(_ inputs: RunInputs) throws -> (inputs: RunInputs, snapshot: RunSnapshot) {
    let file = try SnapshotReader(bytes: try fileBytes(inputs))
    try file.verify()
    let own = try file.trace.inputs(path: "x.snapshot", images: ImageStore([]))
    return (own, try file.snapshot(image: own.image))
  }

  func fileBytes(_ inputs: RunInputs, isThin: Bool = false) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try writeSnapshot(self, of: inputs, isThin: isThin) { bytes += $0 }
    return bytes
  }

  /// A moment in the middle of things: the shell reads a file over 9P.
  static func busy() throws -> (inputs: RunInputs, snapshot: RunSnapshot) {
    let inputs = try shippedInputs("hello.json")
    var snapshot = try RunSnapshot(of: inputs, at: .event(235))
    // Of entries that are all alike one is enough where each field is changed in turn.
    snapshot.machine.state.cpu.translations.removeSubrange(1...)
    return (inputs, snapshot)
  }
}
