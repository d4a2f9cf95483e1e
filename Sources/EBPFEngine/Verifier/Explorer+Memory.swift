extension Explorer {
  /// Offsets from the start of its object that `pointer + distance` can have.
  func offsets(_ pointer: RegisterState, _ distance: Int64) -> Scalar {
    Scalar.apply(.add, .bits64, pointer.scalar, Scalar(UInt64(bitPattern: distance)))
  }

  mutating func load(
    _ size: AccessSize, _ signed: Bool, _ destination: Register, base: Register, offset: Int16
  ) throws(Reason) {
    let pointer = try read(base)
    let bytes = Int(size.rawValue)
    try checkAlignment(pointer, Int64(offset), bytes)
    var value: RegisterState
    if pointer.kind == .stack {
      value = try readStack(pointer, base, Int64(offset), bytes)
    } else if let address = try loadAddress(pointer, base, Int64(offset), bytes) {
      value = address
    } else {
      try checkMemory(pointer, base, Int64(offset), bytes, .read)
      value = newNumber(Scalar(bytes: UInt64(bytes)))
    }
    if signed {
      guard value.isScalar else { throw .pointerArithmetic(base, value.kind) }
      value = newNumber(value.scalar.signExtended(fromBits: size.rawValue * 8, .bits64), of: value)
    }
    state.frame[destination] = value
  }

  mutating func store(_ size: AccessSize, base: Register, offset: Int16, _ operand: Operand) throws(Reason) {
    let pointer = try read(base)
    let value = try value(operand)
    let bytes = Int(size.rawValue)
    try checkAlignment(pointer, Int64(offset), bytes)
    guard pointer.kind == .stack else {
      try checkMemory(pointer, base, Int64(offset), bytes, .write)
      guard value.isScalar || environment.allowsLeaks else { throw .pointerLeak(operand.register ?? base) }
      return
    }
    let stored = operand.register == nil ? newNumber(value.scalar) : value
    try writeStack(pointer, base, Int64(offset), bytes, stored, from: operand.register ?? base)
  }

  mutating func atomic(
    _ operation: AtomicOperation, _ width: Width, base: Register, offset: Int16, _ source: Register
  ) throws(Reason) {
    let pointer = try read(base)
    let bytes = Int(width.rawValue / 8)
    guard try read(source).isScalar else { throw .pointerLeak(source) }
    if operation == .compareExchange {
      guard try read(.r0).isScalar else { throw .pointerLeak(.r0) }
    }
    try checkAlignment(pointer, Int64(offset), bytes)
    if pointer.kind == .stack {
      let old = try readStack(pointer, base, Int64(offset), bytes)
      guard old.isScalar else { throw .pointerArithmetic(base, old.kind) }
      try writeStack(pointer, base, Int64(offset), bytes, newNumber(.unknown), from: source)
    } else {
      try checkMemory(pointer, base, Int64(offset), bytes, .readWrite)
    }
    guard operation.fetches else { return }
    state.frame[operation == .compareExchange ? .r0 : source] = newNumber(Scalar(bytes: UInt64(bytes)))
  }

  /// A load from the packet of the context in r6, after which r1 to r5 are gone; or the end of the program.
  mutating func loadPacket(_ size: AccessSize, _ index: Register?) throws(Reason) {
    guard environment.allowsPacketLoads else { throw .packetLoad }
    guard state.callers.isEmpty else { throw .packetLoadInFunction }
    guard state.records.isEmpty else { throw .unreleased(count: state.records.count) }
    let context = try read(.r6)
    guard context.kind == .context else { throw .argumentType(.r6, context.kind, expected: .context) }
    guard context.scalar.constant == 0 else { throw .notAtStart(.r6, context.kind) }
    if let index { _ = try scalar(index) }
    state.frame.forgetArguments()
    state.frame[.r0] = newNumber(Scalar(bytes: UInt64(size.rawValue)))
  }

  /// Accesses of instructions are aligned, whatever the machine could do.
  private func checkAlignment(_ pointer: RegisterState, _ distance: Int64, _ size: Int) throws(Reason) {
    guard pointer.isPointer, !pointer.kind.isPacket, !environment.allowsUnaligned || pointer.kind == .stack else {
      return
    }
    let offsets = offsets(pointer, distance)
    guard offsets.bits.maximum & UInt64(size - 1) == 0 else {
      throw .misaligned(pointer.kind, offset: offsets.wide.signed.min, size: size)
    }
  }

  /// Checks an access to anything but the stack.
  func checkMemory(
    _ pointer: RegisterState, _ register: Register, _ distance: Int64, _ size: Int, _ rights: MemoryRights
  ) throws(Reason) {
    let range = offsets(pointer, distance).wide.signed
    let limit: Int
    let granted: MemoryRights
    switch pointer.kind {
    case .context:
      for field in environment.context where field.rights.isSuperset(of: rights) && size <= field.size {
        guard field.content == .number else { continue }
        if range.min >= Int64(field.offset) && range.max <= Int64(field.offset + field.size - size) { return }
      }
      throw .contextAccess(min: range.min, max: range.max, size: size, rights)
    case .mapValue:
      limit = environment.maps[Int(pointer.object)].valueSize
      granted = environment.maps[Int(pointer.object)].rights
      for slot in environment.maps[Int(pointer.object)].pointers {
        guard range.max < Int64(slot.offset - size + 1) || range.min > Int64(slot.offset + 7) else {
          throw .addressInData(register)
        }
      }
    case .record, .mapKey:
      limit = Int(pointer.object)
      granted = pointer.kind == .record ? .readWrite : .read
    case .packet, .packetMeta:
      granted = environment.packetRights
      // The places of unknown distance are those that `id` counts from; from there offsets are known.
      limit = pointer.scalar.constant == nil ? 0 : pointer.reach
    case .region:
      limit = environment.regions[Int(pointer.object)].size
      granted = environment.regions[Int(pointer.object)].rights
    default: throw .notMemory(register, pointer.kind)
    }
    guard granted.isSuperset(of: rights) else { throw .missingRight(register, pointer.kind, rights) }
    guard range.min >= 0 && size <= limit && range.max <= Int64(limit - size) else {
      throw .outOfBounds(register, pointer.kind, min: range.min, max: range.max, size: size, limit: limit)
    }
  }

  /// What is loaded where addresses lie: in the fields of the context that lead to the packet, and in constant data.
  private mutating func loadAddress(
    _ pointer: RegisterState, _ register: Register, _ distance: Int64, _ size: Int
  ) throws(Reason) -> RegisterState? {
    let range = offsets(pointer, distance).wide.signed
    if pointer.kind == .context {
      for field in environment.context where field.content != .number {
        guard range.min < Int64(field.offset + field.size) && range.max > Int64(field.offset - size) else { continue }
        guard range.min == range.max && range.min == Int64(field.offset) && size == field.size else {
          throw .contextAccess(min: range.min, max: range.max, size: size, .read)
        }
        return RegisterState(
          field.content == .packet ? .packet : field.content == .packetEnd ? .packetEnd : .packetMeta)
      }
    }
    guard pointer.kind == .mapValue, size == 8 else { return nil }
    let map = environment.maps[Int(pointer.object)]
    guard !map.pointers.isEmpty, range.min >= 0, range.max <= Int64(map.valueSize - 8),
      offsets(pointer, distance).bits.maximum & 7 == 0
    else { return nil }
    let (first, last) = (Int(range.min), Int(range.max))
    let slots = map.pointers.filter { $0.offset >= first && $0.offset <= last }
    guard let one = slots.first else { return nil }
    // Whichever it is, it leads into the same map.
    guard slots.count == (last - first) / 8 + 1, slots.allSatisfy({ $0.target == one.target }) else {
      throw .addressInData(register)
    }
    guard let number = one.target, let target = environment.mapIndex(number) else { throw .codeAddress }
    var (low, high) = (one.targetOffset, one.targetOffset)
    for slot in slots { (low, high) = (min(low, slot.targetOffset), max(high, slot.targetOffset)) }
    return RegisterState(.mapValue, object: target, offset: Scalar(from: UInt64(low), through: UInt64(high)))
  }
}
