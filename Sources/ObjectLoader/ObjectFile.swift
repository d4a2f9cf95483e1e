import ELFFiles

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

  let file: ByteReader
  let sections: [SectionHeader]
  let roles: [SectionRole]
  let symbols: [SymbolEntry]
  /// Tables of relocations for loaded sections, in file order, as section indices.
  let relocationTables: [Int]
  private let sectionNames: SectionHeader
  private let symbolNames: SectionHeader?

  public init(_ bytes: [UInt8], limits: ObjectLimits = ObjectLimits()) throws(ObjectError) {
    let file = ByteReader(bytes)
    let header = try ObjectHeader(file, limits: limits)
    let sections = try Self.readSections(file, header)
    let sectionNames = sections[header.sections.names]
    guard sectionNames.type == SectionType.stringTable else { throw ObjectError(.sectionNamesMissing, at: 62) }
    try Self.checkStringTable(file, sectionNames, index: header.sections.names)
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
    Self.name(file, sectionNames, sections[index].nameOffset, limits)
  }

  /// The name of a symbol; a section's symbol has the name of its section.
  func name(ofSymbol index: Int) -> ArraySlice<UInt8> {
    let symbol = symbols[index]
    if symbol.type == SymbolType.section, let section = symbol.section { return name(ofSection: section) }
    guard let symbolNames else { return [] }
    return Self.name(file, symbolNames, symbol.nameOffset, limits)
  }

  /// A name in a table that was found to end with a NUL; one byte longer than the limit if it is too long.
  static func name(
    _ file: ByteReader, _ table: SectionHeader, _ offset: UInt32, _ limits: ObjectLimits
  ) -> ArraySlice<UInt8> {
    guard let name = file.string(table.offset + UInt64(offset), lengthMax: limits.nameLengthMax) else {
      preconditionFailure("a name outside of its table was let through")
    }
    return name
  }

  /// In bytes.
  static var symbolSize: UInt64 { UInt64(SymbolEntry.size()) }
  static var relocationSize: UInt64 { UInt64(RelocationEntry.size(hasAddend: true)) }

  /// How many relocations a table holds.
  func relocationCount(ofTable table: Int) -> UInt64 { sections[table].size / Self.relocationSize }

  func relocation(_ index: UInt64, ofTable table: Int) -> RelocationEntry {
    let place = Int(sections[table].offset + index * Self.relocationSize)
    guard let entry = RelocationEntry(file, at: place, hasAddend: true) else {
      preconditionFailure("a table outside of the file was let through")
    }
    return entry
  }
}
