import VirtioCore

/// A source of random bytes (virtio 1.2, section 5.4), which come from a stream that the run's seed decides.
public final class EntropyDevice: VirtioDevice {
  /// The most bytes that one request gets.
  public static let requestBytesMax = 64 << 10

  public let name: String
  public let deviceID = DeviceID.entropy
  public let features: Features = []
  public let queueSizes: [UInt16]
  public let chainBytesMax: UInt32 = 1 << 20
  public let configuration: [UInt8] = []
  public weak var port: (any QueuePort)?
  private let randomBytes: (Int) -> [UInt8]

  /// - Parameter randomBytes: gives the next bytes of the stream, as many as asked for.
  public init(name: String = "rng", queueSize: UInt16 = 64, randomBytes: @escaping (Int) -> [UInt8]) {
    self.name = name
    self.randomBytes = randomBytes
    queueSizes = [queueSize]
  }

  public func reset() {}

  public func start(features: Features) {}

  public func notify(queue: UInt16) {
    port?.serve(queue, while: { true }) { (chain) throws(QueueError) in
      // Section 5.4.6.1 and .2: only writable buffers, and at least one byte.
      guard chain.readableBytes == 0, chain.writableBytes > 0 else {
        throw .malformedRequest(reason: "a request for random bytes needs writable buffers only")
      }
      chain.write(randomBytes(min(chain.writableBytes, Self.requestBytesMax)))
    }
  }

  public var state: DeviceState { .entropy }

  public func restore(_ state: DeviceState) throws(StateError) {
    guard case .entropy = state else { throw StateError("\(name): the saved device is no entropy source") }
  }
}
