import ELFFiles

/// Puts together one program: its entry function and every function that calls lead to, in the order in which they are
/// met, with calls and 64-bit immediates resolved.
struct FunctionLinker {
  /// A function: bytes of a code section.
  struct Function: Equatable {
    var section: Int
    /// Byte offset and size in the section.
    var offset: Int
    var size: Int
  }

  private enum RelocationType {
    /// `lddw` of a symbol.
    static let wide: UInt32 = 1
    /// `call` of a symbol.
    static let call: UInt32 = 10
  }

  static let maximumFunctionCount = 4096

  private let file: ELFFile
  private let maps: ObjectMaps
  /// Relocations of every code section, by section index, sorted by offset.
  private let relocations: [[ELFFile.Relocation]]
  /// All functions, sorted by section and offset.
  private let functions: [Function]
  /// Slot of each function in the program at hand, -1 while it is not part of it.
  private var placements: [Int] = []
  /// Functions of the program at hand, as indices of `functions`, in their order.
  private var placed: [Int] = []
  private var slots: [EncodedSlot] = []
  /// Slots of all programs so far: shared functions could multiply otherwise.
  private var totalSlotCount = 0
  /// Places whose instructions depend on the types of the target, sorted: section and byte offset.
  private var targetPlaces: [(section: Int, offset: Int)] = []

  /// A function as it lies in the program linked last: its first slot, and where its bytes come from.
  struct Piece {
    var slot: Int
    var function: Function
  }

  var pieces: [Piece] { placed.map { Piece(slot: placements[$0], function: functions[$0]) } }

  init(_ file: ELFFile, _ maps: ObjectMaps) throws(ObjectError) {
    self.file = file
    self.maps = maps
    var relocations = file.relocations
    for index in file.sections.indices where file.sections[index].isCode {
      relocations[index].sort { $0.offset < $1.offset }
    }
    self.relocations = relocations
    var functions: [Function] = []
    for symbol in Self.functions(file) {
      guard let section = symbol.section else { continue }
      guard let function = Self.function(symbol, section) else { throw ObjectError(.badSymbol, symbol.name) }
      guard functions.count < Self.maximumFunctionCount else { throw ObjectError(.tooManyFunctions, symbol.name) }
      functions.append(function)
    }
    functions.sort { $0.section != $1.section ? $0.section < $1.section : $0.offset < $1.offset }
    self.functions = functions
    targetPlaces = try Self.targetPlaces(file)
  }

  /// The symbols of functions. Objects of old compilers have global symbols without a type and a size instead: each
  /// goes on to the next one.
  static func functions(_ file: ELFFile) -> [ELFFile.Symbol] {
    var functions = file.symbols.filter { symbol in
      symbol.isFunction && (symbol.section.map { file.sections[$0].isCode } ?? false)
    }
    for (index, section) in file.sections.enumerated() where section.isCode {
      guard !functions.contains(where: { $0.section == index }) else { continue }
      var plain = file.symbols.filter { $0.section == index && $0.type == 0 && $0.isGlobal && !$0.name.isEmpty }
      plain.sort { $0.value < $1.value }
      for number in plain.indices {
        let end = number + 1 < plain.count ? plain[number + 1].value : section.size
        plain[number].size = end - plain[number].value
      }
      functions += plain.filter { $0.size > 0 }
    }
    return functions
  }

  /// Where records in `.BTF.ext` tell the loader to put in where the fields of the target's types are: without it the
  /// program would read those of the machine that it was compiled on.
  private static func targetPlaces(_ file: ELFFile) throws(ObjectError) -> [(section: Int, offset: Int)] {
    guard let section = file.sections.first(where: { Word(bytes: $0.name[...]) == ".BTF.ext" }) else { return [] }
    let table = try TypeExtension(section.contents)
    let records = try table.relocations()
    guard !records.isEmpty else { return [] }
    guard let types = file.sections.first(where: { Word(bytes: $0.name[...]) == ".BTF" }) else {
      throw ObjectError(.badTypeInformation, section.name)
    }
    let strings = try TypeInformation(types.contents).strings
    var known: (name: UInt32, index: Int?)?
    var places: [(section: Int, offset: Int)] = []
    for record in records {
      if known?.name != record.section {
        known = (record.section, strings.string(UInt64(record.section)).flatMap(file.codeSection))
      }
      guard let index = known?.index, let offset = table.reader.u32(record.offset) else { continue }
      places.append((index, Int(offset)))
    }
    places.sort { $0.section != $1.section ? $0.section < $1.section : $0.offset < $1.offset }
    return places
  }

  /// Links the program that starts with the function of `symbol`.
  mutating func link(_ symbol: ELFFile.Symbol) throws(ObjectError) -> [EncodedSlot] {
    guard let section = symbol.section, let entry = function(section, Int64(truncatingIfNeeded: symbol.value)) else {
      throw ObjectError(.badSymbol, symbol.name)
    }
    placements = Array(repeating: -1, count: functions.count)
    placed = []
    slots = []
    _ = try place(entry)
    var next = 0
    while next < placed.count {
      try resolve(functions[placed[next]], at: placements[placed[next]])
      next += 1
    }
    totalSlotCount += slots.count
    return slots
  }

  private func name(_ section: Int) -> [UInt8] { file.sections[section].name }

  /// Appends the bytes of a function, once, and gives its slot.
  private mutating func place(_ index: Int) throws(ObjectError) -> Int {
    if placements[index] >= 0 { return placements[index] }
    let function = functions[index]
    let next = targetPlaces.partitioningIndex {
      $0.section > function.section || ($0.section == function.section && $0.offset >= function.offset)
    }
    if next < targetPlaces.count, targetPlaces[next].section == function.section,
      targetPlaces[next].offset < function.offset + function.size
    {
      throw ObjectError(.relocatableTypes, name(function.section), at: targetPlaces[next].offset)
    }
    guard totalSlotCount + slots.count + function.size / 8 <= Program.maximumSlotCount else {
      throw ObjectError(.programTooLong, name(function.section))
    }
    let start = slots.count
    placements[index] = start
    placed.append(index)
    let code = ByteReader(file.sections[function.section].contents)
    for offset in stride(from: function.offset, to: function.offset + function.size, by: 8) {
      guard let word = code.u64(offset) else { throw ObjectError(.badSymbol, name(function.section), at: offset) }
      slots.append(EncodedSlot(littleEndian: word))
    }
    return start
  }

  private mutating func resolve(_ function: Function, at start: Int) throws(ObjectError) {
    let all = relocations[function.section]
    var next = all.partitioningIndex { $0.offset >= function.offset }
    for index in start..<(start + function.size / 8) {
      let offset = function.offset + (index - start) * 8
      var relocation: ELFFile.Relocation?
      while next < all.count && all[next].offset < offset + 8 {
        guard relocation == nil, all[next].offset == offset else {
          throw ObjectError(.badRelocation, name(function.section), at: all[next].offset)
        }
        relocation = all[next]
        next += 1
      }
      let isLocalCall = slots[index].opcode == 0x85 && slots[index].source == 1
      if let relocation {
        try apply(relocation, index, function, offset)
      } else if isLocalCall {
        let target = Int64(offset) + (Int64(slots[index].immediate) + 1) * 8
        try call(index, function.section, target, offset, from: function.section)
      }
    }
  }

  private mutating func apply(
    _ relocation: ELFFile.Relocation, _ index: Int, _ function: Function, _ offset: Int
  ) throws(ObjectError) {
    let symbol = file.symbols[relocation.symbol]
    guard let section = symbol.section else { throw ObjectError(.undefinedSymbol, symbol.name) }
    let slot = slots[index]
    switch relocation.type {
    case RelocationType.call:
      guard slot.opcode == 0x85 else { throw ObjectError(.badRelocation, name(function.section), at: offset) }
      let target = Int64(truncatingIfNeeded: symbol.value) &+ (Int64(slot.immediate) + 1) * 8
      try call(index, section, target, offset, from: function.section)
    case RelocationType.wide:
      guard slot.opcode == OpcodeField.loadWide, index + 1 < slots.count else {
        throw ObjectError(.badRelocation, name(function.section), at: offset)
      }
      if file.sections[section].isCode {
        try codeAddress(index, section, symbol, offset, from: function.section)
        return
      }
      guard let immediate = maps.reference(symbol, addend: slot.immediate),
        let register = Register(slot.destination),
        let (first, second) = Instruction(slot: 0, operation: .loadWide(register, immediate)).encoded, let second
      else { throw ObjectError(.unknownMap, symbol.name.isEmpty ? name(section) : symbol.name) }
      slots[index] = first
      slots[index + 1] = second
    default: throw ObjectError(.unsupportedRelocation, name(function.section), at: offset)
    }
  }

  private mutating func call(
    _ index: Int, _ section: Int, _ target: Int64, _ offset: Int, from caller: Int
  ) throws(ObjectError) {
    guard let (function, inside) = functionAround(section, target) else {
      throw ObjectError(.badCallTarget, name(caller), at: offset)
    }
    let slot = try place(function) + inside
    slots[index].source = 1
    slots[index].immediate = Int32(truncatingIfNeeded: slot - index - 1)
  }

  private mutating func codeAddress(
    _ index: Int, _ section: Int, _ symbol: ELFFile.Symbol, _ offset: Int, from caller: Int
  ) throws(ObjectError) {
    let target = Int64(truncatingIfNeeded: symbol.value) + Int64(slots[index].immediate)
    guard let function = function(section, target) else { throw ObjectError(.badCallTarget, name(caller), at: offset) }
    let slot = try place(function)
    slots[index].source = 4
    slots[index].immediate = Int32(truncatingIfNeeded: slot - index - 1)
  }

  /// Index of the first function that starts at byte `offset` of a section.
  private func function(_ section: Int, _ offset: Int64) -> Int? {
    let index = functions.partitioningIndex {
      $0.section > section || ($0.section == section && Int64($0.offset) >= offset)
    }
    guard index < functions.count, functions[index].section == section, Int64(functions[index].offset) == offset
    else { return nil }
    return index
  }

  /// The function that holds byte `offset` of a section, and how many slots inside it that is. Assembled objects may have
  /// one symbol for several functions.
  private func functionAround(_ section: Int, _ offset: Int64) -> (index: Int, slot: Int)? {
    let next = functions.partitioningIndex {
      $0.section > section || ($0.section == section && Int64($0.offset) > offset)
    }
    guard next > 0, functions[next - 1].section == section else { return nil }
    // Of functions that start at one place, aliases of each other, the first: the same one every time.
    let start = functions[next - 1].offset
    guard let index = function(section, Int64(start)) else { return nil }
    let inside = offset - Int64(start)
    guard inside < Int64(functions[index].size), inside % 8 == 0 else { return nil }
    return (index, Int(inside / 8))
  }

  /// The bytes of a function symbol; `nil` when they are not whole slots.
  private static func function(_ symbol: ELFFile.Symbol, _ section: Int) -> Function? {
    guard symbol.value % 8 == 0, symbol.size % 8 == 0, symbol.size > 0 else { return nil }
    return Function(section: section, offset: Int(symbol.value), size: Int(symbol.size))
  }
}

extension Array {
  /// Index of the first element that satisfies `predicate`, in an array that is partitioned by it.
  func partitioningIndex(_ predicate: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
