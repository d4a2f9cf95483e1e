import SimCPU
import SimMemory

/// Where things lie in the guest's RAM, by guest-physical address. The first 512 KiB are mapped in place.
enum FuzzPlace {
  static let memorySize: UInt64 = 0x8_0000
  static let topTable: UInt64 = 0x1000
  static let pointerTable: UInt64 = 0x2000
  /// Four entries for PAE paging, in which other bits are reserved than in long mode's.
  static let shortPointerTable: UInt64 = 0x5000
  static let directory: UInt64 = 0x3000
  static let table: UInt64 = 0x4000
  static let gdt: UInt64 = 0x6000
  static let longIDT: UInt64 = 0x7000
  static let shortIDT: UInt64 = 0x8000
  static let longTSS: UInt64 = 0x9000
  static let shortTSS: UInt64 = 0x9400
  static let otherTSS: UInt64 = 0x9800
  static let handlers: UInt64 = 0xa000
  static let code: UInt64 = 0xc000
  /// So close to the page's end that every instruction from here on has a block of its own.
  static let singleCode: UInt64 = 0xcff2
  static let stack: UInt64 = 0x1_0800
  static let privilegedStack: UInt64 = 0x1_2800
  static let interruptStack: UInt64 = 0x1_4800
  static let data: UInt64 = 0x2_0000
  static let readOnly: UInt64 = 0x2_4000
  static let absent: UInt64 = 0x2_6000
  static let keyed: UInt64 = 0x2_8000
  static let supervisor: UInt64 = 0x2_a000
  static let device: UInt64 = 0x2_c000
}

/// Selectors of the segments in the GDT.
enum FuzzSelector {
  static let code64: UInt16 = 0x08
  static let data: UInt16 = 0x10
  static let code32: UInt16 = 0x18
  static let userCode32: UInt16 = 0x2b
  static let userData: UInt16 = 0x33
  static let userCode64: UInt16 = 0x3b
  static let longTSS: UInt16 = 0x40
  static let shortTSS: UInt16 = 0x60
}

extension GuestMemory {
  /// Builds tables, segments, handlers and data for all modes at once.
  func buildFuzzGuest() {
    buildFuzzTables()
    buildFuzzSegments()
    buildFuzzGates()
    for offset in stride(from: UInt64(0), to: 0x1_0000, by: 8) {
      put(offset &* 0x9e37_79b9_7f4a_7c15 ^ offset << 32, at: FuzzPlace.data + offset)
    }
    for page in [FuzzPlace.handlers, FuzzPlace.code, FuzzPlace.code + 0x1000] {
      _ = fill(page, count: 4096, with: 0xf4)
    }
  }

  private func put(_ value: UInt64, at address: UInt64) { _ = write64(value, at: address) }

  private func buildFuzzTables() {
    put(FuzzPlace.pointerTable | 7, at: FuzzPlace.topTable)
    put(FuzzPlace.directory | 7, at: FuzzPlace.pointerTable)
    put(FuzzPlace.directory | 1, at: FuzzPlace.shortPointerTable)
    put(FuzzPlace.table | 7, at: FuzzPlace.directory)
    for page in 0..<FuzzPlace.memorySize >> 12 { put(page << 12 | 7, at: FuzzPlace.table + page * 8) }
    func map(_ address: UInt64, _ entry: UInt64) { put(entry, at: FuzzPlace.table + address >> 12 * 8) }
    map(FuzzPlace.readOnly, FuzzPlace.readOnly | 5)
    map(FuzzPlace.absent, 0)
    map(FuzzPlace.keyed, FuzzPlace.keyed | 7 | 1 << 59)
    map(FuzzPlace.supervisor, FuzzPlace.supervisor | 3 | 1 << 63)
    map(FuzzPlace.device, 0xfee0_0000 | 7)
  }

  private func buildFuzzSegments() {
    let descriptors: [UInt64] = [
      0, 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff, 0x00cf_9b00_0000_ffff, 0, 0x00cf_fb00_0000_ffff,
      0x00cf_f300_0000_ffff, 0x00af_fb00_0000_ffff,
      0x0000_8900_0000_0067 | FuzzPlace.longTSS << 16, 0,  // 0x40: the TSS of long mode
      0x0000_ec00_0018_0000 | FuzzPlace.handlers, 0,  // 0x50: a call gate
      0x0000_8900_0000_0067 | FuzzPlace.shortTSS << 16,  // 0x60: the TSS of 32-bit mode
      0x0000_8900_0000_0067 | FuzzPlace.otherTSS << 16,  // 0x68: one to switch to
      0x0000_e500_0068_0000,  // 0x70: a task gate
      0x0000_8200_0000_ffff | FuzzPlace.data << 16,  // 0x78: an LDT
      0x0000_9b00_0000_ffff, 0x0000_9300_0000_ffff, 0x00cf_9700_0000_0fff,  // 16-bit code and data, expand-down data
    ]
    for (index, value) in descriptors.enumerated() { put(value, at: FuzzPlace.gdt + UInt64(index) * 8) }
    put(FuzzPlace.privilegedStack, at: FuzzPlace.longTSS + 4)
    for index in 0..<UInt64(7) { put(FuzzPlace.interruptStack, at: FuzzPlace.longTSS + 0x24 + index * 8) }
    for tss in [FuzzPlace.shortTSS, FuzzPlace.otherTSS] {
      _ = write32(UInt32(FuzzPlace.privilegedStack), at: tss + 4)
      _ = write32(UInt32(FuzzSelector.data), at: tss + 8)
    }
    // CR3, EIP, EFLAGS, ESP and the six segments of the task to switch to.
    for (offset, value) in [
      (0x1c, FuzzPlace.shortPointerTable), (0x20, FuzzPlace.handlers), (0x24, 2), (0x38, FuzzPlace.stack),
      (0x48, 0x10), (0x4c, 0x18), (0x50, 0x10), (0x54, 0x10), (0x58, 0x10), (0x5c, 0x10),
    ] as [(UInt64, UInt64)] {
      _ = write32(UInt32(value), at: FuzzPlace.otherTSS + offset)
    }
  }

  private func buildFuzzGates() {
    for vector in 0..<UInt64(256) {
      setFuzzHandler(UInt8(vector), at: UInt32(FuzzPlace.handlers + (vector & 0x7f) * 16))
    }
  }

  /// Points a vector's gates of both forms at an address. #DF and #PF take an IST stack; 3, 4 and 0x80 up are open to CPL 3.
  func setFuzzHandler(_ vector: UInt8, at address: UInt32) {
    let privilege: UInt64 = vector == 3 || vector == 4 || vector >= 0x80 ? 3 : 0
    let ist: UInt64 = vector == 8 || vector == 14 ? 1 : 0
    let low = UInt64(address & 0xffff) | (0x8e | privilege << 5) << 40 | UInt64(address >> 16) << 48
    put(low | UInt64(FuzzSelector.code64) << 16 | ist << 32, at: FuzzPlace.longIDT + UInt64(vector) * 16)
    put(low | UInt64(FuzzSelector.code32) << 16, at: FuzzPlace.shortIDT + UInt64(vector) * 8)
  }
}
