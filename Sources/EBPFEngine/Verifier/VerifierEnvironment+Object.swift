extension VerifierEnvironment.Map {
  /// A map of the host under the number that `lddw` names it by. The value of an array of one entry is always there, so
  /// `lddw` may load its address.
  public init(
    number: Int32, _ definition: MapDefinition, rights: MemoryRights = .readWrite, constantValue: [UInt8]? = nil,
    pointers: [Pointer] = []
  ) {
    self.init(
      number: number, kind: definition.kind, keySize: Int(definition.keySize), valueSize: Int(definition.valueSize),
      rights: rights, isDirect: definition.kind == .array && definition.entryCount == 1, constantValue: constantValue,
      innerMap: definition.innerMap.map { Int32(bitPattern: $0) }, pointers: pointers)
  }
}

extension VerifierEnvironment {
  /// The maps of an object, numbered as its programs name them. Data that programs cannot write is constant.
  public static func maps(of object: ProgramObject) -> [Map] {
    object.maps.indices.map { index in
      let map = object.maps[index]
      let isConstant = map.isData && !map.rights.contains(.write)
      var pointers: [Map.Pointer] = []
      for pointer in object.pointers where Int(pointer.map) == index {
        let target = isConstant ? pointer.target : nil
        pointers.append(
          Map.Pointer(offset: pointer.offset, target: target, targetOffset: Int(pointer.targetOffset)))
      }
      pointers.sort { $0.offset < $1.offset }
      return Map(
        number: Int32(truncatingIfNeeded: index), map.definition, rights: map.rights,
        constantValue: isConstant ? map.initialValue : nil, pointers: pointers)
    }
  }
}
