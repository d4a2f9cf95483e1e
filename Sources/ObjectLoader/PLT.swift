/// The procedure linkage table: for each function outside the object a jump through its GOT slot, for callers whose
/// 32-bit displacement cannot reach it.
enum PLT {
  static let entrySize: UInt64 = 16

  /// `jmp *displacement(%rip)`, then int3 to the end, so that nobody runs on into the next entry.
  static func entry(at address: UInt64, slot: UInt64) -> [UInt8]? {
    let distance = Int64(bitPattern: slot &- (address &+ 6))
    guard let displacement = Int32(exactly: distance) else { return nil }
    var code: [UInt8] = [0xff, 0x25]
    for shift in [0, 8, 16, 24] { code.append(UInt8(truncatingIfNeeded: displacement >> Int32(shift))) }
    while code.count < Int(entrySize) { code.append(0xcc) }
    return code
  }
}
