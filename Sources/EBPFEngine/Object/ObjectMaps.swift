/// A map that an object declares, or a data section that programs reach as the value of a one-entry array.
public struct ObjectMap: Equatable, Sendable {
  public var name: [UInt8]
  public var definition: MapDefinition
  /// What the value of a data section starts with (shorter for `.bss`: the rest is zeros). Empty for declared maps.
  public var initialValue: [UInt8]
  public var isData: Bool
  /// `read` for `.rodata`.
  public var rights: MemoryRights
}

/// Finds the maps and data sections of an object and numbers them.
struct ObjectMaps {
  private(set) var maps: [ObjectMap] = []
  /// Where in the file each map is: section and, for declared maps, the offset.
  private var places: [(section: Int, offset: UInt64?)] = []

  init(_ file: ELFFile) throws(ObjectError) {
    var types: TypeInformation?
    for (index, section) in file.sections.enumerated() {
      let name = Word(bytes: section.name[...])
      if name == ".maps" || name == "maps" {
        if types == nil, name == ".maps" { types = try Self.typeInformation(file) }
        for symbol in file.symbols where symbol.section == index && !symbol.isSection && !symbol.name.isEmpty {
          guard symbol.type == 1 || symbol.type == 0 else { continue }
          let definition =
            name == ".maps" ? try Self.typedDefinition(symbol, types) : try Self.legacyDefinition(symbol, section)
          let map = ObjectMap(
            name: symbol.name, definition: definition, initialValue: [], isData: false, rights: .readWrite)
          try append(map, (index, symbol.value))
        }
      } else if Self.isData(section) {
        try appendData(section, index, file)
      }
    }
  }

  private mutating func append(_ map: ObjectMap, _ place: (Int, UInt64?)) throws(ObjectError) {
    guard maps.count < MapSet.maximumCount else { throw ObjectError(.tooManyMaps, map.name) }
    maps.append(map)
    places.append((section: place.0, offset: place.1))
  }

  // MARK: Data sections

  private static func isData(_ section: ELFFile.Section) -> Bool {
    let name = Word(bytes: section.name[...])
    let isKnown = name.hasPrefix(".rodata") || name.hasPrefix(".data") || name.hasPrefix(".bss")
    return isKnown && section.flags & ELFFile.Section.allocated != 0 && section.size > 0
  }

  private mutating func appendData(
    _ section: ELFFile.Section, _ index: Int, _ file: ELFFile
  ) throws(ObjectError) {
    guard file.relocations[index].isEmpty else { throw ObjectError(.relocatedData, section.name) }
    guard section.size <= Map.maximumStorageSize else { throw ObjectError(.badMapDefinition, section.name) }
    let definition = MapDefinition(
      kind: .array, keySize: 4, valueSize: UInt32(section.size), entryCount: 1)
    let isWritable = section.flags & ELFFile.Section.writable != 0
    let map = ObjectMap(
      name: section.name, definition: definition, initialValue: Array(section.contents), isData: true,
      rights: isWritable ? .readWrite : .read)
    try append(map, (index, nil))
  }

  // MARK: Declared maps

  private static func typeInformation(_ file: ELFFile) throws(ObjectError) -> TypeInformation {
    guard let section = file.sections.first(where: { Word(bytes: $0.name[...]) == ".BTF" }) else {
      throw ObjectError(.badTypeInformation)
    }
    return try TypeInformation(section.contents)
  }

  private static func definition(
    _ name: [UInt8], kind: UInt32, key: UInt32, value: UInt32, entries: UInt32
  ) throws(ObjectError) -> MapDefinition {
    guard let known = MapKind(rawValue: kind) else { throw ObjectError(.unsupportedMapKind(kind), name) }
    let definition = MapDefinition(kind: known, keySize: key, valueSize: value, entryCount: entries)
    guard definition.isValid else { throw ObjectError(.badMapDefinition, name) }
    return definition
  }

  /// A variable in `.maps`: numbers as array sizes, types as pointer targets.
  private static func typedDefinition(
    _ symbol: ELFFile.Symbol, _ types: TypeInformation?
  ) throws(ObjectError) -> MapDefinition {
    guard let types, let members = types.mapMembers(symbol.name) else {
      throw ObjectError(.badTypeInformation, symbol.name)
    }
    var kind: UInt32?
    var key: UInt32?
    var value: UInt32?
    var entries: UInt32?
    for member in members {
      let name = Word(bytes: member.name)
      if name == "type" { kind = types.number(member) }
      if name == "max_entries" { entries = types.number(member) }
      if name == "key_size" { key = types.number(member) }
      if name == "value_size" { value = types.number(member) }
      if name == "key" { key = types.targetSize(member) }
      if name == "value" { value = types.targetSize(member) }
    }
    // Ring buffers and their like have no keys.
    if let kind, MapKind(rawValue: kind) == nil { throw ObjectError(.unsupportedMapKind(kind), symbol.name) }
    guard let kind, let key, let value, let entries else { throw ObjectError(.badMapDefinition, symbol.name) }
    return try definition(symbol.name, kind: kind, key: key, value: value, entries: entries)
  }

  /// A `struct bpf_map_def` in `maps`: type, key_size, value_size, max_entries, then flags that are not looked at.
  private static func legacyDefinition(
    _ symbol: ELFFile.Symbol, _ section: ELFFile.Section
  ) throws(ObjectError) -> MapDefinition {
    let reader = ByteReader(section.contents)
    guard let offset = Int(exactly: symbol.value), offset <= reader.count, let kind = reader.u32(offset),
      let key = reader.u32(offset + 4), let value = reader.u32(offset + 8), let entries = reader.u32(offset + 12)
    else { throw ObjectError(.badMapDefinition, symbol.name) }
    return try definition(symbol.name, kind: kind, key: key, value: value, entries: entries)
  }

  // MARK: References

  /// What a `lddw` that names `symbol`, with `addend` in the instruction, stands for.
  func reference(_ symbol: ELFFile.Symbol, addend: Int32) -> WideImmediate? {
    for (index, place) in places.enumerated() where place.section == symbol.section {
      let number = Int32(truncatingIfNeeded: index)
      if let offset = place.offset {
        if offset == symbol.value && addend == 0 { return .mapByIndex(number) }
      } else {
        let (sum, overflow) = Int64(truncatingIfNeeded: symbol.value).addingReportingOverflow(Int64(addend))
        guard !overflow, let offset = Int32(exactly: sum), offset >= 0 else { return nil }
        return .mapValueByIndex(number, offset: offset)
      }
    }
    return nil
  }
}
