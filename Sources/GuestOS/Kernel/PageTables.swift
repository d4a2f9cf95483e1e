import GuestBoot

/// What a page may be used for, beside being read.
struct PageRights {
  var writable = false
  var executable = false
  /// Device registers: not cached.
  var device = false
  /// A supervisor page (U/S = 0): PKRU has no rights of it, but IA32_PKRS where CR4.PKS is set.
  var supervisor = PageRights.isUnikernelSupervisor
  /// The protection key, bits 62:59 of the entry.
  var key: UInt64 = 0

  static var text: PageRights { PageRights(executable: true) }
  static var constants: PageRights { PageRights() }
  static var data: PageRights { PageRights(writable: true) }
  static var registers: PageRights { PageRights(writable: true, device: true) }

  /// Whether the unikernel's pages are supervisor pages, which they are where extensions run at CPL 3, or where keys of
  /// supervisor pages bind them: what those may reach, or what no key shall bind, says so.
  private static var isUnikernelSupervisor: Bool {
    #if UIO_RING3 || UIO_PKS
      true
    #else
      false
    #endif
  }

  /// What no protection key binds, whatever the register of rights holds: pages of the other kind than the unikernel's.
  var unbound: PageRights {
    var rights = self
    #if UIO_PKS
      // CR4.SMEP forbids execution, and NX is left to it: an extension that clears EFER.NXE, which makes NX a reserved bit, shall not take
      // from the processor what it delivers interrupts with.
      rights.supervisor = false
      rights.executable = Processor.hasProtectionKeys
    #else
      rights.supervisor = true
    #endif
    return rights
  }

  /// Of what extensions may reach.
  var forUsers: PageRights {
    #if UIO_PKS
      return self
    #else
      var rights = self
      rights.supervisor = false
      return rights
    #endif
  }

  func with(key: UInt64) -> PageRights {
    var rights = self
    rights.key = key
    return rights
  }
}

/// Four-level page tables (SDM vol. 3, 4.5). Every page is a user page (U/S = 1), since protection keys bind only those,
/// but for what the processor itself reads and writes when it delivers an interrupt (``Descriptors``). Under the designs `ring3` and
/// `pks-hardened` it is the other way round: only what extensions may reach, or what no key shall bind, is a user page.
///
/// ```
/// 63  62..59  51..12   7   4    2    1    0
/// NX  key     address  PS  PCD  U/S  R/W  P
/// ```
enum PageTables {
  private static var present: UInt64 { 1 << 0 }
  private static var writable: UInt64 { 1 << 1 }
  private static var user: UInt64 { 1 << 2 }
  private static var cacheDisable: UInt64 { 1 << 4 }
  private static var large: UInt64 { 1 << 7 }
  private static var keyShift: UInt64 { 59 }
  private static var addressMask: UInt64 { 0x000f_ffff_ffff_f000 }

  nonisolated(unsafe) private static var root: UInt64 = 0
  /// Bit 63 if EFER.NXE is set, otherwise 0: the bit is reserved then.
  nonisolated(unsafe) private static var noExecute: UInt64 = 0

  static func initialize(canForbidExecution: Bool) {
    noExecute = canForbidExecution ? 1 << 63 : 0
    root = Pages.allocateCleared(1)
  }

  static func activate() {
    #if UIO_HARDENED
      once_write_cr3(root)
    #else
      write_cr3(root)
    #endif
  }

  /// Maps a range, in large pages wherever both addresses allow it. Ranges are page-aligned.
  static func map(_ virtual: UInt64, to physical: UInt64, bytes: UInt64, _ rights: PageRights) {
    let leaf = bits(rights)
    var done: UInt64 = 0
    while done < bytes {
      let isLarge = (virtual &+ done) % Pages.largeSize == 0 && (physical &+ done) % Pages.largeSize == 0
      if isLarge && bytes &- done >= Pages.largeSize {
        entry(of: virtual &+ done, level: 2).pointee = (physical &+ done) | leaf | large
        done &+= Pages.largeSize
      } else {
        entry(of: virtual &+ done, level: 1).pointee = (physical &+ done) | leaf
        done &+= Pages.size
      }
    }
  }

  static func unmap(_ virtual: UInt64, bytes: UInt64) {
    change(virtual, bytes: bytes) { _ in 0 }
  }

  /// Gives mapped pages other rights.
  static func protect(_ virtual: UInt64, bytes: UInt64, _ rights: PageRights) {
    let leaf = bits(rights)
    change(virtual, bytes: bytes) { old in old & present == 0 ? old : old & addressMask | leaf }
  }

  private static func change(_ virtual: UInt64, bytes: UInt64, _ update: (UInt64) -> UInt64) {
    for page in stride(from: virtual, to: virtual &+ bytes, by: Int(Pages.size)) {
      let place = entry(of: page, level: 1)
      place.pointee = update(place.pointee)
      invalidate_page(page)
    }
  }

  /// The leaf that translates an address, or 0 if nothing is mapped there.
  static func leaf(of virtual: UInt64) -> UInt64 {
    guard virtual >> 47 == 0 else { return 0 }
    var table = root
    for level: UInt64 in [4, 3, 2, 1] {
      let value = slot(table, virtual, level: level).pointee
      if value & present == 0 { return 0 }
      if level == 1 || value & large != 0 { return value }
      table = value & addressMask
    }
    return 0
  }

  /// Whether every page of a range is mapped.
  static func isMapped(_ virtual: UInt64, bytes: UInt64) -> Bool {
    guard bytes != 0 else { return true }
    let (last, overflow) = virtual.addingReportingOverflow(bytes &- 1)
    guard !overflow else { return false }
    var page = virtual & ~(Pages.size &- 1)
    while page <= last {
      if leaf(of: page) == 0 { return false }
      page &+= Pages.size
    }
    return true
  }

  /// Whether a range of at most a page is mapped, and has no registers of devices: reading those does something.
  static func isReadable(_ virtual: UInt64, bytes: UInt64) -> Bool {
    guard isMapped(virtual, bytes: bytes), bytes != 0 else { return bytes == 0 }
    return (leaf(of: virtual) | leaf(of: virtual &+ bytes &- 1)) & cacheDisable == 0
  }

  #if UIO_RING3
    /// Lets CPL 3 reach mapped pages, or not.
    static func setUser(_ virtual: UInt64, bytes: UInt64, _ isUser: Bool) {
      change(virtual, bytes: bytes) { old in old & present == 0 ? old : isUser ? old | user : old & ~user }
    }

    /// Whether CPL 3 can read an address. Upper levels have U/S = 1 everywhere, so the leaf decides.
    static func isUser(_ virtual: UInt64) -> Bool { leaf(of: virtual) & user != 0 }
  #endif

  static func key(of virtual: UInt64) -> UInt64 { leaf(of: virtual) >> keyShift & 15 }

  private static func bits(_ rights: PageRights) -> UInt64 {
    present | (rights.supervisor ? 0 : user) | (rights.writable ? writable : 0)
      | (rights.device ? cacheDisable : 0) | (rights.executable ? 0 : noExecute) | rights.key << keyShift
  }

  private static func slot(_ table: UInt64, _ virtual: UInt64, level: UInt64) -> UnsafeMutablePointer<UInt64> {
    let index = virtual >> (3 &+ 9 &* level) & 511
    return UnsafeMutablePointer(bitPattern: UInt(table &+ index &* 8))!
  }

  /// The entry at `level` (1: 4 KiB, 2: 2 MiB); makes the tables above it, and divides a large page that is in the way.
  private static func entry(of virtual: UInt64, level: UInt64) -> UnsafeMutablePointer<UInt64> {
    var table = root
    var current: UInt64 = 4
    while current > level {
      let place = slot(table, virtual, level: current)
      if place.pointee & present == 0 {
        place.pointee = Pages.allocateCleared(1) | present | writable | user
      } else if place.pointee & large != 0 {
        place.pointee = divided(place.pointee)
      }
      table = place.pointee & addressMask
      current &-= 1
    }
    return slot(table, virtual, level: level)
  }

  /// A table of 512 small pages in place of a large one, with the same rights.
  private static func divided(_ leaf: UInt64) -> UInt64 {
    let table = Pages.allocate(1)
    let start = leaf & addressMask
    let rights = leaf & ~addressMask & ~large
    for index: UInt64 in 0..<512 {
      UnsafeMutablePointer<UInt64>(bitPattern: UInt(table &+ index &* 8))!.pointee =
        (start &+ index &* Pages.size) | rights
    }
    return table | present | writable | user
  }
}
