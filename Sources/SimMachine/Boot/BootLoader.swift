import GuestOS
import SimCPU
import SimMemory
import SimPlatform

/// Puts an image, its modules and its boot information into memory, and the CPU at its entry.
struct BootLoader {
  /// Where the boot information goes: below 64 KiB, or, for an image that wants to be there itself, behind the image.
  struct Place {
    var base: UInt64 = 0

    var gdt: UInt64 { base + 0x500 }
    var startInformation: UInt64 { base + 0x1000 }
    var memoryMap: UInt64 { base + 0x1100 }
    var moduleList: UInt64 { base + 0x1200 }
    var bootParameters: UInt64 { base + 0x2000 }
    var commandLine: UInt64 { base + 0x4000 }
    var moduleLines: UInt64 { base + 0x5000 }
    var moduleLinesEnd: UInt64 { base + 0x7000 }
    var stack: UInt64 { base + 0x8000 }
    var pageTables: UInt64 { base + 0x9000 }
    static let size: UInt64 = 0x10000
    static let commandLineMax = 0x1000
    /// Where the RAM of a PC ends for the time being.
    static let hole: UInt64 = 0x9fc00
    /// Where a PC's firmware is, and kernels look for the root pointer of ACPI.
    static let acpi: UInt64 = 0xe0000
  }

  /// Where a module has been put.
  struct PlacedModule {
    var address: UInt64
    var count: UInt64
    /// Of its text, which ends with a NUL.
    var line: UInt64
  }

  let memory: GuestMemory
  let image: GuestImage
  let commandLine: String
  private(set) var place = Place()
  var modules: [BootModule] = []
  var acpi: ACPITables?
  /// The address of ACPI's root pointer, or 0.
  var rootPointer: UInt64 { acpi == nil ? 0 : Place.acpi }

  mutating func load(
    _ boot: MachineConfiguration.BootProtocol, initial: CPUState
  ) throws(MachineError) -> CPUState {
    if boot == .multiboot { try makeRoom() }
    try placeSegments()
    let text = Array(commandLine.utf8) + [0]
    guard text.count <= Place.commandLineMax else {
      throw MachineError("the guest's command line has \(text.count) bytes; at most \(Place.commandLineMax) fit")
    }
    _ = memory.write(text, at: place.commandLine)
    if let acpi { _ = memory.write(acpi.bytes(at: Place.acpi), at: Place.acpi) }
    let placed = try placeModules()
    // A code and a data segment, flat; which code segment depends on the protocol.
    let descriptors: [UInt64] = [
      0, boot == .linux64 ? 0x00af_9b00_0000_ffff : 0x00cf_9b00_0000_ffff, 0x00cf_9300_0000_ffff,
    ]
    for (index, value) in descriptors.enumerated() { _ = memory.write64(value, at: place.gdt + UInt64(index) * 8) }
    var state = initial
    state.segments = (0..<6).map { _ in .flatData(16) }
    state.segments[1] = .flatCode(8, is64Bit: boot == .linux64)
    state.tr = CPUState.Segment(selector: 0, limit: 0xffff, attributes: 0x8b00)
    state.ldtr = CPUState.Segment(selector: 0, limit: 0, attributes: 0x8200)
    state.gdt = (place.gdt, 23)
    state.idt = (0, 0)
    state.rflags = 2
    state.general = .init(repeating: 0, count: 16)
    state.general[4] = place.stack
    // As FNINIT leaves the unit (SDM vol. 1, 8.1.12), which firmware and monitors execute before any kernel; after a reset alone the tags
    // are 5555H, and the first FLD overflows the stack.
    (state.x87Empty, state.fcw, state.fsw) = (.init(repeating: 1, count: state.x87Empty.count), 0x37f, 0)
    state.mxcsr = 0x1f80
    switch boot {
    case .pvh: try enterPVH(&state, placed)
    case .linux64: try enterLinux(&state, placed)
    case .multiboot: try enterMultiboot(&state, placed)
    }
    return state
  }

  /// Multiboot lets its information be anywhere; kernels of a few KiB are linked below 64 KiB.
  private mutating func makeRoom() throws(MachineError) {
    guard image.segments.contains(where: { $0.physicalAddress < Place.size }) else { return }
    let end = image.segments.map { $0.physicalAddress + $0.memorySize }.max() ?? 0
    place = Place(base: (end + 0xfff) & ~0xfff)
    guard place.base + Place.size <= Place.hole else {
      throw MachineError(
        "the image reaches from below 64 KiB to 0x\(String(end, radix: 16)), and leaves no room for the boot information"
      )
    }
  }

  private func placeSegments() throws(MachineError) {
    for segment in image.segments {
      let isApart =
        segment.physicalAddress >= place.base + Place.size
        || segment.physicalAddress + segment.memorySize <= place.base
      guard isApart else {
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

  /// Puts the modules at the end of RAM, each on pages of its own, as far from the image as it goes.
  private func placeModules() throws(MachineError) -> [PlacedModule] {
    var placed: [PlacedModule] = []
    var end = memory.size
    var line = place.moduleLines
    for module in modules {
      let count = UInt64(module.bytes.count)
      let imageEnd = image.segments.map { $0.physicalAddress + $0.memorySize }.max() ?? 0
      guard count <= end, (end - count) & ~0xfff >= max(imageEnd, 0x10_0000) else {
        throw MachineError(
          "the image and its modules do not fit into \(memory.size >> 20) MiB of RAM; give the machine more memory")
      }
      end = (end - count) & ~0xfff
      _ = memory.write(module.bytes, at: end)
      let text = Array(module.commandLine.utf8) + [0]
      guard line + UInt64(text.count) <= place.moduleLinesEnd else {
        throw MachineError("the modules' command lines are longer than the place for them")
      }
      _ = memory.write(text, at: line)
      placed.append(PlacedModule(address: end, count: count, line: line))
      line += UInt64(text.count)
    }
    return placed
  }

  /// RAM as the guest may use it: two ranges around the PC's hole below 1 MiB.
  var ranges: [(start: UInt64, count: UInt64)] { [(0, Place.hole), (0x10_0000, memory.size - 0x10_0000)] }
}
