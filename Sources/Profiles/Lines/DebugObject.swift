/// The sections of an ELF64 file that a line table is in, with their relocations carried out as far as they name sections (System V ABI,
/// AMD64 supplement, 4.4).
struct DebugObject {
  struct Section {
    var name: String
    var type: UInt32
    var contents: Range<Int>
    var link: Int
    var info: Int
  }

  struct Symbol {
    var name: String
    var section: Int
    var value: UInt64
    var isFunction: Bool
  }

  private static let sectionsMax = 1 << 16
  private static let symbolTable: UInt32 = 2
  private static let relocations: UInt32 = 4
  private static let withoutContents: UInt32 = 8

  let bytes: [UInt8]
  private(set) var sections: [Section] = []
  private(set) var symbols: [Symbol] = []
  /// Addresses are of sections that nobody has placed yet.
  let isRelocatable: Bool

  /// - Returns: nil for what is no such file, or one that contradicts itself.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    let data = DebugData(bytes[...])
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let type = data.number(at: 16, bytes: 2),
      let table = data.number(at: 40, bytes: 8), let count = data.number(at: 60, bytes: 2),
      let names = data.number(at: 62, bytes: 2), count <= Self.sectionsMax, names < count
    else { return nil }
    isRelocatable = type == 1
    guard let start = Int(exactly: table), start <= bytes.count else { return nil }
    var headers: [(name: Int, section: Section)] = []
    for index in 0..<Int(count) {
      let header = start + 64 * index
      guard let name = data.number(at: header, bytes: 4), let type = data.number(at: header + 4, bytes: 4),
        let offset = data.number(at: header + 24, bytes: 8), let size = data.number(at: header + 32, bytes: 8),
        let link = data.number(at: header + 40, bytes: 4), let info = data.number(at: header + 44, bytes: 4)
      else { return nil }
      var contents = 0..<0
      if UInt32(type) != Self.withoutContents {
        guard offset <= UInt64(bytes.count), size <= UInt64(bytes.count) - offset else { return nil }
        contents = Int(offset)..<Int(offset + size)
      }
      headers.append(
        (Int(name), Section(name: "", type: UInt32(type), contents: contents, link: Int(link), info: Int(info))))
    }
    let strings = DebugData(bytes[headers[Int(names)].section.contents])
    sections = headers.map { name, section in
      var section = section
      section.name = strings.text(at: name) ?? ""
      return section
    }
    symbols = readSymbols()
  }

  private func readSymbols() -> [Symbol] {
    guard let table = sections.first(where: { $0.type == Self.symbolTable }), sections.indices.contains(table.link)
    else { return [] }
    let data = DebugData(bytes[table.contents])
    let strings = DebugData(bytes[sections[table.link].contents])
    return (0..<table.contents.count / 24).compactMap { index in
      guard let name = data.number(at: 24 * index, bytes: 4), let info = data.number(at: 24 * index + 4, bytes: 1),
        let section = data.number(at: 24 * index + 6, bytes: 2), let value = data.number(at: 24 * index + 8, bytes: 8)
      else { return nil }
      return Symbol(
        name: strings.text(at: Int(name)) ?? "", section: Int(section), value: value, isFunction: info & 15 == 2)
    }
  }

  /// The contents of a section by name; nil if there is none.
  func data(_ name: String) -> DebugData? {
    guard let index = sections.firstIndex(where: { $0.name == name }) else { return nil }
    var data = DebugData(bytes[sections[index].contents])
    for table in sections where isRelocatable && table.type == Self.relocations && table.info == index {
      relocate(&data, by: DebugData(bytes[table.contents]))
    }
    return data
  }

  /// R_X86_64_64 and R_X86_64_32 against symbols of the file: where the bytes are to be, and of which section.
  private func relocate(_ data: inout DebugData, by table: DebugData) {
    for entry in stride(from: 0, to: table.count, by: 24) {
      guard let offset = table.number(at: entry, bytes: 8), let info = table.number(at: entry + 8, bytes: 8),
        let addend = table.number(at: entry + 16, bytes: 8), let place = Int(exactly: offset)
      else { return }
      let (type, number) = (info & 0xffff_ffff, Int(info >> 32))
      guard symbols.indices.contains(number), type == 1 || type == 10 else { continue }
      data.set(symbols[number].value &+ addend, at: place, bytes: type == 1 ? 8 : 4)
      if type == 1 { data.sections[place] = symbols[number].section }
    }
  }
}
