import NineP

/// Who breaks things in one slot on purpose. The slot and its device ask it at each operation while there is one
/// (``MMIOTransport/faults``); nothing is paid for it while there is none.
public protocol DeviceFaults: AnyObject {
  /// The next chain of a queue is about to be taken, if there is one.
  func willTake(from queue: UInt16, _ state: DeviceQueue)
  /// A chain is about to be given back. What the driver reads of it in the used ring can be changed.
  func willReturn(id: inout UInt16, writtenBytes: inout UInt32, to queue: UInt16) -> ReturnFate
  /// A chain was given back, and the driver may not know it yet.
  func didReturn(to queue: UInt16, _ state: DeviceQueue)

  /// Keeps a chain.
  func hold(_ chain: HeldChain, of queue: UInt16)
  /// The next chain that was held long enough, which is held no more; nil if there is none.
  func nextDue(of queue: UInt16) -> HeldChain?
  /// The queue begins anew, and its chains are no longer the device's; nil: all queues.
  func forgetChains(of queue: UInt16?)

  /// The driver reads `range` of the configuration space.
  func willRead(_ configuration: inout [UInt8], _ range: Range<Int>)
  /// The device has read a request of 9P.
  func willServe(request: inout [UInt8]) -> MessageFate
  /// The device is about to write a reply of 9P.
  func willSend(reply: inout [UInt8]) -> MessageFate
  /// The error that the server answers a request with instead of carrying it out; nil: none.
  func refusal(of request: MessageType) -> ErrorNumber?
  /// Sectors were read from the disk, or are about to be written to it.
  ///
  /// - Returns: false if that fails.
  func willTransfer(_ data: inout [UInt8], firstSector: UInt64, isWrite: Bool) -> Bool
  /// Random bytes are about to be given to the driver.
  func willGive(random: inout [UInt8])
}

/// What becomes of a chain that a device is done with.
public enum ReturnFate: Equatable, Sendable {
  case returned
  case lost
  /// The driver finds it twice in the used ring.
  case `repeated`
  /// It is held until ``DeviceFaults/nextDue(of:)`` gives it.
  case held
}

/// What becomes of a message on its way.
public enum MessageFate: Equatable, Sendable {
  case passed
  case lost
  /// It is held until ``DeviceFaults/nextDue(of:)`` gives its chain.
  case held
}

/// A chain that a device has taken and not given back.
public struct HeldChain {
  /// What is left to be done with a chain.
  public typealias Work = (inout ChainAccess) throws(QueueError) -> Void

  public let access: ChainAccess
  let work: Work?
}
