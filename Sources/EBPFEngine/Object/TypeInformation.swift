import ELFFiles

/// As much of BTF (the kernel's Documentation/bpf/btf.rst) as map definitions in `.maps` need: variables of that data
/// section, their structures, pointers, arrays and sizes. `TypeInformation+Fields` has what relocation of fields needs.
struct TypeInformation {
  /// One type: where its record is, and its kind and number of members.
  struct Record {
    var offset: Int
    var kind: UInt32
    var count: Int
    /// Of structures and enumerations: whether members are bit fields, or numbers signed.
    var flag: Bool
  }

  /// A member of a structure.
  struct Member {
    var name: ArraySlice<UInt8>
    var type: UInt32
    /// Bits from the start of the structure.
    var offset: UInt32
    /// Bits of a bit field, else 0.
    var bitSize: UInt32
  }

  enum Kind {
    static let integer: UInt32 = 1
    static let pointer: UInt32 = 2
    static let array: UInt32 = 3
    static let structure: UInt32 = 4
    static let union: UInt32 = 5
    static let enumeration: UInt32 = 6
    static let forward: UInt32 = 7
    static let typedef: UInt32 = 8
    static let volatile: UInt32 = 9
    static let const: UInt32 = 10
    static let restrict: UInt32 = 11
    static let function: UInt32 = 12
    static let prototype: UInt32 = 13
    static let variable: UInt32 = 14
    static let dataSection: UInt32 = 15
    static let floatingPoint: UInt32 = 16
    static let typeTag: UInt32 = 18
    static let enumeration64: UInt32 = 19
  }

  /// Bytes of a record beyond its 12-byte header, by kind: fixed, and for each of its members. `nil` is unknown.
  private static func extra(_ kind: UInt32) -> (fixed: Int, member: Int)? {
    switch kind {
    case 1, 14, 17: (4, 0)
    case 2, 7...12, 16, 18: (0, 0)
    case 3: (12, 0)
    case 4, 5, 15, 19: (0, 12)
    case 6, 13: (0, 8)
    default: nil
    }
  }

  let types: ByteReader
  let strings: ByteReader
  /// Type n is at index n - 1; type 0 is void.
  private(set) var records: [Record] = []

  init(_ section: ArraySlice<UInt8>) throws(ObjectError) {
    let reader = ByteReader(section)
    let malformed = ObjectError(.badTypeInformation)
    guard reader.u16(0) == 0xeb9f, reader.u8(2) == 1, let header = reader.u32(4), let typeOffset = reader.u32(8),
      let typeSize = reader.u32(12), let stringOffset = reader.u32(16), let stringSize = reader.u32(20),
      let types = reader.slice(UInt64(header) + UInt64(typeOffset), UInt64(typeSize)),
      let strings = reader.slice(UInt64(header) + UInt64(stringOffset), UInt64(stringSize))
    else { throw malformed }
    self.types = ByteReader(types)
    self.strings = ByteReader(strings)
    var offset = 0
    while offset < types.count {
      guard let info = self.types.u32(offset + 4), let extra = Self.extra(info >> 24 & 31) else { throw malformed }
      let count = Int(info & 0xffff)
      let next = offset + 12 + extra.fixed + extra.member * count
      guard next <= types.count else { throw malformed }
      records.append(Record(offset: offset, kind: info >> 24 & 31, count: count, flag: info >> 31 != 0))
      offset = next
    }
  }

  func record(_ type: UInt32) -> Record? {
    guard type > 0 && Int(type) <= records.count else { return nil }
    return records[Int(type) - 1]
  }

  func name(_ record: Record) -> ArraySlice<UInt8>? {
    types.u32(record.offset).flatMap { strings.string(UInt64($0)) }
  }

  func reference(_ record: Record) -> UInt32? { types.u32(record.offset + 8) }

  /// Follows typedefs and qualifiers; a chain of more than 32 is malformed.
  func resolve(_ type: UInt32) -> Record? {
    var type = type
    for _ in 0..<32 {
      guard let record = record(type) else { return nil }
      switch record.kind {
      case Kind.typedef, Kind.volatile, Kind.const, Kind.restrict, Kind.typeTag:
        guard let next = reference(record) else { return nil }
        type = next
      default: return record
      }
    }
    return nil
  }

  /// Members of the structure that the variable `name` of data section `.maps` has as its type.
  func mapMembers(_ name: [UInt8]) -> [Member]? {
    for section in records where section.kind == Kind.dataSection {
      guard let sectionName = self.name(section), Word(bytes: sectionName) == ".maps" else { continue }
      for index in 0..<section.count {
        guard let type = types.u32(section.offset + 12 + index * 12), let variable = record(type),
          variable.kind == Kind.variable, let variableName = self.name(variable), variableName.elementsEqual(name),
          let structureType = reference(variable), let structure = resolve(structureType),
          structure.kind == Kind.structure
        else { continue }
        return members(structure)
      }
    }
    return nil
  }

  func members(_ structure: Record) -> [Member]? {
    var members: [Member] = []
    for index in 0..<structure.count {
      let base = structure.offset + 12 + index * 12
      guard let name = types.u32(base).flatMap({ strings.string(UInt64($0)) }), let type = types.u32(base + 4),
        let offset = types.u32(base + 8)
      else { return nil }
      let place = structure.flag ? offset & 0xff_ffff : offset
      members.append(Member(name: name, type: type, offset: place, bitSize: structure.flag ? offset >> 24 : 0))
    }
    return members
  }

  /// N of a member `int (*name)[N]`, the way in which map definitions carry numbers.
  func number(_ member: Member) -> UInt32? {
    guard let pointer = resolve(member.type), pointer.kind == Kind.pointer, let target = reference(pointer),
      let array = resolve(target), array.kind == Kind.array
    else { return nil }
    return types.u32(array.offset + 20)
  }

  /// Size in bytes of T of a member `T *name`.
  func targetSize(_ member: Member) -> UInt32? {
    guard let pointer = resolve(member.type), pointer.kind == Kind.pointer, let target = reference(pointer) else {
      return nil
    }
    return size(target, depth: 0)
  }

  /// Members of the structure T of a member `T *name[]`, the way in which maps declare what their values are like; `nil`
  /// where T is no structure.
  func elementMembers(_ member: Member) -> [Member]? {
    guard let array = resolve(member.type), array.kind == Kind.array, let element = types.u32(array.offset + 12),
      let pointer = resolve(element), pointer.kind == Kind.pointer, let target = reference(pointer),
      let structure = resolve(target), structure.kind == Kind.structure
    else { return nil }
    return members(structure)
  }

  func size(_ type: UInt32, depth: Int = 0) -> UInt32? {
    guard depth < 32, let record = resolve(type) else { return nil }
    switch record.kind {
    case Kind.integer, Kind.structure, Kind.union, Kind.enumeration, Kind.enumeration64, Kind.floatingPoint:
      return types.u32(record.offset + 8)
    case Kind.pointer: return 8
    case Kind.array:
      guard let element = types.u32(record.offset + 12), let count = types.u32(record.offset + 20),
        let elementSize = size(element, depth: depth + 1)
      else { return nil }
      let (product, overflow) = elementSize.multipliedReportingOverflow(by: count)
      return overflow ? nil : product
    default: return nil
    }
  }
}
