/// Programs and maps of an ELF object as clang makes it with `-target bpf`. Every global function outside `.text` is a
/// program; an object that has only `.text` offers its global functions there. `lddw` instructions name maps, and data
/// sections as maps, by their index in `maps`.
public struct ProgramObject: Sendable {
  public struct Entry: Sendable {
    public var section: [UInt8]
    public var name: [UInt8]
    public var program: Program
    #if !hasFeature(Embedded)
      /// Where the instructions come from, by slot, as far as the object tells.
      public var lines = SourceLines()
    #endif
  }

  /// A function that is no program, although it could be one by its place.
  public struct Failure: Sendable {
    public var section: [UInt8]
    public var name: [UInt8]
    public var error: ObjectError
  }

  public let programs: [Entry]
  /// Those that could not be linked or decoded, where others could.
  public let failures: [Failure]
  public let maps: [ObjectMap]
  /// Addresses in the initial values of maps.
  public let pointers: [ObjectPointer]
  /// What maps of maps and of programs hold at first.
  public let slots: [ObjectSlot]

  /// An object with one program at least.
  public init(bytes: [UInt8]) throws(ObjectError) {
    self = try ProgramObject(reading: bytes)
    guard !programs.isEmpty else { throw failures.first?.error ?? ObjectError(.noPrograms) }
  }

  /// An object all of whose functions may be no programs.
  public init(reading bytes: [UInt8]) throws(ObjectError) {
    let file = try ELFFile(bytes)
    let objectMaps = try ObjectMaps(file)
    maps = objectMaps.maps
    pointers = objectMaps.pointers
    slots = objectMaps.slots
    for section in file.sections where section.isCode && section.contents.count % 8 != 0 {
      throw ObjectError(.badSectionSize, section.name)
    }
    var linker = try FunctionLinker(file, objectMaps)
    #if !hasFeature(Embedded)
      let lines = SectionLines(file)
    #endif
    var programs: [Entry] = []
    var failures: [Failure] = []
    for symbol in Self.entries(file) {
      let section = symbol.section.map { file.sections[$0].name } ?? []
      do throws(ObjectError) {
        var entry = Entry(section: section, name: symbol.name, program: try Self.program(symbol, &linker))
        #if !hasFeature(Embedded)
          entry.lines = lines.lines(of: linker.pieces)
        #endif
        programs.append(entry)
      } catch {
        failures.append(Failure(section: section, name: symbol.name, error: error))
      }
    }
    guard !programs.isEmpty || !failures.isEmpty else { throw ObjectError(.noPrograms) }
    self.programs = programs
    self.failures = failures
  }

  private static func program(
    _ symbol: ELFFile.Symbol, _ linker: inout FunctionLinker
  ) throws(ObjectError) -> Program {
    let slots = try linker.link(symbol)
    do throws(DecodingError) { return try Program(slots: slots) } catch {
      throw ObjectError(.invalid(error.reason), symbol.name, at: error.slot)
    }
  }

  private static func entries(_ file: ELFFile) -> [ELFFile.Symbol] {
    func isText(_ symbol: ELFFile.Symbol) -> Bool {
      symbol.section.map { Word(bytes: file.sections[$0].name[...]) == ".text" } ?? false
    }
    let functions = FunctionLinker.functions(file).filter { $0.isGlobal }
    let outside = functions.filter { !isText($0) }
    return outside.isEmpty ? functions : outside
  }

  /// The program of a function or section name; the first one when `name` is `nil`.
  public func program(named name: [UInt8]?) -> Entry? {
    guard let name else { return programs.first }
    return programs.first { $0.name == name } ?? programs.first { $0.section == name }
  }

  /// The function of that name, or the first of that section, that is no program.
  public func failure(named name: [UInt8]?) -> Failure? {
    guard let name else { return failures.first }
    return failures.first { $0.name == name } ?? failures.first { $0.section == name }
  }

  /// Makes the object's maps in `set`, which must be empty so that indices agree, and fills them with what the object
  /// says. Entries of maps of programs hold the index of the program in `programs`, plus 1.
  public func makeMaps(in set: MapSet) throws(MapError) {
    for declared in maps {
      let map = try Map(declared.definition)
      declared.initialValue.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { map.storage.copyMemory(from: base, byteCount: bytes.count) }
      }
      try set.add(map, rights: declared.rights)
    }
    try fillMaps(in: set)
  }

  /// Puts in what the maps of the object, the first ones of `set`, hold of each other.
  public func fillMaps(in set: MapSet) throws(MapError) {
    set.relocate(pointers)
    for slot in slots {
      var number: UInt32 = 0
      switch slot.target {
      case .map(let index): number = UInt32(bitPattern: index) + 1
      case .program(let name):
        number = programs.firstIndex { $0.name == name }.map { UInt32(truncatingIfNeeded: $0) + 1 } ?? 0
      }
      guard number > 0, let map = set[Int(slot.map)] else { continue }
      var key = UInt64(slot.index)
      guard map.definition.keySize <= 8 else { continue }
      try map.update(&key, &number, .any)
    }
  }
}
