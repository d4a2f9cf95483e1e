import ELFFiles

/// What the loader makes of types and flags of sections.
extension SectionHeader {
  /// Whether sh_info names the section that these relocations change.
  var hasRelocations: Bool {
    switch type {
    case SectionType.relocations, SectionType.relocationsWithAddend, SectionType.compactRelocations: true
    default: false
    }
  }

  /// Whether it is known what a section that is not loaded holds, or that others look after it.
  var isUnderstood: Bool {
    switch type {
    case SectionType.null...SectionType.relocationsWithAddend, SectionType.note, SectionType.noBits,
      SectionType.relocations, SectionType.group, SectionType.extendedIndices, SectionType.relativeRelocations,
      SectionType.compactRelocations, SectionType.blockAddresses, SectionType.jumpTableSizes, SectionType.unwind:
      true
    default: false
    }
  }
}

extension SectionFlags {
  /// What a loaded section may carry; none of these changes how it is loaded, other than the first three.
  static let loadable = write | allocated | execute | merge | strings | infoLink | linkOrder | group | retain | large
}
