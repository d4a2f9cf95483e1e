/// Programs and maps of an ELF object as clang makes it with `-target bpf`. Every global function outside `.text` is a
/// program; an object that has only `.text` offers its global functions there. `lddw` instructions name maps, and data
/// sections as maps, by their index in `maps`.
public struct ProgramObject: Sendable {
  public struct Entry: Sendable {
    public var section: [UInt8]
    public var name: [UInt8]
    public var program: Program
  }

  public let programs: [Entry]
  public let maps: [ObjectMap]

  public init(bytes: [UInt8]) throws(ObjectError) {
    let file = try ELFFile(bytes)
    try Self.checkTypeRelocations(file)
    let objectMaps = try ObjectMaps(file)
    maps = objectMaps.maps
    for section in file.sections where section.isCode && section.contents.count % 8 != 0 {
      throw ObjectError(.badSectionSize, section.name)
    }
    var linker = try FunctionLinker(file, objectMaps)
    var programs: [Entry] = []
    for symbol in Self.entries(file) {
      let slots = try linker.link(symbol)
      do throws(DecodingError) {
        let program = try Program(slots: slots)
        programs.append(
          Entry(section: symbol.section.map { file.sections[$0].name } ?? [], name: symbol.name, program: program))
      } catch {
        throw ObjectError(.invalid(error.reason), symbol.name, at: error.slot)
      }
    }
    guard !programs.isEmpty else { throw Self.withoutPrograms(file) }
    self.programs = programs
  }

  /// Records in `.BTF.ext` that tell the loader to put in where the fields of its own kernel's types are: without it the
  /// program would read those of the machine that it was compiled on.
  private static func checkTypeRelocations(_ file: ELFFile) throws(ObjectError) {
    for section in file.sections where Word(bytes: section.name[...]) == ".BTF.ext" {
      let reader = ByteReader(section.contents)
      guard reader.u16(0) == 0xeb9f, let headerSize = reader.u32(4) else {
        throw ObjectError(.badTypeInformation, section.name)
      }
      // Offset and length of the records, in headers that are long enough to have them.
      guard headerSize >= 32, let length = reader.u32(28), length > 0 else { continue }
      throw ObjectError(.relocatableTypes, section.name)
    }
  }

  /// Says what is there instead of functions.
  private static func withoutPrograms(_ file: ELFFile) -> ObjectError {
    for symbol in file.symbols where symbol.isGlobal && symbol.type == 0 && !symbol.name.isEmpty {
      guard let section = symbol.section, file.sections[section].isCode else { continue }
      return ObjectError(.programsWithoutType, symbol.name)
    }
    return ObjectError(.noPrograms)
  }

  private static func entries(_ file: ELFFile) -> [ELFFile.Symbol] {
    func isText(_ symbol: ELFFile.Symbol) -> Bool {
      symbol.section.map { Word(bytes: file.sections[$0].name[...]) == ".text" } ?? false
    }
    let functions = file.symbols.filter { symbol in
      symbol.isFunction && symbol.isGlobal && (symbol.section.map { file.sections[$0].isCode } ?? false)
    }
    let outside = functions.filter { !isText($0) }
    return outside.isEmpty ? functions : outside
  }

  /// The program of a function or section name; the first one when `name` is `nil`.
  public func program(named name: [UInt8]?) -> Entry? {
    guard let name else { return programs.first }
    return programs.first { $0.name == name } ?? programs.first { $0.section == name }
  }

  /// Makes the object's maps in `set`, which must be empty so that indices agree, and fills the data sections.
  public func makeMaps(in set: MapSet) throws(MapError) {
    for declared in maps {
      let map = try Map(declared.definition)
      declared.initialValue.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { map.storage.copyMemory(from: base, byteCount: bytes.count) }
      }
      try set.add(map, rights: declared.rights)
    }
  }
}
