import ELFFiles

#if !hasFeature(Embedded)
  /// Puts in where the fields of the target's types are ("CO-RE"): for every record in `.BTF.ext`, what libbpf would put
  /// into the instruction on a kernel with those types.
  public struct TypeRelocator {
    /// Why a type is not found, or its field.
    private enum Missing: Error { case type, field }

    /// The records' kinds (`enum bpf_core_relo_kind` of include/uapi/linux/bpf.h).
    private enum Kind: UInt32 {
      case byteOffset, byteSize, fieldExists, isSigned, leftShift, rightShift
      case localID, targetID, typeExists, typeSize, valueExists, value, typeMatches
    }

    /// A place in a structure.
    private struct Field {
      var bits: UInt64
      var size: UInt64
      /// Of a bit field, else 0.
      var bitSize: UInt64
      var isSigned: Bool
      /// An integer or enumeration, whose loads can get another size.
      var isNumber: Bool

      /// Bytes to its unit of `size` bytes, wider where the field does not lie within one.
      var unit: (offset: UInt64, size: UInt64) {
        guard bitSize != 0, size > 0 else { return (bits / 8, size) }
        var size = size
        var offset = bits / 8 / size * size
        while bits + bitSize - offset * 8 > size * 8 && size < 8 {
          size *= 2
          offset = bits / 8 / size * size
        }
        return (offset, size)
      }
    }

    private let local: TypeInformation
    private let target: TypeInformation
    private var named: [[UInt8]: [UInt32]] = [:]

    /// The object with every such instruction changed, and no records of them.
    ///
    /// - Parameter target: an ELF file with a section `.BTF`, or the contents of one.
    public static func relocate(_ object: [UInt8], against target: [UInt8]) throws(ObjectError) -> [UInt8] {
      let file = try ELFFile(object)
      guard let table = file.sections.first(where: { Word(bytes: $0.name[...]) == ".BTF.ext" }) else { return object }
      let records = try TypeExtension(table.contents)
      let relocations = try records.relocations()
      guard !relocations.isEmpty else { return object }
      guard let types = file.sections.first(where: { Word(bytes: $0.name[...]) == ".BTF" }) else {
        throw ObjectError(.noTypeInformation, table.name)
      }
      let relocator = TypeRelocator(
        local: try TypeInformation(types.contents), target: try TypeInformation(section(of: target)))
      var object = object
      for record in relocations { try relocator.apply(record, records.reader, file, &object) }
      for byte in 28..<32 { object[table.contents.startIndex + byte] = 0 }
      return object
    }

    private static func section(of bytes: [UInt8]) throws(ObjectError) -> ArraySlice<UInt8> {
      let reader = ByteReader(bytes)
      guard bytes.starts(with: FileHeader.magic) else { return bytes[...] }
      guard reader.u8(FileHeader.Places.fileClass) == ELFClass.elf64.rawValue, let table = SectionTable(reader),
        table.isWithin(reader)
      else { throw ObjectError(.badSectionTable) }
      guard let names = table.header(table.names, in: reader), let contents = reader.slice(names.offset, names.size)
      else { throw ObjectError(.badStringTable) }
      let strings = ByteReader(contents)
      for index in 0..<table.count {
        guard let header = table.header(index, in: reader), let name = strings.string(UInt64(header.nameOffset)),
          Word(bytes: name) == ".BTF"
        else { continue }
        if let contents = reader.slice(header.offset, header.size) { return contents }
      }
      throw ObjectError(.noTypeInformation)
    }

    private init(local: TypeInformation, target: TypeInformation) {
      self.local = local
      self.target = target
      for (index, record) in target.records.enumerated() {
        guard let name = target.name(record), !name.isEmpty else { continue }
        named[Self.essential(name), default: []].append(UInt32(index + 1))
      }
    }

    /// A name without what follows three underscores: versions of a type may live beside each other so.
    private static func essential(_ name: ArraySlice<UInt8>) -> [UInt8] {
      let bytes = Array(name)
      for index in bytes.indices.dropFirst() where bytes[index...].starts(with: [0x5f, 0x5f, 0x5f]) {
        return Array(bytes[..<index])
      }
      return bytes
    }

    // MARK: Records

    private func apply(
      _ record: TypeExtension.Record, _ reader: ByteReader, _ file: ELFFile, _ object: inout [UInt8]
    ) throws(ObjectError) {
      guard let name = local.strings.string(UInt64(record.section)), let section = file.codeSection(named: name),
        let offset = reader.u32(record.offset), let type = reader.u32(record.offset + 4),
        let access = reader.u32(record.offset + 8).flatMap({ local.strings.string(UInt64($0)) }),
        let number = reader.u32(record.offset + 12)
      else { throw ObjectError(.badTypeInformation) }
      let contents = file.sections[section].contents
      guard offset % 8 == 0, Int(offset) + 8 <= contents.count, let kind = Kind(rawValue: number) else {
        throw ObjectError(.badRelocation, file.sections[section].name, at: Int(offset))
      }
      let place = contents.startIndex + Int(offset)
      let indices = access.split(separator: UInt8(ascii: ":")).map { digits in
        digits.reduce(0) { $0 < 1 << 24 ? $0 * 10 + Int($1 &- 48) : $0 }
      }
      let malformed = ObjectError(.badTypeInformation, file.sections[section].name, at: Int(offset))
      guard let record = local.resolve(type), !indices.isEmpty else { throw malformed }
      switch kind {
      case .localID: return try patch(place, UInt64(type), nil, &object, malformed)
      case .targetID, .typeExists, .typeSize, .typeMatches:
        let found = candidates(record).first
        switch kind {
        case .typeExists, .typeMatches: return try patch(place, found == nil ? 0 : 1, nil, &object, malformed)
        case .targetID: return try patch(place, found.map { UInt64($0) }, nil, &object, malformed)
        default: return try patch(place, found.flatMap { target.size($0) }.map { UInt64($0) }, nil, &object, malformed)
        }
      case .valueExists, .value:
        guard let name = enumerator(record, indices[0], local) else { throw malformed }
        let value = candidates(record).lazy.compactMap { self.value(of: name, $0) }.first
        return try patch(place, kind == .value ? value : value == nil ? 0 : 1, nil, &object, malformed)
      default: break
      }
      guard let (path, here) = localField(record, type, indices) else { throw malformed }
      let there = candidates(record).lazy.compactMap { self.field(path, $0) }.first
      let value: UInt64? =
        switch kind {
        case .fieldExists: there == nil ? 0 : 1
        case .byteOffset: there?.unit.offset
        case .byteSize: there?.unit.size
        case .isSigned: there.map { $0.isSigned ? 1 : 0 }
        case .leftShift:
          there.map { 64 &- ($0.bits &+ ($0.bitSize == 0 ? $0.size * 8 : $0.bitSize) &- $0.unit.offset * 8) }
        default: there.map { 64 &- ($0.bitSize == 0 ? $0.size * 8 : $0.bitSize) }
        }
      try patch(place, value, kind == .byteOffset ? there.map { (here, $0) } : nil, &object, malformed)
    }

    /// Changes the instruction at `place`. Without a value it becomes a call of a helper that nobody has: what is never
    /// reached may stay.
    private func patch(
      _ place: Int, _ value: UInt64?, _ fields: (here: Field, there: Field)?, _ object: inout [UInt8],
      _ malformed: ObjectError
    ) throws(ObjectError) {
      let opcode = object[place]
      let isWide = opcode == OpcodeField.loadWide
      guard !isWide || place + 16 <= object.count else { throw malformed }
      var value = value
      func store(_ number: UInt64, _ size: Int, at place: Int) {
        for byte in 0..<size { object[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte)) }
      }
      let instructionClass = opcode & 7
      let isMemory = [InstructionClass.ldx, InstructionClass.st, InstructionClass.stx].contains(instructionClass)
      var size = opcode & 0x18
      if isMemory, let fields, fields.here.unit.size != fields.there.unit.size {
        // Another width gives the same number only where it is zero-extended.
        if fields.here.isNumber && fields.there.isNumber && !fields.there.isSigned,
          let known = AccessSize(rawValue: UInt8(truncatingIfNeeded: fields.there.unit.size))
        {
          size = known.code
        } else {
          value = nil
        }
      }
      if let number = value, isMemory, number <= UInt64(Int16.max) {
        object[place] = opcode & ~0x18 | size
        store(number, 2, at: place + 2)
      } else if let number = value, isWide {
        store(number, 4, at: place + 4)
        store(number >> 32, 4, at: place + 12)
      } else if let number = value, !isMemory,
        instructionClass == InstructionClass.alu || instructionClass == InstructionClass.alu64,
        opcode & OpcodeField.register == 0
      {
        store(number, 4, at: place + 4)
      } else {
        for slot in 0..<(isWide ? 2 : 1) { store(0x0bad_2310_0000_0085, 8, at: place + slot * 8) }
      }
    }

    // MARK: Types

    /// The target's types of the same kind and name.
    private func candidates(_ record: TypeInformation.Record) -> [UInt32] {
      guard let name = local.name(record), !name.isEmpty else { return [] }
      return (named[Self.essential(name)] ?? []).filter { id in
        guard let other = target.record(id) else { return false }
        let isEnumeration = { (kind: UInt32) in
          kind == TypeInformation.Kind.enumeration || kind == TypeInformation.Kind.enumeration64
        }
        return other.kind == record.kind || isEnumeration(other.kind) && isEnumeration(record.kind)
      }
    }

    /// What leads to a field: the number of an element, or the name of a member.
    private enum Step {
      case element(UInt64)
      case member([UInt8])
    }

    private func localField(
      _ root: TypeInformation.Record, _ type: UInt32, _ indices: [Int]
    ) -> (path: [Step], field: Field)? {
      var path = [Step.element(UInt64(indices[0]))]
      var record = root
      for index in indices.dropFirst() {
        switch record.kind {
        case TypeInformation.Kind.structure, TypeInformation.Kind.union:
          guard let members = local.members(record), index < members.count,
            let next = local.resolve(members[index].type)
          else { return nil }
          // Members of what has no name are found by their own.
          if !members[index].name.isEmpty { path.append(.member(Self.essential(members[index].name))) }
          record = next
        case TypeInformation.Kind.array:
          guard let element = local.types.u32(record.offset + 12), let next = local.resolve(element) else { return nil }
          path.append(.element(UInt64(index)))
          record = next
        default: return nil
        }
      }
      return field(path, type, local).map { (path, $0) }
    }

    private func field(_ path: [Step], _ type: UInt32) -> Field? { field(path, type, target) }

    private func field(_ path: [Step], _ root: UInt32, _ types: TypeInformation) -> Field? {
      guard case .element(let first)? = path.first, let size = types.size(root) else { return nil }
      var (bits, overflow) = UInt64(size).multipliedReportingOverflow(by: first)
      guard !overflow, bits < 1 << 40 else { return nil }
      bits *= 8
      var (type, bitSize) = (root, UInt32(0))
      for step in path.dropFirst() {
        guard let record = types.resolve(type) else { return nil }
        switch step {
        case .element(let index):
          guard record.kind == TypeInformation.Kind.array, let element = types.types.u32(record.offset + 12),
            let size = types.size(element)
          else { return nil }
          bits &+= index &* UInt64(size) &* 8
          (type, bitSize) = (element, 0)
        case .member(let name):
          guard let (offset, member) = member(name, of: record, types, depth: 0) else { return nil }
          bits &+= offset
          (type, bitSize) = (member.type, member.bitSize)
        }
      }
      guard let record = types.resolve(type), let size = types.size(type) else { return nil }
      let encoding = record.kind == TypeInformation.Kind.integer ? (types.types.u32(record.offset + 12) ?? 0) : 0
      let isEnumeration =
        record.kind == TypeInformation.Kind.enumeration || record.kind == TypeInformation.Kind.enumeration64
      return Field(
        bits: bits, size: UInt64(size), bitSize: UInt64(bitSize),
        isSigned: encoding >> 24 & 1 != 0 || isEnumeration && record.flag,
        isNumber: record.kind == TypeInformation.Kind.integer || isEnumeration)
    }

    /// A member by its name, in structures without a name inside too; and the bits to it.
    private func member(
      _ name: [UInt8], of record: TypeInformation.Record, _ types: TypeInformation, depth: Int
    ) -> (UInt64, TypeInformation.Member)? {
      guard depth < 16, record.kind == TypeInformation.Kind.structure || record.kind == TypeInformation.Kind.union,
        let members = types.members(record)
      else { return nil }
      for member in members {
        if Self.essential(member.name) == name && !name.isEmpty { return (UInt64(member.offset), member) }
        guard member.name.isEmpty, let inner = types.resolve(member.type),
          let (offset, found) = self.member(name, of: inner, types, depth: depth + 1)
        else { continue }
        return (UInt64(member.offset) + offset, found)
      }
      return nil
    }

    private func enumerator(_ record: TypeInformation.Record, _ index: Int, _ types: TypeInformation) -> [UInt8]? {
      let stride = record.kind == TypeInformation.Kind.enumeration ? 8 : 12
      guard record.kind == TypeInformation.Kind.enumeration || record.kind == TypeInformation.Kind.enumeration64,
        index < record.count
      else { return nil }
      return types.types.u32(record.offset + 12 + index * stride).flatMap { types.strings.string(UInt64($0)) }
        .map(Self.essential)
    }

    private func value(of name: [UInt8], _ type: UInt32) -> UInt64? {
      guard let record = target.record(type) else { return nil }
      let isWide = record.kind == TypeInformation.Kind.enumeration64
      for index in 0..<record.count where enumerator(record, index, target) == name {
        let place = record.offset + 12 + index * (isWide ? 12 : 8)
        guard let low = target.types.u32(place + 4) else { return nil }
        guard isWide else { return record.flag ? UInt64(bitPattern: Int64(Int32(bitPattern: low))) : UInt64(low) }
        return target.types.u32(place + 8).map { UInt64($0) << 32 | UInt64(low) }
      }
      return nil
    }
  }
#endif
