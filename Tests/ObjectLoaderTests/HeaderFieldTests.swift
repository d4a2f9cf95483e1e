import ObjectLoader
import Testing

/// Every field of every header, set to values that it must not have, one at a time.
@Suite struct HeaderFieldTests {
  struct Lie: Sendable, CustomTestStringConvertible {
    let field: String
    let offset: Int
    let width: Int
    let values: [UInt64]
    let kind: ObjectError.Kind

    init(_ field: String, _ offset: Int, _ width: Int, _ values: [UInt64], _ kind: ObjectError.Kind) {
      (self.field, self.offset, self.width, self.values, self.kind) = (field, offset, width, values, kind)
    }

    var testDescription: String { "\(field): \(kind)" }
  }

  static let object = ObjectBuilder.typical.build()

  static let fileHeader: [Lie] = [
    Lie("EI_MAG0", 0, 1, [0, 0x7e, 0xff], .notELF),
    Lie("EI_MAG3", 3, 1, [0, 0x45], .notELF),
    Lie("EI_CLASS", 4, 1, [0, 1, 3, 255], .wrongClass),
    Lie("EI_DATA", 5, 1, [0, 2, 255], .wrongByteOrder),
    Lie("EI_VERSION", 6, 1, [0, 2, 255], .wrongVersion),
    Lie("EI_OSABI", 7, 1, [1, 2, 9, 255], .wrongABI),
    Lie("EI_ABIVERSION", 8, 1, [1, 255], .wrongABI),
    Lie("e_type", 16, 2, [0, 2, 3, 4, 0xfe00, 0xffff], .notRelocatable),
    Lie("e_machine", 18, 2, [0, 3, 40, 183, 243, 247, 0xffff], .wrongMachine),
    Lie("e_version", 20, 4, [0, 2, 0xffff_ffff], .wrongVersion),
    Lie("e_entry", 24, 8, [1, .max], .wrongHeaderField),
    Lie("e_phoff", 32, 8, [64, .max], .wrongHeaderField),
    Lie("e_shoff", 40, 8, [0], .noSections),
    Lie("e_shoff", 40, 8, [1, 0x41, .max], .sectionTableMisaligned),
    Lie("e_shoff", 40, 8, [1 << 20, 1 << 62, .max - 7], .sectionTableOutsideFile),
    Lie("e_flags", 48, 4, [1, 0xffff_ffff], .wrongHeaderField),
    Lie("e_ehsize", 52, 2, [0, 52, 65, 0xffff], .wrongHeaderField),
    Lie("e_phentsize", 54, 2, [32, 57, 0xffff], .wrongHeaderField),
    Lie("e_phnum", 56, 2, [1, 0xffff], .wrongHeaderField),
    Lie("e_shentsize", 58, 2, [0, 40, 63, 65, 0xffff], .wrongHeaderField),
    Lie("e_shnum", 60, 2, [0], .noSections),
    Lie("e_shnum", 60, 2, [10, 8000], .sectionTableOutsideFile),
    Lie("e_shnum", 60, 2, [8193, 0xff00, 0xffff], .tooManySections),
    Lie("e_shstrndx", 62, 2, [0, 1, 4, 9, 0xff00, 0xffff], .sectionNamesMissing),
  ]

  static func section(_ name: String, _ index: UInt16, _ lies: [(String, Int, Int, [UInt64], ObjectError.Kind)])
    -> [Lie]
  {
    lies.map { Lie("\(name) \($0.0)", object.header(ofSection: index) + $0.1, $0.2, $0.3, $0.4) }
  }

  static let sectionHeaders: [Lie] =
    section(
      "null", 0,
      [
        ("sh_name", 0, 4, [1], .nullSectionInUse), ("sh_type", 4, 4, [1], .nullSectionInUse),
        ("sh_flags", 8, 8, [2], .nullSectionInUse), ("sh_addr", 16, 8, [1], .nullSectionInUse),
        ("sh_offset", 24, 8, [1], .nullSectionInUse), ("sh_size", 32, 8, [9, .max], .nullSectionInUse),
        ("sh_link", 40, 4, [8], .nullSectionInUse), ("sh_info", 44, 4, [1], .nullSectionInUse),
        ("sh_addralign", 48, 8, [1], .nullSectionInUse), ("sh_entsize", 56, 8, [1], .nullSectionInUse),
      ])
    + section(
      ".text", ObjectBuilder.text,
      [
        ("sh_name", 0, 4, [1000, 0x8000_0000, 0xffff_ffff], .sectionName),
        ("sh_type", 4, 4, [0, 3, 5, 6, 11, 16, 18, 0x6fff_fff6, 0xffff_ffff], .sectionType),
        ("sh_flags", 8, 8, [7, 0x47], .writableCode), ("sh_flags", 8, 8, [0x406], .threadLocalSection),
        ("sh_flags", 8, 8, [0x806], .compressedSection),
        ("sh_flags", 8, 8, [0x106, 0x1006, 0x8000_0006, 1 << 63 | 6], .sectionFlags),
        ("sh_flags", 8, 8, [0x16], .sectionEntrySize),
        ("sh_addr", 16, 8, [1, 0x8000_0000, .max], .sectionAddress),
        ("sh_offset", 24, 8, [1 << 20, 1 << 63, .max], .sectionOutsideFile),
        ("sh_size", 32, 8, [1 << 20, 4 << 30, 1 << 63, .max], .sectionOutsideFile),
        ("sh_size", 32, 8, [0, 15], .symbolValue), ("sh_size", 32, 8, [31], .symbolSize),
        ("sh_addralign", 48, 8, [3, 6, 1 << 63 | 1, .max], .sectionAlignment),
        ("sh_addralign", 48, 8, [1 << 17, 1 << 63], .sectionAlignment),
      ])
    + section(
      ".data", ObjectBuilder.data,
      [
        ("sh_size", 32, 8, [0, 7], .symbolValue), ("sh_size", 32, 8, [8, 15], .symbolSize),
        ("sh_flags", 8, 8, [0x403], .threadLocalSection),
      ])
    + section(
      ".bss", ObjectBuilder.bss,
      [
        ("sh_size", 32, 8, [1 << 21, 64 << 30, 1 << 63, .max], .imageTooLarge),
        ("sh_addralign", 48, 8, [1 << 17], .sectionAlignment),
      ])
    + section(
      ".rela.text", ObjectBuilder.relaText,
      [
        ("sh_type", 4, 4, [9], .relocationWithoutAddend), ("sh_type", 4, 4, [19, 0x4000_0014], .relocationFormat),
        // Of an unknown type, and still linked to .text: sh_flags has SHF_INFO_LINK.
        ("sh_type", 4, 4, [5, 0x6000_0001, 0x7fff_ffff, 0xffff_ffff], .sectionType),
        ("sh_size", 32, 8, [1, 23, 25], .relocationTableSize),
        ("sh_link", 40, 4, [0, 1, 7, 9, 0xffff_ffff], .sectionLink),
        ("sh_info", 44, 4, [0, 9, 0xffff_ffff], .sectionInfo),
        ("sh_info", 44, 4, [2, 4], .relocationOffset),
        ("sh_entsize", 56, 8, [0, 16, 23, 48, .max], .sectionEntrySize),
        ("sh_addralign", 48, 8, [7], .sectionAlignment),
      ])
    + section(
      ".symtab", ObjectBuilder.symbolTable,
      [
        ("sh_type", 4, 4, [0, 1, 11], .sectionLink),
        ("sh_size", 32, 8, [0, 23, 25], .symbolTableSize),
        ("sh_size", 32, 8, [.max, 24 << 40], .sectionOutsideFile),
        ("sh_link", 40, 4, [0, 1, 6, 9, 0xffff_ffff], .sectionLink),
        ("sh_info", 44, 4, [0, 9, 0xffff_ffff], .sectionInfo),
        ("sh_info", 44, 4, [1, 2, 4, 8], .symbolOrder),
        ("sh_entsize", 56, 8, [0, 16, 25, .max], .sectionEntrySize),
      ])
    + section(
      ".strtab", ObjectBuilder.stringTable,
      [
        ("sh_type", 4, 4, [0, 1, 8], .sectionLink), ("sh_type", 4, 4, [2], .sectionLink),
        ("sh_size", 32, 8, [0, 3], .stringTable), ("sh_size", 32, 8, [1, 8], .symbolName),
      ])
    + section(
      ".shstrtab", ObjectBuilder.sectionNames,
      [
        ("sh_type", 4, 4, [0, 1, 8], .sectionNamesMissing), ("sh_size", 32, 8, [0, 4], .stringTable),
        ("sh_size", 32, 8, [1, 7], .sectionName),
      ])

  static func symbol(_ index: Int, _ lies: [(String, Int, Int, [UInt64], ObjectError.Kind)]) -> [Lie] {
    let place = object.content(ofSection: ObjectBuilder.symbolTable) + 24 * index
    return lies.map { Lie("symbol \(index) \($0.0)", place + $0.1, $0.2, $0.3, $0.4) }
  }

  static let symbols: [Lie] =
    symbol(
      0,
      [
        ("st_name", 0, 4, [1], .nullSymbolInUse), ("st_info", 4, 1, [1, 0x10], .nullSymbolInUse),
        ("st_other", 5, 1, [1], .nullSymbolInUse), ("st_shndx", 6, 2, [1], .nullSymbolInUse),
        ("st_value", 8, 8, [1], .nullSymbolInUse), ("st_size", 16, 8, [1], .nullSymbolInUse),
      ])
    + symbol(
      3,
      [
        ("st_name", 0, 4, [1000, 0xffff_ffff], .symbolName),
        ("st_info type", 4, 1, [0x17, 0x18, 0x19, 0x1b, 0x1f], .symbolType),
        ("st_info type", 4, 1, [0x16], .threadLocalSymbol), ("st_info type", 4, 1, [0x1a], .indirectFunction),
        ("st_info binding", 4, 1, [0x32, 0x92, 0xb2, 0xf2], .symbolBinding),
        ("st_info binding", 4, 1, [0x02], .symbolOrder),
        ("st_other", 5, 1, [4, 0x80, 0xff], .symbolVisibility),
        ("st_shndx", 6, 2, [9, 0xfeff, 0xff00, 0xff01, 0xfff0, 0xfff3, 0xffff], .symbolSection),
        ("st_shndx", 6, 2, [3], .mainNotCode), ("st_shndx", 6, 2, [0xfff2], .commonAlignment),
        ("st_value", 8, 8, [33, 1 << 32, 1 << 63, .max], .symbolValue),
        ("st_value", 8, 8, [17, 32], .symbolSize), ("st_size", 16, 8, [33, 1 << 63, .max], .symbolSize),
      ])
    + symbol(2, [("st_info binding", 4, 1, [0x12, 0x22], .symbolOrder)])
    + symbol(
      5,
      [
        ("common st_value", 8, 8, [0, 3, 1 << 17, .max], .commonAlignment),
        ("common st_size", 16, 8, [1 << 20, 1 << 63, .max], .imageTooLarge),
      ])

  static let relocations: [Lie] = {
    let place = object.content(ofSection: ObjectBuilder.relaText)
    return [
      Lie("r_offset", place, 8, [29, 32, 1 << 32, 1 << 63, .max], .relocationOffset),
      Lie("64-bit r_offset", place + 72, 8, [25, 31, .max], .relocationOffset),
      Lie("r_info type", place + 8, 4, [3, 5, 8, 14, 19, 25, 26, 37, 38, 43, 255, .max >> 32], .unsupportedRelocation),
      Lie("r_info symbol", place + 12, 4, [8, 1000, 0xffff_ffff], .relocationSymbol),
      Lie("r_addend", place + 16, 8, [1 << 31, 1 << 62, 1 << 63], .relocationOverflow),
    ]
  }()

  static let all = fileHeader + sectionHeaders + symbols + relocations

  @Test func theObjectIsAcceptedWithoutALie() {
    #expect(loadError(Self.object) == nil)
  }

  @Test(arguments: all)
  func everyLieIsNamed(_ lie: Lie) {
    for value in lie.values {
      var object = Self.object
      object[field: lie.offset, width: lie.width] = value
      let error = loadError(object)
      #expect(error?.kind == lie.kind, "\(lie.field) = \(value): \(error?.line ?? "accepted")")
    }
  }

  @Test func howManyLiesThereAre() {
    let count = Self.all.reduce(0) { $0 + $1.values.count }
    print("lying fields: \(count) values in \(Self.all.count) rows")
    #expect(count > 200)
  }

  @Test func everyMessageIsOneShortLine() {
    for kind in ObjectError.Kind.allCases {
      let hostile: [UInt8] = [0x1b, 0x0a, 0xff] + [UInt8](repeating: 0x41, count: 10_000)
      let error = ObjectError(kind, at: .max, section: .max, value: .max, name: hostile)
      #expect(error.message.count < 320 && error.message.allSatisfy { (0x20...0x7e).contains($0) })
    }
  }

  @Test func aMessageNamesSymbolAndPlace() {
    var object = Self.object
    object[field: object.content(ofSection: ObjectBuilder.relaText) + 24 + 8, width: 4] = 25
    #expect(
      loadError(object)?.line == "unsupported relocation `outside`, R_X86_64_GOTOFF64 (25), section 1, offset 0x5")
    let missing = loadError(Self.object) { _ in nil }
    #expect(missing?.line == "undefined symbol `outside`")
  }
}
