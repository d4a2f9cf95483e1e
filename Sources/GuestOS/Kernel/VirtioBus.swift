import GuestBoot
import VirtioCore

typealias VirtioDevice = MMIODriver<SlotRegisters>
typealias VirtioQueue = SplitQueueDriver<GuestMemory>

/// The devices that the command line announces: `virtio_mmio.device=SIZE@BASE:LINE`, once for each slot. Without any,
/// the places where QEMU's microvm has them: with ACPI it announces its slots only there.
enum VirtioBus {
  private struct Slot {
    var device: VirtioDevice
    var line: UInt32
    var signals: Signals = []
    var isClaimed = false
  }

  private static var slotsMax: Int { Int(Vector.devicesEnd &- Vector.devices) }
  nonisolated(unsafe) private static var slots: [Slot] = []

  /// Looks at every announced slot; those that are empty, or where nothing sensible is, are passed over.
  static func discover() {
    var isAnnounced = false
    KernelCommandLine.forEach("virtio_mmio.device=") { word in
      isAnnounced = true
      var parser = NumberParser(word)
      guard parser.take() != nil else { return }
      // Linux lets the size end in K.
      if parser.skip(UInt8(ascii: "K")) || parser.skip(UInt8(ascii: "k")) {}
      guard parser.skip(UInt8(ascii: "@")), let base = parser.take(),
        parser.skip(UInt8(ascii: ":")), let line = parser.take(), line < 256
      else { return }
      probe(base, line: UInt32(line))
    }
    if !isAnnounced { probeUsualPlaces() }
  }

  private static var usualBase: UInt64 { 0xfeb0_0000 }
  private static var slotBytes: UInt64 { 512 }

  /// 24 slots on the lines of the second I/O APIC, or eight from line 5 where there is no such chip.
  private static func probeUsualPlaces() {
    let (count, line): (UInt64, UInt32) = IOAPIC.hasSecondChip ? (24, 24) : (8, 5)
    for index in 0..<count { probe(usualBase &+ index &* slotBytes, line: line &+ UInt32(index)) }
  }

  private static func probe(_ base: UInt64, line: UInt32) {
    guard slots.count < slotsMax, AddressSpace.isDeviceMemory(base, bytes: slotBytes), base % 4 == 0,
      let device = try? VirtioDevice(SlotRegisters(base)), device.deviceID != .none
    else { return }
    slots.append(Slot(device: device, line: line))
  }

  /// The first unclaimed device of a kind that `accept` agrees to; its interrupts raise `signals` from then on.
  static func claim(_ id: DeviceID, signals: Signals, where accept: (VirtioDevice) -> Bool = { _ in true })
    -> VirtioDevice?
  {
    for index in slots.indices where !slots[index].isClaimed && slots[index].device.deviceID == id {
      guard accept(slots[index].device) else { continue }
      slots[index].isClaimed = true
      slots[index].signals = signals
      IOAPIC.route(line: slots[index].line, to: Vector.devices &+ UInt64(index), isLevel: true)
      return slots[index].device
    }
    return nil
  }

  /// For the interrupt handler: acknowledges, and wakes who waits.
  static func interrupt(_ index: Int) {
    guard index < slots.count else { return }
    _ = slots[index].device.takeInterrupt()
    Scheduler.signal(slots[index].signals)
  }

  #if UIO_PKS
    /// When interrupts may have been lost: whoever waits for a device looks. A line that waits for the end of an interrupt that is lost is
    /// set free by a turn as one with edges.
    static func lookAtAll() {
      for index in slots.indices where slots[index].isClaimed {
        let vector = Vector.devices &+ UInt64(index)
        IOAPIC.route(line: slots[index].line, to: vector, isLevel: false)
        IOAPIC.route(line: slots[index].line, to: vector, isLevel: true)
        interrupt(index)
      }
      Scheduler.signal(.serialInput)
    }
  #endif
}

extension MMIODriver where Registers == SlotRegisters {
  /// Makes a queue of at most `size` entries on pages of its own and tells the device. The used ring begins on a page,
  /// as the legacy layout has it (virtio 1.2, section 2.7.2).
  func makeQueue(_ index: UInt16, size: UInt16, _ features: Features) throws(MMIODriverError) -> VirtioQueue {
    let limit = queueSizeMax(index)
    guard limit != 0 else { throw .queueUnavailable }
    var entries = size
    while UInt32(entries) > limit { entries /= 2 }
    let table = SplitLayout.descriptorTableBytes(size: entries)
    let available = table &+ SplitLayout.availableRingBytes(size: entries)
    let used = (available &+ Pages.size &- 1) & ~(Pages.size &- 1)
    let pages = (used &+ SplitLayout.usedRingBytes(size: entries) &+ Pages.size &- 1) / Pages.size
    let start = DMAPages.allocateCleared(pages)
    let layout = QueueLayout(size: entries, descriptors: start, driver: start &+ table, device: start &+ used)
    guard let queue = try? VirtioQueue(memory: GuestMemory(), layout: layout, options: QueueOptions(features)) else {
      throw .queueUnavailable
    }
    try configureQueue(index, layout)
    return queue
  }
}
