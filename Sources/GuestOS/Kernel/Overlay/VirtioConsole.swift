import GuestBoot
import VirtioCore

/// A virtio console (virtio 1.2, section 5.3): queue 0 receives, queue 1 transmits.
struct VirtioConsole {
  private static var receiveQueue: UInt16 { 0 }
  private static var transmitQueue: UInt16 { 1 }
  private static var receiveBuffers: UInt64 { 4 }
  private static var receiveBytes: UInt64 { 1024 }
  private static var spins: Int { 10_000 }
  /// Nanoseconds from one look to the next.
  private static var pause: UInt64 { 1_000_000 }

  private let device: VirtioDevice
  private var receive: VirtioQueue
  private var transmit: VirtioQueue
  /// One page: the receive buffers. Another: what is being sent.
  private let receiveMemory: UInt64
  private let transmitMemory: UInt64
  /// The buffer of each outstanding request, by its id.
  private var bufferOfRequest: [UInt64]
  /// What has been received and not been read yet.
  private var input: [UInt8] = []
  private var inputRead = 0
  private var isBroken = false

  /// Brings the device up; nil if it does not behave.
  init?(_ device: VirtioDevice) {
    guard let features = try? device.negotiate(wanted: [.eventIndex], needed: []),
      let receive = try? device.makeQueue(Self.receiveQueue, size: 16, features),
      let transmit = try? device.makeQueue(Self.transmitQueue, size: 16, features)
    else { return nil }
    self.device = device
    self.receive = receive
    self.transmit = transmit
    receiveMemory = DMAPages.allocate(1)
    transmitMemory = DMAPages.allocate(1)
    bufferOfRequest = [UInt64](repeating: 0, count: Int(receive.layout.size))
    device.start()
    do throws(QueueDriverError) {
      try self.transmit.disableInterrupts()
      for index in 0..<min(Self.receiveBuffers, UInt64(receive.layout.size)) {
        try offer(receiveMemory &+ index &* Self.receiveBytes)
      }
      if try self.receive.publish() { device.notify(Self.receiveQueue) }
    } catch { return nil }
  }

  private mutating func offer(_ buffer: UInt64) throws(QueueDriverError) {
    let id = try receive.add(CollectionOfOne(.writable(buffer, UInt32(Self.receiveBytes))))
    bufferOfRequest[Int(id)] = buffer
  }

  /// The next received byte, or nil.
  mutating func read() -> UInt8? {
    if inputRead == input.count { collect() }
    guard inputRead < input.count else { return nil }
    let byte = input[inputRead]
    inputRead &+= 1
    return byte
  }

  private mutating func collect() {
    input.removeAll(keepingCapacity: true)
    inputRead = 0
    guard !isBroken else { return }
    do throws(QueueDriverError) {
      while let used = try receive.popUsed() {
        let buffer = bufferOfRequest[Int(used.id)]
        for offset in 0..<UInt64(used.writtenBytes) { input.append(volatile_read8(buffer &+ offset)) }
        try offer(buffer)
      }
      if try receive.publish() { device.notify(Self.receiveQueue) }
    } catch { isBroken = true }
  }

  /// Devices are mostly done when the notification returns; one whose reader is slow must not stop the application.
  private mutating func awaitTransmitted() throws(QueueDriverError) {
    var patience = Self.spins
    while try transmit.popUsed() == nil {
      if patience > 0 {
        patience &-= 1
        spin_hint()
      } else {
        Scheduler.sleep(until: Clock.now &+ Self.pause)
      }
    }
  }

  /// Sends bytes, a page at a time, and waits until the device has taken them.
  mutating func write(_ bytes: UnsafeBufferPointer<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty, !isBroken {
      let piece = rest.prefix(Int(Pages.size))
      _ = GuestMemory().copyBytes(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: piece)), to: transmitMemory)
      do throws(QueueDriverError) {
        _ = try transmit.add(CollectionOfOne(.readable(transmitMemory, UInt32(piece.count))))
        if try transmit.publish() { device.notify(Self.transmitQueue) }
        try awaitTransmitted()
      } catch { isBroken = true }
      rest = rest.dropFirst(piece.count)
    }
  }
}
