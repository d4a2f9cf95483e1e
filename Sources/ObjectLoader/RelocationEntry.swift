/// An entry of a table of relocations with addend (gABI, chapter 4, "Relocation").
struct RelocationEntry {
  static let size: UInt64 = 24

  let offset: UInt64
  let rawType: UInt32
  let symbol: Int
  let addend: Int64

  init(_ file: ByteTable, at place: UInt64) {
    offset = file.u64(place)
    rawType = file.u32(place + 8)
    symbol = Int(file.u32(place + 12))
    addend = Int64(bitPattern: file.u64(place + 16))
  }
}
