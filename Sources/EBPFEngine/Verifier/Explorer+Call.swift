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
      guard try read(.r0).isScalar || environment.allowsLeaks else { throw .returnLeak }
      guard state.records.isEmpty else { throw .unreleased(count: state.records.count) }
      return .end
    }
    let result = state.frame[.r0]
    let number = Int32(truncatingIfNeeded: state.callers.count + 1)
    guard result.kind != .stack || result.object < number else {
      state.callers.append(caller)
      throw .frameLeak(.r0)
    }
    let next = Int(state.frame.returnIndex)
    if state.frame.isCallback {
      guard result.isScalar else {
        state.callers.append(caller)
        throw result.kind == .uninitialised ? .uninitialised(.r0) : .returnLeak
      }
      require(result)
      guard result.scalar.wide.unsigned.max <= 1 else {
        state.callers.append(caller)
        throw .callbackResult
      }
      // Each round would add some.
      let left = state.records.count - state.frame.recordCount
      guard left <= 0 else {
        state.callers.append(caller)
        throw .unreleased(count: left)
      }
    } else {
      caller[.r0] = result
    }
    state.frame = caller
    return .jump(next)
  }

  /// What the arguments of a helper tell about each other and about its result.
  private struct HelperCall {
    var map: Int32?
    var record: UInt32?
    var recordSize: Int32 = 0
    var function: Int32 = 0
  }

  mutating func callHelper(_ number: Int32, at index: Int) throws(Reason) -> Step {
    guard let signature = environment.helpers[number] else { throw .unknownHelper(Int64(number)) }
    var call = HelperCall()
    for index in 0..<5 { try checkArgument(index, of: signature, &call) }
    switch signature.effect {
    case .none: break
    case .movesPacket: state.forget { $0.kind.isPacket || $0.kind == .packetEnd }
    case .endsProgram:
      guard state.callers.isEmpty else { throw .tailCallInFunction }
      guard state.records.isEmpty else { throw .unreleased(count: state.records.count) }
      report.isBounded = false
    case .callsRounds, .callsVisits: return try callBack(signature, call, at: index)
    }
    if let record = call.record {
      state.records.removeAll { $0 == record }
      state.forget { $0.kind == .record && $0.id == record }
    }
    state.frame.forgetArguments()
    switch signature.result {
    case .scalar: state.frame[.r0] = newNumber(.unknown)
    case .mapValueOrNull, .mapValue:
      guard let map = call.map else { throw .missingMap(.r0) }
      state.frame[.r0] = try mapValue(map, mayBeNull: signature.result == .mapValueOrNull)
    case .recordOrNull:
      let id = values.add()
      state.records.append(id)
      state.frame[.r0] = RegisterState(.recordOrNull, object: call.recordSize, id: id)
    }
    return .next
  }

  private mutating func mapValue(_ map: Int32, mayBeNull: Bool) throws(Reason) -> RegisterState {
    guard mayBeNull else { return RegisterState(.mapValue, object: map) }
    let description = environment.maps[Int(map)]
    guard description.kind.holdsMaps else { return RegisterState(.mapValueOrNull, object: map, id: values.add()) }
    guard let inner = description.innerMap.flatMap(environment.mapIndex) else {
      throw .mapKind(.r1, description.kind)
    }
    return RegisterState(.mapOrNull, object: inner, id: values.add())
  }

  /// A helper calls a function, some number of times. Here are the ways on: no more rounds, or one more, after which
  /// control comes here again.
  private mutating func callBack(
    _ signature: HelperSignature, _ call: HelperCall, at index: Int
  ) throws(Reason) -> Step {
    guard state.depth < AddressSpace.maximumCallDepth else { throw .tooManyFrames }
    report.isBounded = false
    var after = state
    after.frame.forgetArguments()
    after.frame[.r0] = newNumber(.unknown)
    try postpone(after, at: index + 1)
    var callee = Frame(
      number: Int32(truncatingIfNeeded: state.depth), returnIndex: Int32(truncatingIfNeeded: index), isCallback: true,
      recordCount: state.records.count)
    let context = state.frame[.r3]
    if signature.effect == .callsRounds {
      callee[.r1] = newNumber(.unknown)
      callee[.r2] = context
    } else {
      guard let map = call.map else { throw .missingMap(.r1) }
      let description = environment.maps[Int(map)]
      callee[.r1] = RegisterState(.map, object: map)
      callee[.r2] = RegisterState(.mapKey, object: Int32(truncatingIfNeeded: description.keySize))
      callee[.r3] = RegisterState(.mapValue, object: map)
      callee[.r4] = context
    }
    state.callers.append(state.frame)
    state.frame = callee
    report.maximumDepth = max(report.maximumDepth, state.depth)
    return .jump(self.index(ofSlot: call.function))
  }

  private mutating func checkArgument(
    _ index: Int, of signature: HelperSignature, _ call: inout HelperCall
  ) throws(Reason) {
    let register = Register(unchecked: UInt8(index + 1))
    let argument = signature.argument(index)
    func expect(_ isRight: Bool, _ value: RegisterState) throws(Reason) {
      guard isRight else { throw .argumentType(register, value.kind, expected: argument) }
    }
    switch argument {
    case .unused: break
    case .anything, .functionContext: _ = try read(register)
    case .scalar, .size, .sizeOrZero:
      let value = try read(register)
      try expect(value.isScalar || (argument == .scalar && environment.allowsLeaks), value)
    case .context:
      let value = try read(register)
      try expect(value.kind == .context, value)
      guard value.scalar.constant == 0 else { throw .notAtStart(register, value.kind) }
    case .map, .writableMap:
      let value = try read(register)
      try expect(value.kind == .map, value)
      let map = environment.maps[Int(value.object)]
      guard argument == .map || map.rights.contains(.write) else { throw .missingRight(register, .map, .write) }
      guard signature.kinds.contains(map.kind) else { throw .mapKind(register, map.kind) }
      call.map = call.map ?? value.object
    case .mapKey, .mapValue, .mapValueOut:
      guard let map = call.map else { throw .missingMap(register) }
      let description = environment.maps[Int(map)]
      let size = argument == .mapKey ? description.keySize : description.valueSize
      try checkBuffer(register, argument, size: Interval(size), argument == .mapValueOut ? .write : .read)
    case .readableOrNull where state.frame[register].scalarConstant == 0: require(state.frame[register])
    case .readable, .writable, .readableOrNull:
      let size = try bufferSize(Register(unchecked: UInt8(index + 2)), signature.argument(index + 1))
      try checkBuffer(register, argument, size: size, argument == .writable ? .write : .read)
    case .number: try checkBuffer(register, argument, size: Interval(8), .write)
    case .string: try checkString(register)
    case .function:
      let value = try read(register)
      try expect(value.kind == .function, value)
      call.function = value.object
    case .recordSize:
      let value = try read(register)
      guard let size = value.scalarConstant, size > 0 && size < 1 << 29 else { throw .recordSize(register) }
      require(value)
      call.recordSize = Int32(size)
    case .record:
      let value = try read(register)
      try expect(value.kind == .record, value)
      guard value.scalar.constant == 0 else { throw .notAtStart(register, value.kind) }
      call.record = value.id
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
    case .context, .mapValue, .region, .record, .mapKey, .packet, .packetMeta:
      try checkMemory(pointer, register, 0, largest, rights)
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
