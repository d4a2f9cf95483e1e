/// Writes small relocatable objects field by field, so that tests can make any field lie.
struct ObjectBuilder {
  struct Section {
    var name: String
    var type: UInt32
    var flags: UInt64 = 0
    var content: [UInt8] = []
    /// Size of a section without content.
    var bssSize: UInt64 = 0
    var link: UInt32 = 0
    var info: UInt32 = 0
    var alignment: UInt64 = 1
    var entrySize: UInt64 = 0
  }

  struct Symbol {
    var name: String
    var binding: UInt8 = 1
    var type: UInt8 = 0
    var section: UInt16 = 0
    var value: UInt64 = 0
    var size: UInt64 = 0
  }

  struct Relocation {
    var offset: UInt64
    var type: UInt32
    var symbol: UInt32
    var addend: Int64
  }

  static let text: UInt16 = 1
  static let rodata: UInt16 = 2
  static let data: UInt16 = 3
  static let bss: UInt16 = 4
  static let relaText: UInt16 = 5
  static let symbolTable: UInt16 = 6
  static let stringTable: UInt16 = 7
  static let sectionNames: UInt16 = 8

  /// 32 bytes that do nothing and return.
  var code = [UInt8](repeating: 0x90, count: 31) + [0xc3]
  /// The null symbol is added; local ones have to come first.
  var symbols: [Symbol] = []
  var relocations: [Relocation] = []
  /// Sections behind the usual ones, from index 9 on.
  var more: [Section] = []

  /// A small object with something of everything: `main`, an undefined function and variable, a common symbol.
  static var typical: ObjectBuilder {
    var builder = ObjectBuilder()
    builder.symbols = [
      Symbol(name: "", binding: 0, type: 3, section: data),
      Symbol(name: "helper", binding: 0, type: 2, section: text, value: 16, size: 16),
      Symbol(name: "main", type: 2, section: text, size: 16),
      Symbol(name: "variable", type: 1, section: data, value: 8, size: 8),
      Symbol(name: "shared", type: 1, section: 0xfff2, value: 16, size: 24),
      Symbol(name: "outside"),
      Symbol(name: "maybe", binding: 2),
    ]
    builder.relocations = [
      Relocation(offset: 1, type: 2, symbol: 1, addend: 4), Relocation(offset: 5, type: 4, symbol: 6, addend: -4),
      Relocation(offset: 9, type: 41, symbol: 4, addend: -4), Relocation(offset: 16, type: 1, symbol: 5, addend: 0),
      Relocation(offset: 24, type: 9, symbol: 7, addend: -4),
    ]
    return builder
  }

  func build() -> [UInt8] {
    var symbolNames: [UInt8] = [0]
    var table = [UInt8](repeating: 0, count: 24)
    for symbol in symbols {
      let offset = symbol.name.isEmpty ? 0 : UInt32(symbolNames.count)
      if !symbol.name.isEmpty { symbolNames += Array(symbol.name.utf8) + [0] }
      table += bytes(offset) + [symbol.binding << 4 | symbol.type, 0]
      table += bytes(symbol.section) + bytes(symbol.value) + bytes(symbol.size)
    }
    var rela: [UInt8] = []
    for entry in relocations {
      rela += bytes(entry.offset) + bytes(entry.type) + bytes(entry.symbol) + bytes(entry.addend)
    }
    let locals = UInt32(symbols.prefix { $0.binding == 0 }.count + 1)
    var sections = [
      Section(name: "", type: 0, alignment: 0),
      Section(name: ".text", type: 1, flags: 6, content: code, alignment: 16),
      Section(name: ".rodata.str1.1", type: 1, flags: 0x32, content: Array("text\0".utf8), entrySize: 1),
      Section(name: ".data", type: 1, flags: 3, content: [UInt8](1...16), alignment: 8),
      Section(name: ".bss", type: 8, flags: 3, bssSize: 40, alignment: 32),
      Section(
        name: ".rela.text", type: 4, flags: 0x40, content: rela, link: UInt32(Self.symbolTable), info: 1,
        alignment: 8, entrySize: 24),
      Section(
        name: ".symtab", type: 2, content: table, link: UInt32(Self.stringTable), info: locals, alignment: 8,
        entrySize: 24),
      Section(name: ".strtab", type: 3, content: symbolNames),
      Section(name: ".shstrtab", type: 3),
    ]
    sections += more
    var names: [UInt8] = [0]
    var nameOffsets: [UInt32] = []
    for section in sections {
      nameOffsets.append(section.name.isEmpty ? 0 : UInt32(names.count))
      if !section.name.isEmpty { names += Array(section.name.utf8) + [0] }
    }
    sections[Int(Self.sectionNames)].content = names

    var body = [UInt8](repeating: 0, count: 64)
    var headers: [UInt8] = []
    for (index, section) in sections.enumerated() {
      while body.count % 8 != 0 { body.append(0) }
      let size = section.type == 8 ? section.bssSize : UInt64(section.content.count)
      headers += bytes(nameOffsets[index]) + bytes(section.type) + bytes(section.flags) + bytes(UInt64(0))
      headers += bytes(index == 0 ? 0 : UInt64(body.count)) + bytes(size) + bytes(section.link) + bytes(section.info)
      headers += bytes(section.alignment) + bytes(section.entrySize)
      body += section.content
    }
    while body.count % 8 != 0 { body.append(0) }
    let table64 = UInt64(body.count)
    let ident: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    var header = ident + bytes(UInt16(1)) + bytes(UInt16(62)) + bytes(UInt32(1)) + bytes(UInt64(0)) + bytes(UInt64(0))
    header += bytes(table64) + bytes(UInt32(0)) + bytes(UInt16(64)) + bytes(UInt16(0)) + bytes(UInt16(0))
    header += bytes(UInt16(64)) + bytes(UInt16(sections.count)) + bytes(Self.sectionNames)
    body.replaceSubrange(0..<64, with: header)
    return body + headers
  }

  private func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

extension [UInt8] {
  /// Reads and writes fields of an object that a test has in hand.
  subscript(field offset: Int, width width: Int) -> UInt64 {
    get { (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(self[offset + $1]) } }
    set { for index in 0..<width { self[offset + index] = UInt8(truncatingIfNeeded: newValue >> UInt64(8 * index)) } }
  }

  /// Where the header of a section lies.
  func header(ofSection index: UInt16) -> Int { Int(self[field: 40, width: 8]) + 64 * Int(index) }

  /// Where the content of a section lies.
  func content(ofSection index: UInt16) -> Int { Int(self[field: header(ofSection: index) + 24, width: 8]) }
}
