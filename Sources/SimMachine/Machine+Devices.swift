import SimEvents
import SimVirtio

extension Machine {
  /// Makes a device of this machine with its slot.
  ///
  /// - Parameter share: what a 9P device offers.
  func makeSlot(_ device: MachineConfiguration.Device, share: Share) -> any VirtioSlot {
    let report: (EventPayload) -> Void = { [unowned self] in record($0) }
    let size = configuration.queueSizes.first { $0.device == device }?.entries
    let behind: any VirtioDevice
    switch device {
    case .console:
      let console = ConsoleDevice(queueSize: size ?? 256, report: report)
      typeIntoVirtioConsole = { console.input($0) }
      behind = console
    case .ninep:
      let ninep = NinePDevice(share: share, queueSize: size ?? 128, report: report)
      readShareTree = { ninep.tree }
      behind = ninep
    case .rng:
      let start = RandomStream(seed: configuration.seed, name: "virtio-rng").counter
      behind = EntropyDevice(queueSize: size ?? 64, position: start) { position, count in
        var numbers = RandomStream(counter: position)
        defer { position = numbers.counter }
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
      }
    case .block:
      behind = BlockDevice(image: [UInt8](repeating: 0, count: Self.diskBytes), queueSize: size ?? 128)
    }
    let transport = MMIOTransport(device: behind, memory: memory, report: report)
    transport.onInterruptChange = { [unowned self] _ in slotLineChanged = true }
    return transport
  }

  /// An empty disk.
  private static let diskBytes = 1 << 20
}
