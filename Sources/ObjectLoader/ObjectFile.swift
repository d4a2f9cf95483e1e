/// A relocatable ELF64 object for x86-64 whose every field that loading depends on has been checked.
///
/// ```swift
/// let file = try ObjectFile(bytes)                 // well formed?
/// let plan = try LoadPlan(file)                    // how much memory, with which rights?
/// let object = try plan.load(into: memory) { name in exports.address(of: name) }
/// ```
///
/// Memory use is bounded by ``ObjectLimits``; the bytes are kept, not copied.
public struct ObjectFile: Sendable {
  public let limits: ObjectLimits

  let file: ByteTable
  let sections: [SectionHeader]
  let roles: [SectionRole]
  let symbols: [SymbolEntry]
  /// Tables of relocations for loaded sections, in file order, as section indices.
  let relocationTables: [Int]
  private let sectionNames: SectionHeader
  private let symbolNames: SectionHeader?

  public init(_ bytes: [UInt8], limits: ObjectLimits = ObjectLimits()) throws(ObjectError) {
    let file = ByteTable(bytes: bytes)
    let header = try FileHeader(file, limits: limits)
    let sections = try Self.readSections(file, header)
    let sectionNames = sections[header.sectionNames]
    guard sectionNames.type == SectionType.stringTable else { throw ObjectError(.sectionNamesMissing, at: 62) }
    try Self.checkStringTable(file, sectionNames, index: header.sectionNames)
    let roles = try Self.readRoles(file, header, sections, names: sectionNames, limits: limits)
    let symbolTable = try Self.findSymbolTable(file, header, sections)

    self.file = file
    self.limits = limits
    self.sections = sections
    self.roles = roles
    self.sectionNames = sectionNames
    symbolNames = symbolTable.map { sections[Int(sections[$0].link)] }
    symbols = try Self.readSymbols(file, sections, table: symbolTable, limits: limits)
    relocationTables = try Self.findRelocationTables(
      header, sections, roles, symbolTable: symbolTable, limits: limits)
    try checkEntry(header.entry)
    try checkRelocations()
  }

  /// `ld -r -e main` writes the value of main into e_entry; nobody needs it.
  private func checkEntry(_ entry: UInt64) throws(ObjectError) {
    guard entry != 0 else { return }
    let isMain = symbols.indices.contains { index in
      symbols[index].value == entry && symbols[index].section != nil && !symbols[index].isLocal
        && name(ofSymbol: index).equals("main")
    }
    guard isMain else { throw ObjectError(.wrongHeaderField, at: 24, value: entry) }
  }

  /// The name of a section; its terminating NUL has been checked.
  func name(ofSection index: Int) -> ArraySlice<UInt8> {
    file.string(
      at: sectionNames.offset + UInt64(sections[index].nameOffset), end: sectionNames.offset + sectionNames.size,
      lengthMax: limits.nameLengthMax)
  }

  /// The name of a symbol; a section's symbol has the name of its section.
  func name(ofSymbol index: Int) -> ArraySlice<UInt8> {
    let symbol = symbols[index]
    if symbol.type == SymbolType.section, let section = symbol.section { return name(ofSection: section) }
    guard let symbolNames else { return [] }
    return file.string(
      at: symbolNames.offset + UInt64(symbol.nameOffset), end: symbolNames.offset + symbolNames.size,
      lengthMax: limits.nameLengthMax)
  }

  /// How many relocations a table holds.
  func relocationCount(ofTable table: Int) -> UInt64 { sections[table].size / RelocationEntry.size }

  func relocation(_ index: UInt64, ofTable table: Int) -> RelocationEntry {
    RelocationEntry(file, at: sections[table].offset + index * RelocationEntry.size)
  }
}
