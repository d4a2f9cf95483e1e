import SimMachine

extension Machine {
  /// The first physical address behind a piece of linear memory, under the present page tables, where there is no RAM;
  /// nil if there is RAM behind all of it, or if a part of it is not mapped.
  func firstAddressWithoutRAM(at address: UInt64, count: Int) -> UInt64? {
    guard let pieces = physicalPieces(at: address, count: count) else { return nil }
    let outside = pieces.first { $0.address >= memory.size || UInt64($0.count) > memory.size - $0.address }
    return outside.map { max($0.address, memory.size) }
  }
}
