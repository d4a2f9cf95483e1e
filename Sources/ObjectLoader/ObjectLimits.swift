/// What an object may ask for. Everything that a loader allocates is bounded by these before it is allocated.
public struct ObjectLimits: Equatable, Sendable {
  /// The size of the file, in bytes.
  public var fileSizeMax: Int
  /// Entries of the section header table, the null section included. At most 65,279: extended numbering is refused.
  public var sectionsMax: Int
  /// Entries of the symbol table, the null symbol included.
  public var symbolsMax: Int
  /// Relocations of loaded sections, all together.
  public var relocationsMax: Int
  /// The whole image in memory: all segments with their padding, GOT, PLT, .bss and common symbols, in bytes.
  public var imageSizeMax: UInt64
  /// The alignment of a section or common symbol, in bytes.
  public var alignmentMax: UInt64
  /// The name of a symbol or section, without its NUL, in bytes.
  public var nameLengthMax: Int
  /// The names of all symbols together, in bytes; a loaded object keeps a copy of them.
  public var symbolNamesSizeMax: Int

  public init(
    fileSizeMax: Int = 16 << 20, sectionsMax: Int = 8192, symbolsMax: Int = 65_536, relocationsMax: Int = 262_144,
    imageSizeMax: UInt64 = 16 << 20, alignmentMax: UInt64 = 65_536, nameLengthMax: Int = 1024,
    symbolNamesSizeMax: Int = 2 << 20
  ) {
    self.fileSizeMax = fileSizeMax
    self.sectionsMax = sectionsMax
    self.symbolsMax = symbolsMax
    self.relocationsMax = relocationsMax
    self.imageSizeMax = imageSizeMax
    self.alignmentMax = alignmentMax
    self.nameLengthMax = nameLengthMax
    self.symbolNamesSizeMax = symbolNamesSizeMax
  }

  /// What an error of this kind has exceeded, or nil.
  func limit(of kind: ObjectError.Kind) -> UInt64? {
    switch kind {
    case .nameTooLong: UInt64(nameLengthMax)
    case .commonAlignment: alignmentMax
    default: nil
    }
  }
}
