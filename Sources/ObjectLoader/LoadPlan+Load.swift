import ELFFiles

extension LoadPlan {
  /// Copies the sections, builds GOT and PLT and applies the relocations. Afterwards the memory holds the image, and
  /// the caller gives each segment its rights (``SegmentKind``).
  ///
  /// `resolve` is called once for each undefined name that a relocation needs, in the order of the symbol table; nil
  /// means unknown: an error, unless the symbol is weak, which makes it 0. The ends of the object's own sections
  /// (``SectionBounds``) are not asked for.
  public func load(
    into memory: ImageMemory, resolve: (ArraySlice<UInt8>) -> UInt64?
  ) throws(ObjectError) -> LoadedObject {
    for kind in SegmentKind.allCases { try check(memory[kind], for: self[kind]) }
    let addresses = try symbolAddresses(in: memory, resolve: resolve)
    copySections(into: memory)
    try buildTables(in: memory, addresses)
    try Relocator(plan: self, memory: memory, addresses: addresses).applyAll()
    return try LoadedObject(plan: self, memory: memory, addresses: addresses)
  }

  private func check(_ memory: SegmentMemory, for segment: Segment) throws(ObjectError) {
    guard segment.size != 0 else { return }
    guard UInt64(memory.bytes.count) >= segment.size else {
      throw ObjectError(.memoryTooSmall, value: UInt64(memory.bytes.count))
    }
    guard memory.address % segment.alignment == 0,
      memory.address.addingReportingOverflow(segment.size).overflow == false
    else { throw ObjectError(.memoryMisaligned, value: memory.address) }
  }

  /// The address of every symbol, by index; 0 for those that have none or are not needed.
  private func symbolAddresses(
    in memory: ImageMemory, resolve: (ArraySlice<UInt8>) -> UInt64?
  ) throws(ObjectError) -> [UInt64] {
    var addresses = [UInt64](repeating: 0, count: file.symbols.count)
    for (index, symbol) in file.symbols.enumerated() where index != 0 {
      if let section = symbol.section {
        guard case .loaded(let kind) = file.roles[section] else { continue }
        addresses[index] = memory[kind].address &+ sectionOffsets[section] &+ symbol.value
      } else if symbol.isCommon {
        addresses[index] = memory.data.address &+ commonOffsets[index]
      } else if symbol.isAbsolute {
        addresses[index] = symbol.value
      } else if isReferenced[index] {
        let name = file.name(ofSymbol: index)
        if symbol.isLocal { throw ObjectError(.undefinedLocalSymbol, name: Array(name)) }
        if let (section, isEnd) = bounds.place(ofSymbol: index), case .loaded(let kind) = file.roles[section] {
          let start = memory[kind].address &+ sectionOffsets[section]
          addresses[index] = isEnd ? start &+ file.sections[section].size : start
        } else if let address = resolve(name) {
          addresses[index] = address
        } else if !symbol.isWeak {
          throw ObjectError(.undefinedSymbol, name: Array(name))
        }
      }
    }
    return addresses
  }

  private func copySections(into memory: ImageMemory) {
    for kind in SegmentKind.allCases where self[kind].size != 0 {
      // What lies between functions is int3: a wild jump stops there.
      let filler: UInt8 = kind == .text ? 0xcc : 0
      let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[kind].bytes[..<Int(self[kind].size)])
      bytes.initializeMemory(as: UInt8.self, repeating: filler)
    }
    file.file.bytes.withUnsafeBytes { source in
      for (index, section) in file.sections.enumerated() {
        guard case .loaded(let kind) = file.roles[index], section.size != 0 else { continue }
        let start = Int(sectionOffsets[index])
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[kind].bytes[start..<start + Int(section.size)])
        if section.hasContent {
          target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[Int(section.offset)...].prefix(target.count)))
        } else {
          target.initializeMemory(as: UInt8.self, repeating: 0)
        }
      }
    }
  }

  /// Fills the PLT with INT3, for whoever has no jumps by memory and reaches everything without: a call that would go there stops.
  public func removePLT(from memory: ImageMemory) {
    for offset in 0..<Int(UInt64(plt.count) * PLT.entrySize) { memory.text.bytes[Int(pltOffset) + offset] = 0xcc }
  }

  private func buildTables(in memory: ImageMemory, _ addresses: [UInt64]) throws(ObjectError) {
    for (slot, symbol) in got.symbols.enumerated() {
      memory.rodata.bytes.storeBytes(
        of: addresses[symbol], toByteOffset: Int(gotOffset) + slot * 8, as: UInt64.self)
    }
    for (slot, symbol) in plt.symbols.enumerated() {
      let place = pltOffset + UInt64(slot) * PLT.entrySize
      guard let gotSlot = got[symbol],
        let code = PLT.entry(
          at: memory.text.address &+ place, slot: memory.rodata.address &+ gotOffset &+ UInt64(gotSlot) &* 8)
      else { throw ObjectError(.segmentsTooFarApart, value: memory.rodata.address) }
      for (index, byte) in code.enumerated() { memory.text.bytes[Int(place) + index] = byte }
    }
  }
}
