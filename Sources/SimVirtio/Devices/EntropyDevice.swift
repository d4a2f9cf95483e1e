import VirtioCore

/// A source of random bytes (virtio 1.2, section 5.4), which come from a stream that the run's seed decides.
public final class EntropyDevice: VirtioDevice {
  public struct State: Equatable, Sendable, Codable {
    /// How far the stream of random bytes has been used; what that means is the business of whoever gives the bytes.
    public var position: UInt64

    public init(position: UInt64 = 0) {
      self.position = position
    }
  }

  /// The next bytes of a stream from a position, which is moved on: as many as asked for.
  public typealias Stream = (_ position: inout UInt64, _ count: Int) -> [UInt8]

  /// The most bytes that one request gets.
  public static let requestBytesMax = 64 << 10

  public let name: String
  public let deviceID = DeviceID.entropy
  public let features: Features = []
  public let queueSizes: [UInt16]
  public let chainBytesMax: UInt32 = 1 << 20
  public let configuration: [UInt8] = []
  public weak var port: (any QueuePort)?
  private let stream: Stream
  private var current: State

  /// - Parameter position: where in the stream the device begins.
  public init(name: String = "rng", queueSize: UInt16 = 64, position: UInt64 = 0, stream: @escaping Stream) {
    self.name = name
    self.stream = stream
    current = State(position: position)
    queueSizes = [queueSize]
  }

  public func reset() {}

  public func start(features: Features) {}

  public func notify(queue: UInt16) {
    port?.serve(queue, while: true) { (chain) throws(QueueError) in
      // Section 5.4.6.1 and .2: only writable buffers, and at least one byte.
      guard chain.readableBytes == 0, chain.writableBytes > 0 else {
        throw .malformedRequest(reason: "a request for random bytes needs writable buffers only")
      }
      var bytes = stream(&current.position, min(chain.writableBytes, Self.requestBytesMax))
      port?.faults?.willGive(random: &bytes)
      chain.write(bytes)
    }
  }

  public var state: DeviceState { .entropy(current) }

  public func restore(_ state: DeviceState) throws(StateError) {
    guard case .entropy(let saved) = state else { throw StateError("\(name): the saved device is no entropy source") }
    current = saved
  }
}
