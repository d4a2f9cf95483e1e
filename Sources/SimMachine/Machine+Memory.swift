import SimCPU
import SimMemory

/// The guest's memory as the present page tables show it.
extension Machine {
  /// Guest memory by virtual address, under the present page tables; nil where nothing is mapped.
  public func readMemory(at address: UInt64, count: Int) -> [UInt8]? {
    physicalPieces(at: address, count: count).flatMap(bytes(of:))
  }

  /// Pieces of physical memory, one after the other; nil if one of them is not RAM.
  func bytes(of pieces: [(address: UInt64, count: Int)]) -> [UInt8]? {
    var bytes: [UInt8] = []
    for piece in pieces {
      guard let part = memory.read(piece.address, count: piece.count) else { return nil }
      bytes += part
    }
    return bytes
  }

  /// Where a linear address leads, and with which rights, under the present page tables.
  public func walk(_ address: UInt64) -> PageWalk { PageWalker.walk(address, engine.paging, in: memory) }

  /// The physical memory behind a piece of linear memory, under the present page tables: a part for each page, in order; nil
  /// where nothing is mapped.
  public func physicalPieces(at address: UInt64, count: Int) -> [(address: UInt64, count: Int)]? {
    let paging = engine.paging
    var pieces: [(address: UInt64, count: Int)] = []
    var done = 0
    while done < count {
      let at = address &+ UInt64(done)
      let walk = PageWalker.walk(at, paging, in: memory)
      guard walk.hasTranslation else { return nil }
      let chunk = min(count - done, 4096 - Int(at & 0xfff))
      pieces.append((walk.physicalAddress, chunk))
      done += chunk
    }
    return pieces
  }
}
