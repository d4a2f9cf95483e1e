import ELFFiles

/// Where everything of an object will lie: sections, common symbols, GOT and PLT. No memory is touched yet.
///
/// ```
/// text    | .text .text.f ... | PLT: 16 bytes for each function outside |
/// rodata  | .rodata .rodata.str1.1 .data.rel.ro .init_array ... | GOT: 8 bytes for each slot |
/// data    | .data ... | .bss ... common symbols |
/// ```
/// Each line begins on a page of its own; empty ones take none.
public struct LoadPlan: Sendable {
  public static let pageSize: UInt64 = 4096

  public let file: ObjectFile
  public let text: Segment
  public let rodata: Segment
  public let data: Segment
  /// The size of all segments one behind the other, in bytes.
  public let imageSize: UInt64
  /// The alignment that the whole image needs, in bytes.
  public let imageAlignment: UInt64

  /// The place of each section in its segment, by section index; 0 for sections that are not loaded.
  let sectionOffsets: [UInt64]
  /// The place of each common symbol in the data segment, by symbol index.
  let commonOffsets: [UInt64]
  /// Which symbols the relocations of loaded sections name.
  let isReferenced: [Bool]
  let bounds: SectionBounds
  let got: SlotTable
  let plt: SlotTable

  /// The place of the first byte of the GOT in rodata, and of the PLT in text.
  let gotOffset: UInt64
  let pltOffset: UInt64

  public init(_ file: ObjectFile) throws(ObjectError) {
    self.file = file
    let needs = LoadNeeds(file)
    isReferenced = needs.isReferenced
    got = needs.got
    plt = needs.plt
    bounds = try SectionBounds(file, isReferenced: needs.isReferenced)

    var layout = ImageLayout(file)
    try layout.placeSections(of: file, bounds)
    try layout.placeCommonSymbols(of: file)
    pltOffset = try layout.place(.text, size: UInt64(plt.count) * PLT.entrySize, alignment: PLT.entrySize)
    gotOffset = try layout.place(.rodata, size: UInt64(got.count) * 8, alignment: 8)
    sectionOffsets = layout.sectionOffsets
    commonOffsets = layout.commonOffsets

    text = try layout.close(.text)
    rodata = try layout.close(.rodata)
    data = try layout.close(.data)
    imageSize = layout.imageSize
    imageAlignment = max(text.alignment, rodata.alignment, data.alignment)
  }

  public subscript(_ kind: SegmentKind) -> Segment {
    switch kind {
    case .text: text
    case .rodata: rodata
    case .data: data
    }
  }
}

/// Slots for some of the symbols, numbered in the order in which they were asked for.
struct SlotTable: Sendable {
  private(set) var count = 0
  /// By symbol index: slot + 1, or 0.
  private var numbers: [UInt32]
  /// By slot: the symbol index.
  private(set) var symbols: [Int] = []

  init(symbolCount: Int) { numbers = [UInt32](repeating: 0, count: symbolCount) }

  mutating func reserve(_ symbol: Int) {
    guard numbers[symbol] == 0 else { return }
    count += 1
    numbers[symbol] = UInt32(count)
    symbols.append(symbol)
  }

  subscript(_ symbol: Int) -> Int? { numbers[symbol] == 0 ? nil : Int(numbers[symbol]) - 1 }
}

/// What the relocations of an object ask for beside its sections.
private struct LoadNeeds {
  var isReferenced: [Bool]
  var got: SlotTable
  var plt: SlotTable

  init(_ file: ObjectFile) {
    isReferenced = [Bool](repeating: false, count: file.symbols.count)
    got = SlotTable(symbolCount: file.symbols.count)
    plt = SlotTable(symbolCount: file.symbols.count)
    for table in file.relocationTables {
      for index in 0..<file.relocationCount(ofTable: table) {
        let entry = file.relocation(index, ofTable: table)
        guard let type = RelocationType(rawValue: entry.rawType), type != .none else { continue }
        isReferenced[entry.symbol] = true
        let symbol = file.symbols[entry.symbol]
        // A function of this object is always within reach; one from outside may turn out not to be.
        let mayNeedPLT = type == .call32 && symbol.section == nil && !symbol.isCommon
        if mayNeedPLT { plt.reserve(entry.symbol) }
        if type.needsGOT || mayNeedPLT { got.reserve(entry.symbol) }
      }
    }
  }
}
