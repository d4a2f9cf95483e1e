import SimCPU
import SimVirtio

/// A `microvm` in its variable parts.
public struct MachineConfiguration: Equatable, Sendable, Codable {
  public enum BootProtocol: String, Sendable, Codable, CaseIterable {
    /// Xen's PVH: the ELF note of type 18 names a 32-bit entry.
    case pvh
    /// Linux's 64-bit protocol, as Firecracker uses it: the ELF entry, RSI = boot_params.
    case linux64
    /// Multiboot 1: the header in the file's first 8 KiB, a 32-bit entry.
    case multiboot
  }

  public enum Device: String, Sendable, Codable, CaseIterable {
    case console
    case ninep = "9p"
    case rng
    case block

    /// The queue sizes with which the device can work: its shortest request fits, and the transport offers no more.
    public var queueSizeRange: ClosedRange<UInt16> {
      switch self {
      case .block: BlockDevice.queueSizeMin...MMIOTransport.queueSizeLimit
      // A request of 9P and its reply; a console's or a source's buffer.
      case .console, .ninep, .rng: 2...MMIOTransport.queueSizeLimit
      }
    }
  }

  /// The largest size that a device's queues offer.
  public struct QueueSize: Equatable, Sendable, Codable {
    public var device: Device
    public var entries: UInt16

    public init(device: Device, entries: UInt16) {
      self.device = device
      self.entries = entries
    }
  }

  /// What the block device is.
  public struct Disk: Equatable, Sendable, Codable {
    public var bytes: UInt64
    public var isReadOnly: Bool

    public init(bytes: UInt64 = 1 << 20, isReadOnly: Bool = false) {
      self.bytes = bytes
      self.isReadOnly = isReadOnly
    }

    /// The greatest disk in bytes.
    public static let bytesMax: UInt64 = 256 << 20
  }

  public var memoryBytes: UInt64 = 64 << 20
  /// Cycles of virtual time in a second.
  public var clockHz: UInt64 = 1_000_000_000
  public var costs = CostTable()
  public var seed: UInt64 = 1
  /// The guest's command line, without the devices, which the machine appends.
  public var commandLine = ""
  public var bootProtocol = BootProtocol.pvh
  /// Whether the machine has the ``TestDevice`` of kvm-unit-tests.
  public var hasTestDevice = false
  /// Whether ACPI's tables say what there is. Without, virtio devices are announced on the command line.
  public var hasACPI = false
  /// Whose processor CPUID says this is.
  public var cpu = CPUVendor.uio
  /// What the CMOS clock shows at reset, in seconds since 1970.
  public var startTime: UInt64 = 1_767_225_600  // 2026-01-01T00:00:00Z
  /// Whether CPUID announces protection keys. Without, the machine stands beside a host that has none.
  public var hasProtectionKeys = true
  /// Whether CPUID announces keys of supervisor pages (PKS).
  public var hasSupervisorKeys = false
  /// The virtio devices, in the order of their slots.
  public var devices: [Device] = [.console, .ninep, .rng]
  /// Devices that are not named here keep their own.
  public var queueSizes: [QueueSize] = []
  /// Devices that do not offer VIRTIO_F_EVENT_IDX, by which one side tells the other at which entry of a ring it wants to be notified.
  public var devicesWithoutEventIndex: [Device] = []
  /// The greatest message that the share's server agrees to, in bytes.
  public var messageBytesMax = NinePServer.messageBytesMax
  public var disk = Disk()
  /// What of memory the virtio devices reach; nil: all of it. It is announced on the command line.
  public var dmaWindow: DMAWindow?

  public init() {}

  /// What CPUID answers.
  var cpuid: CPUIDModel {
    CPUIDModel(
      clockHz: clockHz, hasProtectionKeys: hasProtectionKeys, hasSupervisorKeys: hasSupervisorKeys, vendor: cpu)
  }

  /// Refuses what no machine can be: asked of configurations that come from a file.
  func check() throws(MachineError) {
    guard clockHz > 0 else { throw MachineError("time would stand still") }
    try costs.check()
    guard devices.count <= Platform.virtioSlotMax else {
      throw MachineError("there are \(devices.count) virtio devices; the machine has \(Platform.virtioSlotMax) slots")
    }
    for size in queueSizes where size.entries.nonzeroBitCount != 1 {
      throw MachineError("a queue of \(size.entries) entries is impossible: choose a power of two")
    }
    for size in queueSizes where !size.device.queueSizeRange.contains(size.entries) {
      let range = size.device.queueSizeRange
      throw MachineError(
        "a queue of \(size.entries) entries is impossible for \(size.device.rawValue): choose \(range.lowerBound) to "
          + "\(range.upperBound)")
    }
    let messages = NinePServer.messageBytesMin...NinePServer.messageBytesMax
    guard messages.contains(messageBytesMax) else {
      throw MachineError(
        "messages of \(messageBytesMax) bytes are impossible: choose \(messages.lowerBound) to \(messages.upperBound)")
    }
    if let window = dmaWindow, !DMAWindow(address: 0, bytes: memoryBytes).contains(window.address, count: window.bytes)
    {
      throw MachineError("a DMA window that is not all memory")
    }
    guard disk.bytes <= Disk.bytesMax else { throw MachineError("a disk of more than \(Disk.bytesMax) bytes") }
  }
}
