import SimVirtio
import VirtioCore

/// Answers each request with its bytes backwards, as many as fit.
final class EchoDevice: VirtioDevice {
  let name = "echo"
  let deviceID = DeviceID(rawValue: 42)
  let features: Features = []
  let queueSizes: [UInt16]
  let chainBytesMax: UInt32
  var configuration: [UInt8] = [1, 2, 3, 4, 5]
  weak var port: (any QueuePort)?
  private(set) var served = 0
  private(set) var resets = 0

  init(queueSize: UInt16 = 1024, chainBytesMax: UInt32 = 1 << 20) {
    queueSizes = [queueSize]
    self.chainBytesMax = chainBytesMax
  }

  func reset() { resets += 1 }
  func start(features: Features) {}

  func notify(queue: UInt16) {
    port?.serve(queue, while: true) { chain in
      served += 1
      chain.write(chain.read(chain.readableBytes).reversed())
    }
  }

  let state = DeviceState.entropy(EntropyDevice.State())
  func restore(_ state: DeviceState) throws(StateError) {}
}
