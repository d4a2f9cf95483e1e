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
        memory: memory, state: state, features: driverFeatures, chainBytesMax: device.chainBytesMax,
        dmaWindow: dmaWindow)
    } catch {
      fail(queue: UInt16(truncatingIfNeeded: index), error)
    }
  }

  private func stopQueue(_ index: Int) {
    guard let queue = active[index] else { return }
    faults?.forgetChains(of: UInt16(index))
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
    faults?.forgetChains(of: UInt16(index))
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
    var (taken, returned): (UInt16, UInt16) = (0, 0)
    assert(isDisturbed || queue._checkInvariants())
    // What an error leaves: no chain half done.
    var settled = queue
    do throws(QueueError) {
      while taken < slotsMax, wanted(), let chain = try take(from: &queue, index) {
        report(
          .descriptorChain(
            device: device.name, queue: index, head: chain.id, readableBytes: chain.readableBytes,
            writableBytes: chain.writableBytes))
        var access = ChainAccess(chain, memory: memory)
        try body(&access)
        taken &+= chain.slots
        if faults == nil {
          try giveBack(access, to: &queue, index, &returned)
        } else {
          try giveBackWithFaults(access, to: &queue, index, &returned)
        }
        settled = queue
      }
      try finish(queue, index, returned)
    } catch {
      active[Int(index)] = settled
      assert(isDisturbed || settled._checkInvariants())
      fail(queue: index, error)
    }
  }

  private func take(from queue: inout DeviceQueue, _ index: UInt16) throws(QueueError) -> DescriptorChain? {
    faults?.willTake(from: index, queue)
    return try queue.pop()
  }

  private func giveBack(
    _ access: ChainAccess, to queue: inout DeviceQueue, _ index: UInt16, _ returned: inout UInt16
  ) throws(QueueError) {
    let chain = access.chain
    try queue.push(chain, writtenBytes: access.writtenBytes)
    returned &+= chain.slots
    report(.usedChain(device: device.name, queue: index, head: chain.id, writtenBytes: access.writtenBytes))
  }

  private func finish(_ queue: DeviceQueue, _ index: UInt16, _ returned: UInt16) throws(QueueError) {
    active[Int(index)] = queue
    assert(isDisturbed || queue._checkInvariants())
    Invariants.check("a virtqueue", isDisturbed || queue._checkInvariants())
    if driverFeatures.contains(.eventIndex) { try queue.setNotifications(true) }
    if try queue.wantsInterrupt(after: returned) { interruptStatus.insert(.usedBuffer) }
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

// MARK: - Faults

extension MMIOTransport {
  private func giveBackWithFaults(
    _ access: ChainAccess, to queue: inout DeviceQueue, _ index: UInt16, _ returned: inout UInt16
  ) throws(QueueError) {
    guard let faults else { return try giveBack(access, to: &queue, index, &returned) }
    var fate = ReturnFate.returned
    var (chain, writtenBytes) = (access.chain, access.writtenBytes)
    var work: HeldChain.Work?
    switch access.fate {
    case .returned: fate = faults.willReturn(id: &chain.id, writtenBytes: &writtenBytes, to: index)
    case .lost: fate = .lost
    case .held(let left): (fate, work) = (.held, left)
    }
    if fate != .returned { isDisturbed = true }
    switch fate {
    case .lost: return
    case .held: return faults.hold(HeldChain(access: access, work: work), of: index)
    case .returned, .repeated: break
    }
    for _ in 0..<(fate == .repeated ? 2 : 1) {
      try queue.push(chain, writtenBytes: writtenBytes)
      returned &+= chain.slots
      report(.usedChain(device: device.name, queue: index, head: chain.id, writtenBytes: writtenBytes))
    }
    faults.didReturn(to: index, queue)
    try giveBackHeld(to: &queue, index, &returned)
  }

  private func giveBackHeld(
    to queue: inout DeviceQueue, _ index: UInt16, _ returned: inout UInt16
  ) throws(QueueError) {
    while let held = faults?.nextDue(of: index) {
      var access = held.access
      access.fate = .returned
      if let work = held.work { try work(&access) }
      try giveBackWithFaults(access, to: &queue, index, &returned)
    }
  }

  /// Gives back the chains that faults have held long enough, and interrupts if the driver asked for that.
  public func giveBackHeldChains(of index: UInt16) {
    guard isLive, Int(index) < active.count, var queue = active[Int(index)] else { return }
    var returned: UInt16 = 0
    do throws(QueueError) {
      try giveBackHeld(to: &queue, index, &returned)
      try finish(queue, index, returned)
    } catch {
      active[Int(index)] = queue
      fail(queue: index, error)
    }
  }
}
