/// An entry of a table of relocations of a 64-bit file, with or without addend (gABI, chapter 4, "Relocation").
public struct RelocationEntry: Sendable {
  /// In bytes.
  public static func size(hasAddend: Bool) -> Int { hasAddend ? 24 : 16 }

  public let offset: UInt64
  public let rawType: UInt32
  public let symbol: Int
  /// 0 in tables without.
  public let addend: Int64

  /// - Returns: nil if the file ends before the entry does.
  public init?(_ file: ByteReader, at place: Int, hasAddend: Bool) {
    guard let offset = file.u64(place), let rawType = file.u32(place + 8), let symbol = file.u32(place + 12),
      let addend = hasAddend ? file.u64(place + 16) : 0
    else { return nil }
    (self.offset, self.rawType, self.symbol) = (offset, rawType, Int(symbol))
    self.addend = Int64(bitPattern: addend)
  }
}
