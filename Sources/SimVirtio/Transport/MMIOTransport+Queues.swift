import Invariants
import SimEvents
import VirtioCore

extension MMIOTransport {
  /// Whether queues may be set up now: between FEATURES_OK and DRIVER_OK, later only with VIRTIO_F_RING_RESET.
  private var queuesMayChange: Bool {
    status.contains(.featuresOK) && status.isDisjoint(with: [.failed, .deviceNeedsReset])
      && (!status.contains(.driverOK) || driverFeatures.contains(.ringReset))
  }

  /// Changes the registers of the selected queue, unless it is in use.
  func configureQueue(_ change: (inout QueueState) -> Void) {
    guard let index = selectedQueue, queuesMayChange, active[index] == nil else { return }
    change(&idle[index])
  }

  func writeQueueReady(_ value: UInt32) {
    guard let index = selectedQueue else { return }
    guard value & 1 == 1 else { return stopQueue(index) }
    guard queuesMayChange, active[index] == nil else { return }
    var state = QueueState(idle[index].layout)
    if state.size > queueSizesMax[index] { state.size = 0 }
    do throws(QueueError) {
      active[index] = try DeviceQueue(
        memory: memory, state: state, features: driverFeatures, chainBytesMax: device.chainBytesMax)
    } catch {
      fail(queue: UInt16(truncatingIfNeeded: index), error)
    }
  }

  private func stopQueue(_ index: Int) {
    guard let queue = active[index] else { return }
    idle[index] = QueueState()
    idle[index].size = queue.state.size
    idle[index].descriptors = queue.state.descriptors
    idle[index].driver = queue.state.driver
    idle[index].device = queue.state.device
    active[index] = nil
  }

  /// VIRTIO_F_RING_RESET: back to what a reset leaves of a queue (section 2.6.1).
  func resetSelectedQueue(_ value: UInt32) {
    guard value & 1 == 1, let index = selectedQueue, driverFeatures.contains(.ringReset), status.contains(.featuresOK)
    else { return }
    active[index] = nil
    idle[index] = QueueState()
  }

  func notify(_ value: UInt32) {
    guard isLive, let queue = UInt16(exactly: value), Int(queue) < active.count, active[Int(queue)] != nil else {
      return
    }
    report(.queueNotify(device: device.name, queue: queue))
    device.notify(queue: queue)
  }
}

extension MMIOTransport: QueuePort {
  public func serve(
    _ index: UInt16, while wanted: @autoclosure () -> Bool, _ body: (inout ChainAccess) throws(QueueError) -> Void
  ) {
    guard isLive, Int(index) < active.count, var queue = active[Int(index)] else { return }
    // A device's own writes may hit the ring; the lap bounds what that can cause.
    let slotsMax = queue.state.size
    var slots: UInt16 = 0
    assert(queue._checkInvariants())
    // What an error leaves: no chain half done.
    var settled = queue
    do throws(QueueError) {
      while slots < slotsMax, wanted(), let chain = try queue.pop() {
        report(
          .descriptorChain(
            device: device.name, queue: index, head: chain.id, readableBytes: chain.readableBytes,
            writableBytes: chain.writableBytes))
        var access = ChainAccess(chain, memory: memory)
        try body(&access)
        try queue.push(chain, writtenBytes: access.writtenBytes)
        settled = queue
        slots &+= chain.slots
        report(
          .usedChain(device: device.name, queue: index, head: chain.id, writtenBytes: access.writtenBytes))
      }
      active[Int(index)] = queue
      assert(queue._checkInvariants())
      Invariants.check("a virtqueue", queue._checkInvariants())
      if driverFeatures.contains(.eventIndex) { try queue.setNotifications(true) }
      if try queue.wantsInterrupt(after: slots) { interruptStatus.insert(.usedBuffer) }
    } catch {
      active[Int(index)] = settled
      assert(settled._checkInvariants())
      fail(queue: index, error)
    }
  }

  public func setNotifications(_ index: UInt16, enabled: Bool) {
    guard isLive, Int(index) < active.count, let queue = active[Int(index)] else { return }
    do throws(QueueError) {
      try queue.setNotifications(enabled)
    } catch {
      fail(queue: index, error)
    }
  }

  public func configurationChanged() {
    configGeneration &+= 1
    if status.contains(.driverOK) { interruptStatus.insert(.configurationChange) }
  }
}
