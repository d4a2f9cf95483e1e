import PKRUModel

/// Walks the guest's paging structures (SDM vol. 3, 4.3 to 4.5).
///
/// A table outside RAM reads as zeros, so its entries are not present: nothing answers there, which is how QEMU reads
/// unassigned memory. Real hardware has no rule for it.
public enum PageWalker {
  /// Translates `linear`. Nothing is written: see ``setAccessedAndDirty(_:for:isAllowed:in:)``.
  public static func walk(_ linear: UInt64, _ state: PagingState, in memory: GuestMemory) -> PageWalk {
    switch state.mode {
    case .fourLevel: walkFourLevels(linear, state, memory)
    case .off: identity(linear)
    case .pae: walkPAE(linear & 0xffff_ffff, state, memory)
    case .thirtyTwoBit: walk32(linear & 0xffff_ffff, state, memory)
    }
  }

  /// Sets the accessed flags of the entries that a walk used, and the dirty flag of the leaf for an allowed write
  /// (SDM vol. 3, 4.8). The leaf counts as used only when the access is allowed. Returns whether memory changed.
  @discardableResult
  public static func setAccessedAndDirty(
    _ walk: PageWalk, for kind: AccessKind, isAllowed: Bool, in memory: GuestMemory
  ) -> Bool {
    var changed = false
    for level in 0..<walk.depth {
      let entry = walk.entries[level]
      let isLast = level == walk.depth - 1
      guard entry & PageEntry.present != 0, !isLast || (isAllowed && walk.hasTranslation) else { continue }
      // The PDPTEs of PAE paging have neither flag: their places are reserved.
      guard !(walk.isPAE && level == 0) else { continue }
      let flags = PageEntry.accessed | (isLast && kind == .write ? PageEntry.dirty : 0)
      guard entry & flags != flags else { continue }
      let address = walk.entryAddresses[level]
      changed = true
      // Both flags are in the low byte, so the width of the entry does not matter.
      _ = memory.write8(UInt8(truncatingIfNeeded: entry | flags), at: address)
    }
    return changed
  }

  private static func identity(_ linear: UInt64) -> PageWalk {
    var walk = PageWalk()
    walk.end(
      page: linear & 0xffff_f000, size: 4096, linear: linear, combined: PageEntry.writable | PageEntry.user,
      noExecute: false)
    return walk
  }

  @inline(__always)
  private static func entry(_ memory: GuestMemory, _ address: UInt64) -> UInt64 {
    guard address <= memory.size &- 8 else { return 0 }
    return UInt64(littleEndian: memory.base.load(fromByteOffset: Int(address), as: UInt64.self))
  }

  private static func walkFourLevels(_ linear: UInt64, _ state: PagingState, _ memory: GuestMemory) -> PageWalk {
    var walk = PageWalk()
    let sign = Int64(bitPattern: linear) >> 47
    guard sign == 0 || sign == -1 else {
      walk.isCanonical = false
      return walk
    }
    // A PML4E has no page size bit, and a PDPTE only where the processor has 1 GiB pages.
    let reserved = state.reservedBits
    var table = state.cr3 & PageEntry.addressBits
    var combined: UInt64 = PageEntry.writable | PageEntry.user
    var noExecute: UInt64 = 0
    var shift: UInt64 = 39
    while true {
      let address = table &+ (((linear &>> shift) & 511) &<< 3)
      let entry = entry(memory, address)
      walk.note(address, entry)
      guard entry & PageEntry.present != 0 else { return walk }
      let isLarge = entry & PageEntry.pageSize != 0 && shift != 12
      var reservedHere = reserved
      if isLarge {
        let hasNoSuchPage = shift == 39 || (shift == 30 && !state.hasGiantPages)
        // Bit 12 of a large page's entry is PAT; the others below its address are reserved.
        reservedHere |= hasNoSuchPage ? PageEntry.pageSize : ((1 &<< shift) &- 1) & ~0x1fff
      }
      guard entry & reservedHere == 0 else {
        walk.endWithReservedBit()
        return walk
      }
      combined &= entry
      noExecute |= entry
      if shift == 12 || isLarge {
        let size: UInt64 = 1 &<< shift
        walk.end(
          page: entry & PageEntry.addressBits & ~(size &- 1), size: size, linear: linear, combined: combined,
          noExecute: noExecute & PageEntry.noExecute != 0)
        return walk
      }
      table = entry & PageEntry.addressBits
      shift &-= 9
    }
  }

  /// PAE: four PDPTEs without rights, then two levels as in long mode. The PDPTEs are read at each walk, not when CR3 is
  /// loaded.
  private static func walkPAE(_ linear: UInt64, _ state: PagingState, _ memory: GuestMemory) -> PageWalk {
    var walk = PageWalk()
    walk.isPAE = true
    let reserved = state.reservedBits
    let pointerAddress = (state.cr3 & 0xffff_ffe0) &+ ((linear &>> 30) &<< 3)
    let pointer = entry(memory, pointerAddress)
    walk.note(pointerAddress, pointer)
    guard pointer & PageEntry.present != 0 else { return walk }
    guard pointer & (reserved | PageEntry.noExecute | 0x7ff0_0000_0000_01e6) == 0 else {
      walk.endWithReservedBit()
      return walk
    }
    var table = pointer & PageEntry.addressBits
    var combined: UInt64 = PageEntry.writable | PageEntry.user
    var noExecute: UInt64 = 0
    for shift in [UInt64(21), 12] {
      let address = table &+ (((linear &>> shift) & 511) &<< 3)
      let entry = entry(memory, address)
      walk.note(address, entry)
      guard entry & PageEntry.present != 0 else { return walk }
      let isLarge = shift == 21 && entry & PageEntry.pageSize != 0
      // Bits 62:52 are reserved with PAE paging, where long mode has the key and ignored bits.
      guard entry & (reserved | 0x7ff0_0000_0000_0000 | (isLarge ? 0x1f_e000 : 0)) == 0 else {
        walk.endWithReservedBit()
        return walk
      }
      combined &= entry
      noExecute |= entry
      if isLarge || shift == 12 {
        let size: UInt64 = 1 &<< shift
        walk.end(
          page: entry & PageEntry.addressBits & ~(size &- 1), size: size, linear: linear, combined: combined,
          noExecute: noExecute & PageEntry.noExecute != 0)
        return walk
      }
      table = entry & PageEntry.addressBits
    }
    return walk
  }

  /// 32-bit paging, with 4 MiB pages above 4 GiB (PSE-36).
  private static func walk32(_ linear: UInt64, _ state: PagingState, _ memory: GuestMemory) -> PageWalk {
    var walk = PageWalk()
    walk.entrySize = 4
    let directoryAddress = (state.cr3 & 0xffff_f000) &+ ((linear &>> 22) &<< 2)
    let directory = UInt64(memory.read32(directoryAddress) ?? 0)
    walk.note(directoryAddress, directory)
    guard directory & PageEntry.present != 0 else { return walk }
    if state.pageSizeExtension, directory & PageEntry.pageSize != 0 {
      let high = (directory &>> 13) & 0xff
      let reservedHigh = 0xff &<< (UInt64(state.physicalAddressBits) &- 32)
      guard directory & 0x20_0000 == 0, high & reservedHigh == 0 else {
        walk.endWithReservedBit()
        return walk
      }
      let page = (directory & 0xffc0_0000) | (high &<< 32)
      walk.end(page: page, size: 0x40_0000, linear: linear, combined: directory, noExecute: false)
      return walk
    }
    let tableAddress = (directory & 0xffff_f000) &+ (((linear &>> 12) & 1023) &<< 2)
    let table = UInt64(memory.read32(tableAddress) ?? 0)
    walk.note(tableAddress, table)
    guard table & PageEntry.present != 0 else { return walk }
    walk.end(
      page: table & 0xffff_f000, size: 4096, linear: linear, combined: directory & table, noExecute: false)
    return walk
  }
}
