import SimVirtio

/// What a virtio-mmio slot answers: the transport with the device behind it.
public protocol VirtioSlot: AnyObject {
  func read(offset: UInt64, size: Int) -> UInt64
  func write(offset: UInt64, size: Int, value: UInt64)
  /// The level of the interrupt line.
  var interruptAsserted: Bool { get }
  /// Everything that the slot and its device remember.
  var state: TransportState { get }
  func restore(_ state: TransportState) throws(StateError)
}

extension MMIOTransport: VirtioSlot {}
