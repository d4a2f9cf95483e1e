import GuestBoot

/// What the boot protocol hands over: the command line, and how much memory there is.
struct BootInformation {
  /// The end of the memory that the image lies in. No more than 1 GiB is used: that is what the boot tables map.
  let memoryEnd: UInt64

  private static var memoryEndMax: UInt64 { 1 << 30 }
  private static var linuxProtocol: UInt64 { 1 }

  /// Reads the tables of either protocol and copies the command line; nil if they cannot be right.
  static func read() -> BootInformation? {
    let end = boot_protocol_used() == linuxProtocol ? readBootParameters() : readStartInfo()
    guard let end, end > imageEnd else { return nil }
    return BootInformation(memoryEnd: min(end, memoryEndMax) & ~4095)
  }

  static var imageStart: UInt64 { image_start_address() }
  static var imageEnd: UInt64 { image_end_address() }
  static func isImage(_ address: UInt64) -> Bool { address >= imageStart && address < imageEnd }

  /// Xen's hvm_start_info: magic at 0, version at 4, cmdline at 24, memory map at 40, its entries' count at 48; an entry
  /// has address, size, type, 24 bytes in all.
  private static func readStartInfo() -> UInt64? {
    let info = boot_information_address()
    guard isReadable(info, 56), volatile_read32(info) == 0x336e_c578, volatile_read32(info &+ 4) >= 1 else {
      return nil
    }
    let line = volatile_read64(info &+ 24)
    if isReadable(line, 1) { KernelCommandLine.copy(from: line) }
    let map = volatile_read64(info &+ 40)
    let count = min(UInt64(volatile_read32(info &+ 48)), 128)
    guard isReadable(map, count &* 24) else { return nil }
    return endOfMemory(map, count: count, stride: 24)
  }

  /// Linux's boot_params: the count of E820 entries at 0x1e8, cmd_line_ptr at 0x228, the entries of 20 bytes at 0x2d0.
  private static func readBootParameters() -> UInt64? {
    let parameters = boot_information_address()
    guard isReadable(parameters, 4096) else { return nil }
    let line = UInt64(volatile_read32(parameters &+ 0x228))
    if isReadable(line, 1) { KernelCommandLine.copy(from: line) }
    let count = min(UInt64(volatile_read8(parameters &+ 0x1e8)), 128)
    return endOfMemory(parameters &+ 0x2d0, count: count, stride: 20)
  }

  /// The end of the usable range (type 1) that holds the image's start; both protocols begin an entry alike.
  private static func endOfMemory(_ map: UInt64, count: UInt64, stride: UInt64) -> UInt64? {
    for index in 0..<count {
      let entry = map &+ index &* stride
      let start = volatile_read64(entry)
      let size = volatile_read64(entry &+ 8)
      guard volatile_read32(entry &+ 16) == 1, start <= imageStart, size > imageStart &- start else { continue }
      return start.addingReportingOverflow(size).overflow ? memoryEndMax : start &+ size
    }
    return nil
  }

  private static func isReadable(_ address: UInt64, _ size: UInt64) -> Bool {
    address != 0 && address < memoryEndMax && size < memoryEndMax &- address
  }
}
