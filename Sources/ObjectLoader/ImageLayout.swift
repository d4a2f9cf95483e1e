import ELFFiles

/// Fills the three segments, front to back, within the limits of the file.
struct ImageLayout {
  private(set) var sectionOffsets: [UInt64]
  private(set) var commonOffsets: [UInt64]
  private(set) var imageSize: UInt64 = 0
  private var sizes: [UInt64] = [0, 0, 0]
  private var alignments: [UInt64] = [LoadPlan.pageSize, LoadPlan.pageSize, LoadPlan.pageSize]
  private let limits: ObjectLimits

  init(_ file: ObjectFile) {
    sectionOffsets = [UInt64](repeating: 0, count: file.sections.count)
    commonOffsets = [UInt64](repeating: 0, count: file.symbols.count)
    limits = file.limits
  }

  /// Sections with content before those without, each group in file order; those that `bounds` has begin where their
  /// first one stands, one behind the other.
  mutating func placeSections(of file: ObjectFile, _ bounds: SectionBounds) throws(ObjectError) {
    for withContent in [true, false] {
      for (index, section) in file.sections.enumerated() where section.hasContent == withContent {
        guard case .loaded = file.roles[index] else { continue }
        guard let run = bounds.run(withSection: index) else {
          try placeSection(index, of: file)
          continue
        }
        guard run.first == index else { continue }
        for member in run { try placeSection(member, of: file) }
      }
    }
  }

  private mutating func placeSection(_ index: Int, of file: ObjectFile) throws(ObjectError) {
    guard case .loaded(let kind) = file.roles[index] else { return }
    let section = file.sections[index]
    sectionOffsets[index] = try place(kind, size: section.size, alignment: max(section.alignment, 1))
  }

  mutating func placeCommonSymbols(of file: ObjectFile) throws(ObjectError) {
    for (index, symbol) in file.symbols.enumerated() where symbol.isCommon {
      commonOffsets[index] = try place(.data, size: symbol.size, alignment: symbol.value)
    }
  }

  /// Appends to a segment and returns the place. `alignment` is a power of two within the limits.
  mutating func place(_ kind: SegmentKind, size: UInt64, alignment: UInt64) throws(ObjectError) -> UInt64 {
    let segment = Int(kind.rawValue)
    guard let start = sizes[segment].aligned(to: alignment), start <= limits.imageSizeMax,
      size <= limits.imageSizeMax - start
    else { throw ObjectError(.imageTooLarge, value: size, limit: limits.imageSizeMax) }
    sizes[segment] = start + size
    alignments[segment] = max(alignments[segment], alignment)
    return start
  }

  /// Rounds a segment to pages and puts it behind the segments closed before.
  mutating func close(_ kind: SegmentKind) throws(ObjectError) -> Segment {
    let alignment = alignments[Int(kind.rawValue)]
    guard let size = sizes[Int(kind.rawValue)].aligned(to: LoadPlan.pageSize),
      let offset = imageSize.aligned(to: size == 0 ? 1 : alignment),
      size <= limits.imageSizeMax, offset <= limits.imageSizeMax - size
    else { throw ObjectError(.imageTooLarge, value: sizes[Int(kind.rawValue)], limit: limits.imageSizeMax) }
    imageSize = offset + size
    return Segment(kind: kind, size: size, alignment: alignment, imageOffset: offset)
  }
}
