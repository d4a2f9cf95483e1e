import GuestOS
import SimCPU
import SimMemory

/// Puts an image and its boot information into memory, and the CPU at its entry.
struct BootLoader {
  /// Below 1 MiB, where no image is linked.
  private enum Place {
    static let gdt: UInt64 = 0x500
    static let startInformation: UInt64 = 0x1000
    static let memoryMap: UInt64 = 0x1100
    static let bootParameters: UInt64 = 0x2000
    static let commandLine: UInt64 = 0x4000
    static let commandLineMax = 0x1000
    static let pageTables: UInt64 = 0x9000
    static let stack: UInt64 = 0x8000
    static let imageFloor: UInt64 = 0x10000
  }

  let memory: GuestMemory
  let image: GuestImage
  let commandLine: String

  func load(_ boot: MachineConfiguration.BootProtocol, initial: CPUState) throws(MachineError) -> CPUState {
    try placeSegments()
    let text = Array(commandLine.utf8) + [0]
    guard text.count <= Place.commandLineMax else {
      throw MachineError("the guest's command line has \(text.count) bytes; at most \(Place.commandLineMax) fit")
    }
    _ = memory.write(text, at: Place.commandLine)
    // A code and a data segment, flat; which code segment depends on the protocol.
    let descriptors: [UInt64] = [
      0, boot == .pvh ? 0x00cf_9b00_0000_ffff : 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff,
    ]
    for (index, value) in descriptors.enumerated() { _ = memory.write64(value, at: Place.gdt + UInt64(index) * 8) }
    var state = initial
    state.segments = (0..<6).map { _ in .flatData(16) }
    state.segments[1] = .flatCode(8, is64Bit: boot == .linux64)
    state.tr = CPUState.Segment(selector: 0, limit: 0xffff, attributes: 0x8b00)
    state.ldtr = CPUState.Segment(selector: 0, limit: 0, attributes: 0x8200)
    state.gdt = (Place.gdt, 23)
    state.idt = (0, 0)
    state.rflags = 2
    state.general = .init(repeating: 0, count: 16)
    state.general[4] = Place.stack
    (state.fcw, state.mxcsr) = (0x37f, 0x1f80)
    switch boot {
    case .pvh: try enterPVH(&state)
    case .linux64: enterLinux(&state)
    }
    return state
  }

  private func placeSegments() throws(MachineError) {
    for segment in image.segments {
      guard segment.physicalAddress >= Place.imageFloor else {
        throw MachineError(
          "the image wants to be at 0x\(String(segment.physicalAddress, radix: 16)), where the boot information goes; link it at or above 0x10000"
        )
      }
      guard memory.contains(segment.physicalAddress, count: segment.memorySize) else {
        throw MachineError(
          "the image's segment at 0x\(String(segment.physicalAddress, radix: 16)) of \(segment.memorySize) bytes does not fit into \(memory.size >> 20) MiB of RAM; give the machine more memory"
        )
      }
      _ = memory.write(Array(segment.bytes), at: segment.physicalAddress)
    }
  }

  /// RAM as the guest may use it: two ranges around the PC's hole below 1 MiB.
  private var ranges: [(start: UInt64, count: UInt64)] { [(0, 0x9fc00), (0x10_0000, memory.size - 0x10_0000)] }

  /// Xen's hvm_start_info, version 1; EBX points at it. Flat 32-bit protected mode, paging off.
  private func enterPVH(_ state: inout CPUState) throws(MachineError) {
    guard let entry = image.pvhEntry else {
      throw MachineError("the image has no PVH entry (Xen ELF note of type 18); use the boot protocol linux64")
    }
    let words: [UInt64] = [
      0x1_336e_c578, 0, 0, Place.commandLine, 0, Place.memoryMap, UInt64(ranges.count),
    ]
    for (index, value) in words.enumerated() {
      _ = memory.write64(value, at: Place.startInformation + UInt64(index) * 8)
    }
    for (index, range) in ranges.enumerated() {
      let at = Place.memoryMap + UInt64(index) * 24
      _ = memory.write64(range.start, at: at)
      _ = memory.write64(range.count, at: at + 8)
      _ = memory.write64(1, at: at + 16)
    }
    state.general[3] = Place.startInformation
    state.rip = entry
    (state.cr0, state.cr3, state.cr4, state.efer) = (0x11, 0, 0, 0)
  }

  /// Linux's boot_params, the identity map of the first GiB, long mode; RSI points at the parameters.
  private func enterLinux(_ state: inout CPUState) {
    let page = Place.bootParameters
    _ = memory.write16(0xaa55, at: page + 0x1fe)
    _ = memory.write32(0x5372_6448, at: page + 0x202)  // "HdrS"
    _ = memory.write16(0x020c, at: page + 0x206)
    _ = memory.write8(0xff, at: page + 0x210)
    _ = memory.write32(UInt32(Place.commandLine), at: page + 0x228)
    _ = memory.write32(UInt32(commandLine.utf8.count), at: page + 0x238)
    _ = memory.write8(UInt8(ranges.count), at: page + 0x1e8)
    for (index, range) in ranges.enumerated() {
      let at = page + 0x2d0 + UInt64(index) * 20
      _ = memory.write64(range.start, at: at)
      _ = memory.write64(range.count, at: at + 8)
      _ = memory.write32(1, at: at + 16)
    }
    let tables = Place.pageTables
    _ = memory.write64((tables + 0x1000) | 3, at: tables)
    _ = memory.write64((tables + 0x2000) | 3, at: tables + 0x1000)
    for index in 0..<512 as Range<UInt64> { _ = memory.write64(index << 21 | 0x83, at: tables + 0x2000 + index * 8) }
    state.general[6] = page
    state.rip = image.entry
    (state.cr0, state.cr3, state.cr4, state.efer) = (0x8000_0011, tables, 0x20, 0x500)
  }
}
