/// Why an object file was refused.
public struct ObjectError: Error, Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    case notELF, wrongClass, wrongByteOrder, wrongType, wrongMachine
    case badSectionTable, tooManySections, badSection, badStringTable, badSymbolTable, badSymbol
    case badRelocationTable, tooManyRelocations, badRelocation, unsupportedRelocation, relocatedData
    case undefinedSymbol, badCallTarget, badSectionSize
    case badTypeInformation, noTypeInformation, relocatableTypes, unknownMap, badMapDefinition, noInnerMap, tooManyMaps
    case tooManyFunctions, programTooLong, noPrograms
    /// Linux's number of the kind (BPF_MAP_TYPE_...).
    case unsupportedMapKind(UInt32)
    /// A linked program does not decode; the place is a slot of that program.
    case invalid(DecodingError.Reason)
  }

  public let reason: Reason
  /// Section or symbol that it is about; empty when the file as a whole is meant.
  public let name: [UInt8]
  /// Byte offset in the section, or slot of an invalid program.
  public let place: Int

  public init(_ reason: Reason, _ name: [UInt8] = [], at place: Int = 0) {
    self.reason = reason
    self.name = name
    self.place = place
  }
}

extension ObjectError.Reason {
  /// One short sentence without a full stop.
  public var text: StaticString {
    switch self {
    case .notELF: "not an ELF file"
    case .wrongClass: "not a 64-bit ELF file"
    case .wrongByteOrder: "not a little-endian ELF file"
    case .wrongType: "not a relocatable object"
    case .wrongMachine: "not an object for the BPF machine"
    case .badSectionTable: "section header table outside the file"
    case .tooManySections: "more than 4096 sections"
    case .badSection: "section contents outside the file"
    case .badStringTable: "name outside its string table"
    case .badSymbolTable: "symbol table has a bad size or link"
    case .badSymbol: "symbol outside its section"
    case .badRelocationTable: "relocation section has a bad size or link"
    case .tooManyRelocations: "more than 1048576 relocations"
    case .badRelocation: "relocation outside its section or not on a matching instruction"
    case .unsupportedRelocation: "relocation type is not supported"
    case .relocatedData: "address in a data section that does not lead to data or code of the object"
    case .undefinedSymbol: "undefined symbol"
    case .badCallTarget: "call or address of code does not lead to a function"
    case .badSectionSize: "code section is not a multiple of 8 bytes"
    case .badTypeInformation: "type information (.BTF) is malformed"
    case .noTypeInformation: "there is no type information (section .BTF); clang's -g makes it"
    case .unknownMap: "symbol is not a map"
    case .unsupportedMapKind: "map kind is not known (1 to 33 are)"
    case .badMapDefinition: "map has a bad key, value or entry count"
    case .noInnerMap: "map of maps does not say what its maps are like; __array(values, struct NAME) does"
    case .tooManyMaps: "more than 256 maps"
    case .tooManyFunctions: "more than 4096 functions"
    case .programTooLong: "the programs have more than 1048576 slots together"
    case .noPrograms: "the object holds no program"
    case .relocatableTypes: "fields are placed by the types of the target (CO-RE), which --btf FILE of sim bpf gives"
    case .invalid(let reason): reason.text
    }
  }
}

extension ObjectError {
  /// `fentry/count+48: relocation type is not supported`.
  public func write(to text: inout TextWriter) {
    if !name.isEmpty {
      text.write(name)
      if case .invalid = reason {
        text.write(": instruction ")
        text.write(Int64(place))
      } else if case .unsupportedMapKind(let kind) = reason {
        text.write(": type ")
        text.write(Int64(kind))
      } else if place != 0 {
        text.write("+")
        text.write(Int64(place))
      }
      text.write(": ")
    }
    text.write(reason.text)
  }
}

extension ObjectError: CustomStringConvertible {
  public var description: String {
    var text = TextWriter()
    write(to: &text)
    return text.string
  }
}
