import SimCPU
import SimMachine
import SimPlatform
import SimVirtio

/// The machine that a scenario asks for: QEMU's `microvm` in its variable parts.
public struct MachineSpecification: Equatable, Sendable {
  public typealias Device = MachineConfiguration.Device
  public typealias BootProtocol = MachineConfiguration.BootProtocol
  public typealias QueueSize = MachineConfiguration.QueueSize

  /// RAM from physical address 0, in MiB.
  public var memoryMiB: UInt64 = 64
  /// The cost table's, where the scenario gives none.
  public var clockMHz = CostTableFile.standard.clockMHz
  /// Cycles of virtual time in a second.
  public var clockHertz: UInt64 { clockMHz * 1_000_000 }
  public var costs = CostTableFile.standard.costs
  /// The virtio devices, in the order of their slots.
  public var devices: [Device] = Device.allCases.filter { $0 != .block }
  /// The largest size that each device's queues offer; devices that are not named keep their own.
  public var queueSizes: [QueueSize] = []
  /// Devices that do not offer VIRTIO_F_EVENT_IDX.
  public var devicesWithoutEventIndex: [Device] = []
  /// What of memory the virtio devices reach; nil: all of it.
  public var dmaWindow: DMAWindow?
  /// What the block device holds.
  public var disk: DiskSpecification?
  public var bootProtocol = BootProtocol.pvh
  /// Whether the machine has the device that kvm-unit-tests drive themselves with.
  public var testDevice = false
  /// Whether ACPI's tables say what there is.
  public var acpi = false
  /// Whose processor CPUID says it is.
  public var cpu = CPUVendor.uio
  /// Whether the processor has keys for supervisor pages (PKS), with IA32_PKRS. A scenario with a design that is about them has them unless
  /// it says otherwise.
  public var supervisorKeys = false
  /// What the CMOS clock shows at first.
  public var startTime = CivilTime(year: 2026, month: 1, day: 1)

  public init() {}

  /// The device registers of microvm begin at 0xfeb00000; RAM ends below 3 GiB.
  static let memoryRange: ClosedRange<UInt64> = 8...3072
  static let clockRange: ClosedRange<UInt64> = 1...10_000
  static let table = KeyTable(
    name: "machine",
    keys: [
      "memoryMiB", "clockMHz", "costs", "devices", "queueSizes", "eventIndex", "dmaWindow", "disk",
      "bootProtocol", "acpi", "testDevice", "cpu", "supervisorKeys", "startTime",
    ])
  static let queueSizesTable = KeyTable(name: "queueSizes", keys: Device.allCases.map(\.rawValue))
  static let eventIndexTable = KeyTable(name: "eventIndex", keys: Device.allCases.map(\.rawValue))

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    memoryMiB = reader.integer("memoryMiB", in: Self.memoryRange, unit: "MiB") ?? memoryMiB
    if let node = reader["costs"] {
      (costs, clockMHz) = Self.costs(node, path: reader.path("costs"), problems: problems)
    }
    clockMHz = reader.integer("clockMHz", in: Self.clockRange, unit: "MHz") ?? clockMHz
    bootProtocol = reader.word("bootProtocol", BootProtocol.self, noun: "boot protocol") ?? bootProtocol
    testDevice = reader.boolean("testDevice") ?? testDevice
    acpi = reader.boolean("acpi") ?? acpi
    cpu = reader.word("cpu", CPUVendor.self, noun: "CPU vendor") ?? cpu
    supervisorKeys = reader.boolean("supervisorKeys") ?? supervisorKeys
    startTime = Self.startTime(reader) ?? startTime
    if reader["devices"] != nil { devices = Self.devices(reader) }
    if let node = reader["queueSizes"] {
      queueSizes = Self.queueSizes(node, path: reader.path("queueSizes"), problems: problems)
    }
    devicesWithoutEventIndex = Self.devicesWithoutEventIndex(reader)
    if let node = reader["dmaWindow"] {
      dmaWindow = DMAWindow(
        node, path: reader.path("dmaWindow"), memoryBytes: memoryMiB << 20, problems: problems)
    }
    if let node = reader["disk"] { disk = DiskSpecification(node, path: reader.path("disk"), problems: problems) }
  }

  private static func startTime(_ reader: ObjectReader) -> CivilTime? {
    guard let text = reader.string("startTime") else { return nil }
    if let time = CivilTime(iso8601: text), time.seconds >= 0 { return time }
    reader.complain(
      "startTime", "\"\(text)\" is no moment since 1970", "write it in UTC, such as \"2026-01-01T00:00:00Z\"")
    return nil
  }

  private static func devices(_ reader: ObjectReader) -> [Device] {
    var devices: [Device] = []
    for (index, name) in reader.strings("devices").enumerated() {
      let place = "\(reader.path("devices"))[\(index)]"
      guard let device = Device(rawValue: name) else {
        let known = Device.allCases.map(\.rawValue)
        reader.problems.add(
          reader.node, place, "\"\(name)\" is no device", remedyForName(name, among: known, noun: "device"))
        continue
      }
      if devices.contains(device) {
        reader.problems.add(reader.node, place, "\"\(name)\" is there twice", "name each device once")
      }
      devices.append(device)
    }
    return devices
  }

  /// `true` or `false` for all devices, or an object that says it of some.
  private static func devicesWithoutEventIndex(_ reader: ObjectReader) -> [Device] {
    guard let node = reader["eventIndex"] else { return [] }
    guard case .object = node.value else {
      guard case .boolean(let isOffered) = node.value else {
        reader.complain("eventIndex", "is \(node.kindName)", "write true, false, or an object such as {\"9p\": false}")
        return []
      }
      return isOffered ? [] : Device.allCases
    }
    let inner = ObjectReader(
      node, path: reader.path("eventIndex"), table: eventIndexTable, problems: reader.problems)
    return Device.allCases.filter { inner?.boolean($0.rawValue) == false }
  }

  private static func queueSizes(_ node: JSONNode, path: String, problems: ProblemList) -> [QueueSize] {
    guard let reader = ObjectReader(node, path: path, table: queueSizesTable, problems: problems) else { return [] }
    return Device.allCases.compactMap { device in
      let range = UInt64(device.queueSizeRange.lowerBound)...UInt64(device.queueSizeRange.upperBound)
      guard let entries = reader.integer(device.rawValue, in: range, unit: "entries") else { return nil }
      guard entries.nonzeroBitCount == 1 else {
        reader.complain(device.rawValue, "\(entries) is no power of two", "virtio 1.2, section 2.7, asks for one")
        return nil
      }
      return QueueSize(device: device, entries: UInt16(entries))
    }
  }
}
