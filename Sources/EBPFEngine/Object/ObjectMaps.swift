import ELFFiles

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

/// Eight bytes in a map's initial value that hold an address.
public struct ObjectPointer: Equatable, Sendable {
  /// Index of the map, and bytes from the start of its value.
  public var map: Int32
  public var offset: Int
  /// The map that it leads into, and bytes from the start of that one's value; `nil` where it leads to code.
  public var target: Int32?
  public var targetOffset: Int32
}

/// What an entry of a map of maps, or of programs, holds when the map is made.
public struct ObjectSlot: Equatable, Sendable {
  public enum Target: Equatable, Sendable {
    /// Index of a map.
    case map(Int32)
    /// Name of a program.
    case program([UInt8])
  }
  /// Index of the map, and the entry's key.
  public var map: Int32
  public var index: UInt32
  public var target: Target
}

/// Finds the maps and data sections of an object and numbers them.
struct ObjectMaps {
  /// Most maps of one object. A `MapSet` takes fewer; verdicts need none.
  static let maximumCount = 256

  private(set) var maps: [ObjectMap] = []
  private(set) var pointers: [ObjectPointer] = []
  private(set) var slots: [ObjectSlot] = []
  /// Where in the file each map is: section and, for declared maps, the offset.
  private var places: [(section: Int, offset: UInt64?)] = []

  init(_ file: ELFFile) throws(ObjectError) {
    var types: TypeInformation?
    for (index, section) in file.sections.enumerated() {
      let name = Word(bytes: section.name[...])
      if name == ".maps" {
        if types == nil { types = try Self.typeInformation(file) }
        for symbol in Self.variables(of: index, file) { try appendTyped(symbol, index, types) }
      } else if name == "maps" || name.hasPrefix("maps/") {
        for symbol in Self.variables(of: index, file) { try appendLegacy(symbol, index, section) }
      } else if Self.isData(section) {
        try appendData(section, index)
      }
    }
    try resolveInnerMaps(file)
    for index in file.sections.indices where !file.relocations[index].isEmpty {
      if Self.isData(file.sections[index]) { try findPointers(index, file) }
      if let types, Word(bytes: file.sections[index].name[...]) == ".maps" { try findSlots(index, file, types) }
    }
  }

  private static func variables(of section: Int, _ file: ELFFile) -> [ELFFile.Symbol] {
    file.symbols.filter {
      $0.section == section && !$0.isSection && !$0.name.isEmpty && ($0.type == 1 || $0.type == 0)
    }
  }

  private mutating func append(_ map: ObjectMap, _ place: (Int, UInt64?)) throws(ObjectError) {
    guard maps.count < Self.maximumCount else { throw ObjectError(.tooManyMaps, map.name) }
    maps.append(map)
    places.append((section: place.0, offset: place.1))
  }

  // MARK: Data sections

  private static func isData(_ section: ELFFile.Section) -> Bool {
    let name = Word(bytes: section.name[...])
    let isKnown = name.hasPrefix(".rodata") || name.hasPrefix(".data") || name.hasPrefix(".bss")
    return isKnown && section.flags & SectionFlags.allocated != 0 && section.size > 0
  }

  private mutating func appendData(_ section: ELFFile.Section, _ index: Int) throws(ObjectError) {
    guard section.size <= Map.maximumStorageSize else { throw ObjectError(.badMapDefinition, section.name) }
    let definition = MapDefinition(
      kind: .array, keySize: 4, valueSize: UInt32(section.size), entryCount: 1)
    // Linkers make the second read-only once addresses are put in.
    let isConstant =
      section.flags & SectionFlags.write == 0 || Word(bytes: section.name[...]).hasPrefix(".data.rel.ro")
    let map = ObjectMap(
      name: section.name, definition: definition, initialValue: Array(section.contents), isData: true,
      rights: isConstant ? .read : .readWrite)
    try append(map, (index, nil))
  }

  /// Index of the map that a data section is.
  private func dataMap(_ section: Int) -> Int32? {
    places.firstIndex { $0.section == section && $0.offset == nil }.map { Int32(truncatingIfNeeded: $0) }
  }

  /// Addresses in data, of other data and of code.
  private mutating func findPointers(_ index: Int, _ file: ELFFile) throws(ObjectError) {
    guard let map = dataMap(index) else { return }
    let name = file.sections[index].name
    let contents = ByteReader(file.sections[index].contents)
    for relocation in file.relocations[index] {
      guard relocation.type == 2, relocation.offset % 8 == 0, let addend = contents.u64(relocation.offset) else {
        throw ObjectError(.relocatedData, name, at: relocation.offset)
      }
      let symbol = file.symbols[relocation.symbol]
      guard let section = symbol.section else { throw ObjectError(.undefinedSymbol, symbol.name) }
      var pointer = ObjectPointer(map: map, offset: relocation.offset, target: nil, targetOffset: 0)
      if !file.sections[section].isCode {
        guard let target = dataMap(section), let offset = Int32(exactly: symbol.value &+ addend),
          UInt64(offset) < file.sections[section].size
        else { throw ObjectError(.relocatedData, name, at: relocation.offset) }
        pointer.target = target
        pointer.targetOffset = offset
      }
      pointers.append(pointer)
    }
  }

  // MARK: Declared maps

  private static func typeInformation(_ file: ELFFile) throws(ObjectError) -> TypeInformation {
    guard let section = file.sections.first(where: { Word(bytes: $0.name[...]) == ".BTF" }) else {
      throw ObjectError(.badTypeInformation)
    }
    return try TypeInformation(section.contents)
  }

  private static func definition(
    _ name: [UInt8], kind: UInt32, key: UInt32?, value: UInt32?, entries: UInt32?
  ) throws(ObjectError) -> MapDefinition {
    guard let known = MapKind(rawValue: kind) else { throw ObjectError(.unsupportedMapKind(kind), name) }
    // What is 0 need not be said. Of what only Linux has, libbpf knows the sizes.
    let usual: (key: UInt32?, value: UInt32?) =
      switch known.layout {
      case .outside: (4, 4)
      case .records: (0, 0)
      case .ordered: (0, nil)
      case .references: (nil, 4)
      default: (nil, nil)
      }
    guard let key = key ?? usual.key, let value = value ?? usual.value else {
      throw ObjectError(.badMapDefinition, name)
    }
    var definition = MapDefinition(kind: known, keySize: key, valueSize: value, entryCount: entries ?? 0)
    // Loaders know that records have sizes of their own, and what numbers of maps take.
    if known.layout == .records { (definition.keySize, definition.valueSize) = (0, 0) }
    if known.layout == .references && value == 0 { definition.valueSize = 4 }
    // Some number of entries is put in only when the object is loaded.
    var filled = definition
    if filled.entryCount == 0 { filled.entryCount = known.layout == .records ? 4096 : 1 }
    guard filled.isValid else { throw ObjectError(.badMapDefinition, name) }
    return definition
  }

  private static func definition(
    _ name: [UInt8], _ members: [TypeInformation.Member], _ types: TypeInformation
  ) throws(ObjectError) -> MapDefinition {
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
    guard let kind else { throw ObjectError(.badMapDefinition, name) }
    return try definition(name, kind: kind, key: key, value: value, entries: entries)
  }

  /// A variable in `.maps`: numbers as array sizes, types as pointer targets.
  private mutating func appendTyped(
    _ symbol: ELFFile.Symbol, _ section: Int, _ types: TypeInformation?
  ) throws(ObjectError) {
    guard let types, let members = types.mapMembers(symbol.name) else {
      throw ObjectError(.badTypeInformation, symbol.name)
    }
    var definition = try Self.definition(symbol.name, members, types)
    var inner: MapDefinition?
    if definition.kind.holdsMaps {
      guard let values = members.first(where: { Word(bytes: $0.name) == "values" }),
        let like = types.elementMembers(values)
      else { throw ObjectError(.noInnerMap, symbol.name) }
      inner = try Self.definition(symbol.name, like, types)
      definition.innerMap = UInt32(maps.count + 1)
    }
    let map = ObjectMap(
      name: symbol.name, definition: definition, initialValue: [], isData: false, rights: .readWrite)
    try append(map, (section, symbol.value))
    guard let inner else { return }
    guard !inner.kind.holdsMaps else { throw ObjectError(.noInnerMap, symbol.name) }
    let name = symbol.name + [UInt8]("_inner".utf8)
    // No symbol leads there: an offset outside of any section.
    try append(
      ObjectMap(name: name, definition: inner, initialValue: [], isData: false, rights: .readWrite), (section, .max))
  }

  /// A `struct bpf_map_def` in `maps`: type, key_size, value_size, max_entries, flags; what follows depends on its size
  /// and is looked at for maps of maps only.
  private mutating func appendLegacy(
    _ symbol: ELFFile.Symbol, _ index: Int, _ section: ELFFile.Section
  ) throws(ObjectError) {
    let reader = ByteReader(section.contents)
    guard let offset = Int(exactly: symbol.value), offset <= reader.count, let kind = reader.u32(offset),
      let key = reader.u32(offset + 4), let value = reader.u32(offset + 8), let entries = reader.u32(offset + 12)
    else { throw ObjectError(.badMapDefinition, symbol.name) }
    let definition = try Self.definition(symbol.name, kind: kind, key: key, value: value, entries: entries)
    let map = ObjectMap(
      name: symbol.name, definition: definition, initialValue: [], isData: false, rights: .readWrite)
    try append(map, (index, symbol.value))
  }

  /// What the maps of maps in sections `maps` hold: by their place among these maps (`inner_map_idx` of the samples of
  /// Linux, 28 bytes a definition), or by number (`inner_id` of iproute2, 36 bytes).
  private mutating func resolveInnerMaps(_ file: ELFFile) throws(ObjectError) {
    var legacy: [(map: Int, section: Int, offset: Int)] = []
    for (index, place) in places.enumerated() {
      guard let offset = place.offset.flatMap({ Int(exactly: $0) }),
        offset <= file.sections[place.section].contents.count,
        !(Word(bytes: file.sections[place.section].name[...]) == ".maps")
      else { continue }
      legacy.append((index, place.section, offset))
    }
    legacy.sort { $0.section != $1.section ? $0.section < $1.section : $0.offset < $1.offset }
    func word(_ item: (map: Int, section: Int, offset: Int), _ offset: Int) -> UInt32? {
      ByteReader(file.sections[item.section].contents).u32(item.offset + offset)
    }
    for item in legacy where maps[item.map].definition.kind.holdsMaps {
      let size = file.sections[item.section].contents.count / max(legacy.filter { $0.section == item.section }.count, 1)
      var inner: Int?
      if size >= 36, let wanted = word(item, 28) {
        inner = legacy.first { word($0, 20) == wanted && $0.map != item.map }?.map
      } else if size >= 24, let number = word(item, 20).flatMap({ Int(exactly: $0) }), number < legacy.count {
        inner = legacy[number].map
      }
      guard let inner, !maps[inner].definition.kind.holdsMaps else {
        throw ObjectError(.noInnerMap, maps[item.map].name)
      }
      maps[item.map].definition.innerMap = UInt32(inner)
    }
  }

  /// What `values` of a map of maps or of programs names.
  private mutating func findSlots(_ index: Int, _ file: ELFFile, _ types: TypeInformation) throws(ObjectError) {
    let name = file.sections[index].name
    // Where the first value of each map is.
    let starts: [UInt64?] = places.indices.map { number in
      guard places[number].section == index, let start = places[number].offset, start != .max else { return nil }
      let values = types.mapMembers(maps[number].name)?.first { Word(bytes: $0.name) == "values" }
      return values.map { start + UInt64($0.offset / 8) }
    }
    for relocation in file.relocations[index] {
      var map: Int?
      for (number, place) in places.enumerated() where place.section == index {
        guard let offset = place.offset, offset <= UInt64(relocation.offset) else { continue }
        if map == nil || offset >= places[map ?? 0].offset ?? 0 { map = number }
      }
      let symbol = file.symbols[relocation.symbol]
      guard let map, let start = starts[map], UInt64(relocation.offset) >= start, let section = symbol.section else {
        throw ObjectError(.badRelocation, name, at: relocation.offset)
      }
      let distance = UInt64(relocation.offset) - start
      guard distance % 8 == 0, let entry = UInt32(exactly: distance / 8), entry < maps[map].definition.entryCount else {
        throw ObjectError(.badRelocation, name, at: relocation.offset)
      }
      let target: ObjectSlot.Target
      if file.sections[section].isCode {
        target = .program(symbol.name)
      } else if let inner = places.firstIndex(where: { $0.section == section && $0.offset == symbol.value }) {
        target = .map(Int32(truncatingIfNeeded: inner))
      } else {
        throw ObjectError(.badRelocation, name, at: relocation.offset)
      }
      slots.append(ObjectSlot(map: Int32(truncatingIfNeeded: map), index: entry, target: target))
    }
  }

  // MARK: References

  /// What a `lddw` that names `symbol`, with `addend` in the instruction, stands for.
  func reference(_ symbol: ELFFile.Symbol, addend: Int32) -> WideImmediate? {
    for (index, place) in places.enumerated() where place.section == symbol.section {
      let number = Int32(truncatingIfNeeded: index)
      if let offset = place.offset {
        if offset == symbol.value &+ UInt64(bitPattern: Int64(addend)) { return .mapByIndex(number) }
      } else {
        let (sum, overflow) = Int64(truncatingIfNeeded: symbol.value).addingReportingOverflow(Int64(addend))
        guard !overflow, let offset = Int32(exactly: sum), offset >= 0 else { return nil }
        return .mapValueByIndex(number, offset: offset)
      }
    }
    return nil
  }
}
