import ELFFiles

/// What is done with a section.
enum SectionRole: Equatable, Sendable {
  /// Not needed at run time: debug information, notes, unwind tables, groups.
  case skipped
  case loaded(SegmentKind)
}

extension SectionRole {
  /// Decides by type, flags and name; refuses what would be loaded but is not understood.
  init(_ header: SectionHeader, name: ArraySlice<UInt8>, index: Int, place: UInt64) throws(ObjectError) {
    func refusal(_ kind: ObjectError.Kind, _ value: UInt64 = 0) -> ObjectError {
      ObjectError(kind, at: place, section: index, value: value, name: Array(name))
    }
    // Thread-local sections are refused even when they are empty: whoever asks for one expects it to work.
    if header.flags & SectionFlags.threadLocal != 0 { throw refusal(.threadLocalSection) }
    guard header.isAllocated else {
      self = .skipped
      return
    }
    if header.type == SectionType.note || header.type == SectionType.unwind || name.equals(".eh_frame") {
      self = .skipped
      return
    }
    if header.flags & SectionFlags.compressed != 0 { throw refusal(.compressedSection) }
    if header.flags & ~SectionFlags.loadable != 0 { throw refusal(.sectionFlags, header.flags) }
    if name.begins(with: ".ctors") || name.begins(with: ".dtors") { throw refusal(.oldConstructors) }

    switch header.type {
    case SectionType.programBits, SectionType.noBits: break
    case SectionType.initializers, SectionType.finalizers:
      guard header.size % 8 == 0 else { throw refusal(.initializerTable) }
    default: throw refusal(.sectionType, UInt64(header.type))
    }

    let writable = header.flags & SectionFlags.write != 0
    let executable = header.flags & SectionFlags.execute != 0
    if writable && executable { throw refusal(.writableCode) }
    // Tables that only the loader writes become read-only once it is done.
    let constantAfterLoad =
      header.type == SectionType.initializers || header.type == SectionType.finalizers
      || name.begins(with: ".data.rel.ro")
    self = .loaded(executable ? .text : writable && !constantAfterLoad ? .data : .rodata)
  }
}
