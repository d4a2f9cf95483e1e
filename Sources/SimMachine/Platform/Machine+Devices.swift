import NineP
import SimEvents
import SimVirtio

extension Machine {
  /// Makes a device of this machine with its slot.
  ///
  /// - Parameters:
  ///   - share: what a 9P device offers.
  ///   - disk: what is on the disk at first; the rest of it is zeros.
  func makeSlot(_ device: MachineConfiguration.Device, share: Share, disk: [UInt8] = []) -> MMIOTransport {
    let report: (EventPayload) -> Void = { [unowned self] in
      emit($0)
      chargeBytes(of: $0)
    }
    let size = configuration.queueSizes.first { $0.device == device }?.entries
    let behind: any VirtioDevice
    switch device {
    case .console:
      behind = ConsoleDevice(queueSize: size ?? 256, report: report)
    case .ninep:
      behind = NinePDevice(
        share: share, queueSize: size ?? 128, messageBytesLimit: configuration.messageBytesMax,
        start: FileTime(seconds: configuration.startTime),
        clock: { [unowned self] in fileTime }, report: report)
    case .rng:
      let start = RandomStream(seed: configuration.seed, name: "virtio-rng").counter
      behind = EntropyDevice(queueSize: size ?? 64, position: start) { position, count in
        var numbers = RandomStream(counter: position)
        defer { position = numbers.counter }
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      }
    case .block:
      behind = BlockDevice(
        image: disk, bytes: Int(configuration.disk.bytes), isReadOnly: configuration.disk.isReadOnly,
        queueSize: size ?? 128)
    }
    var ringFeatures = MMIOTransport.ringFeatures
    if configuration.devicesWithoutEventIndex.contains(device) { ringFeatures.remove(.eventIndex) }
    let transport = MMIOTransport(
      device: behind, memory: memory, ringFeatures: ringFeatures, dmaWindow: configuration.dmaWindow, report: report)
    transport.onInterruptChange = { [unowned self] _ in slotLineChanged = true }
    return transport
  }

  /// What a device moves in guest memory takes time: all that it may read when it takes a chain, what it wrote when it returns it.
  private func chargeBytes(of event: EventPayload) {
    let rate = configuration.costs.deviceByte
    switch event {
    case .descriptorChain(_, _, _, let readableBytes, _):
      charge(rate.cycles(for: UInt64(readableBytes)), for: .deviceBytes)
    case .usedChain(_, _, _, let writtenBytes): charge(rate.cycles(for: UInt64(writtenBytes)), for: .deviceBytes)
    default: break
    }
  }
}
