import SimEvents
import VirtioCore

/// What a virtio device is, apart from how it is reached. `docs/add-a-device.md` shows how to write one.
///
/// A device works only when it is called, never reads a clock, and tells what it does as events. Everything that it
/// remembers is in ``state``.
public protocol VirtioDevice: AnyObject {
  /// The device's name in events: "console".
  var name: String { get }
  var deviceID: DeviceID { get }
  /// The features of this type of device; those of queues and transport are not its business.
  var features: Features { get }
  /// The greatest size of each queue: powers of two up to ``MMIOTransport/queueSizeLimit``.
  var queueSizes: [UInt16] { get }
  /// The most bytes that a request may have, both directions together.
  var chainBytesMax: UInt32 { get }
  /// The device-specific configuration as the driver reads it. Drivers' writes are ignored.
  var configuration: [UInt8] { get }

  /// Where the device's requests come from; set by the transport, and to be held weakly.
  var port: (any QueuePort)? { get set }
  /// Forgets everything but what outlives a reset (a disk's contents).
  func reset()
  /// The driver has set DRIVER_OK.
  func start(features: Features)
  /// The driver has put something into a queue.
  func notify(queue: UInt16)

  /// All of the device's state as plain data.
  var state: DeviceState { get }
  /// Continues from a saved state.
  ///
  /// - Throws: ``StateError`` when it is of another device or impossible.
  func restore(_ state: DeviceState) throws(StateError)
}

/// A device's view of its queues.
public protocol QueuePort: AnyObject {
  /// Hands the chains that wait in `queue` to `body`, one after the other, as long as `wanted` says so; each goes back to
  /// the driver when `body` returns. Then interrupts if the driver asked for that.
  ///
  /// Nothing happens before DRIVER_OK, after an error, or when the queue is not ready. A body that throws puts the device
  /// into DEVICE_NEEDS_RESET. One call handles at most as many descriptors as the queue has.
  func serve(
    _ queue: UInt16, while wanted: @autoclosure () -> Bool, _ body: (inout ChainAccess) throws(QueueError) -> Void)
  /// Asks the driver to notify of what it puts into `queue`, or not to.
  func setNotifications(_ queue: UInt16, enabled: Bool)
  /// The device's configuration has changed.
  func configurationChanged()
  /// Who breaks something in this slot on purpose; nil: nobody.
  var faults: (any DeviceFaults)? { get }
}

/// Why saved state was refused.
public struct StateError: Error, Equatable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) {
    self.description = description
  }
}
