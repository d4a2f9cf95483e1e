extension Explorer {
  /// Enters a function of the program; it gets r1 to r5 and a stack frame of its own.
  mutating func callLocal(returnIndex: Int) throws(Reason) {
    guard state.depth < AddressSpace.maximumCallDepth else { throw .tooManyFrames }
    var callee = Frame(
      number: Int32(truncatingIfNeeded: state.depth), returnIndex: Int32(truncatingIfNeeded: returnIndex))
    for index in 1...5 { callee.registers[index] = state.frame.registers[index] }
    state.frame.forgetArguments()
    state.frame[.r0] = .uninitialised
    state.callers.append(state.frame)
    state.frame = callee
    report.maximumDepth = max(report.maximumDepth, state.depth)
  }

  /// Leaves a function, or the program.
  mutating func exit() throws(Reason) -> Step {
    guard var caller = state.callers.popLast() else {
      guard try read(.r0).isScalar else { throw .returnLeak }
      return .end
    }
    let result = state.frame[.r0]
    let number = Int32(truncatingIfNeeded: state.callers.count + 1)
    guard result.kind != .stack || result.object < number else {
      state.callers.append(caller)
      throw .frameLeak(.r0)
    }
    let next = Int(state.frame.returnIndex)
    caller[.r0] = result
    state.frame = caller
    return .jump(next)
  }

  mutating func callHelper(_ number: Int32) throws(Reason) {
    guard let signature = environment.helpers[number] else { throw .unknownHelper(Int64(number)) }
    var map: Int32?
    for index in 0..<5 {
      let register = Register(unchecked: UInt8(index + 1))
      let argument = signature.argument(index)
      switch argument {
      case .unused: break
      case .anything: _ = try read(register)
      case .scalar, .size, .sizeOrZero:
        let value = try read(register)
        guard value.isScalar else { throw .argumentType(register, value.kind, expected: argument) }
      case .context:
        let value = try read(register)
        guard value.kind == .context, value.scalar.constant == 0 else {
          throw .argumentType(register, value.kind, expected: argument)
        }
      case .map, .writableMap:
        let value = try read(register)
        guard value.kind == .map else { throw .argumentType(register, value.kind, expected: argument) }
        guard argument == .map || environment.maps[Int(value.object)].rights.contains(.write) else {
          throw .missingRight(register, .map, .write)
        }
        map = map ?? value.object
      case .mapKey, .mapValue:
        guard let map else { throw .missingMap(register) }
        let description = environment.maps[Int(map)]
        let size = argument == .mapKey ? description.keySize : description.valueSize
        try checkBuffer(register, argument, size: Interval(size), .read)
      case .readable, .writable:
        let size = try bufferSize(Register(unchecked: UInt8(index + 2)), signature.argument(index + 1))
        try checkBuffer(register, argument, size: size, argument == .readable ? .read : .write)
      case .string: try checkString(register)
      }
    }
    state.frame.forgetArguments()
    switch signature.result {
    case .scalar: state.frame[.r0] = newNumber(.unknown)
    case .mapValueOrNull:
      guard let map else { throw .missingMap(.r0) }
      state.frame[.r0] = RegisterState(.mapValueOrNull, object: map, id: values.add())
    }
  }

  /// Sizes of a buffer, from the register after that of its address.
  private mutating func bufferSize(
    _ register: Register, _ argument: HelperSignature.Argument
  ) throws(Reason) -> Interval<Int> {
    let value = try read(register)
    guard value.isScalar else { throw .argumentType(register, value.kind, expected: argument) }
    require(value)
    let range = value.scalar.wide.unsigned
    guard let low = Int(exactly: range.min), let high = Int(exactly: range.max), high < 1 << 29,
      low > 0 || argument == .sizeOrZero
    else { throw .argumentSize(register, min: value.scalar.wide.signed.min, max: range.max) }
    return Interval(min: low, max: high)
  }

  /// Memory that a helper reads, or writes, `size` bytes of. Even for no bytes the address has to be good.
  private mutating func checkBuffer(
    _ register: Register, _ argument: HelperSignature.Argument, size: Interval<Int>, _ rights: MemoryRights
  ) throws(Reason) {
    let pointer = try read(register)
    let largest = max(size.max, 1)
    switch pointer.kind {
    case .stack:
      let (range, isExact) = try stackRange(pointer, register, 0, largest)
      if rights.contains(.read) { try checkReadable(range, frame: pointer.object, register) }
      if rights.contains(.write) {
        try overwrite(range, frame: pointer.object, certainly: isExact ? size.min : 0)
      }
    case .context, .mapValue, .region: try checkMemory(pointer, register, 0, largest, rights)
    default: throw .argumentType(register, pointer.kind, expected: argument)
    }
  }

  /// Memory that certainly has a zero byte.
  private mutating func checkString(_ register: Register) throws(Reason) {
    let pointer = try read(register)
    switch pointer.kind {
    case .stack:
      let (range, isExact) = try stackRange(pointer, register, 0, 1)
      guard isExact else { throw .unterminatedString(register) }
      let frame = state.frame(pointer.object)
      for offset in range.first..<0 {
        let slot = frame.slot((-offset - 1) / 8)
        let mask: UInt8 = 1 << UInt8(truncatingIfNeeded: offset & 7)
        guard slot.initialised & mask != 0 else {
          throw .uninitialisedStack(register, offset: offset, size: 1)
        }
        guard !slot.holdsPointer else { throw .pointerLeak(register) }
        if slot.zero & mask != 0 {
          values.require(slot.source(of: mask))
          return
        }
      }
      throw .unterminatedString(register)
    case .mapValue:
      try checkMemory(pointer, register, 0, 1, .read)
      let range = pointer.scalar.wide.signed
      let (first, last) = (Int(truncatingIfNeeded: range.min), Int(truncatingIfNeeded: range.max))
      guard let bytes = environment.maps[Int(pointer.object)].constantValue, last < bytes.count,
        let zero = bytes[last...].firstIndex(of: 0)
      else { throw .unterminatedString(register) }
      guard zero - first < HelperSignature.maximumStringSize else { throw .stringTooLong(register) }
    case .context:
      try checkMemory(pointer, register, 0, 1, .read)
      let range = pointer.scalar.wide.signed
      for field in environment.context where field.endsWithZero && field.rights.contains(.read) {
        if range.min >= Int64(field.offset) && range.max < Int64(field.offset + field.size) { return }
      }
      throw .unterminatedString(register)
    default: throw .argumentType(register, pointer.kind, expected: .string)
    }
  }
}
