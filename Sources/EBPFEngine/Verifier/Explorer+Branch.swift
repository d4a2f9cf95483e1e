extension Explorer {
  /// Follows the ways that a branch can take: on, and for later the jump.
  mutating func branch(
    _ condition: Condition, _ width: Width, _ register: Register, _ operand: Operand, target: Int, at index: Int
  ) throws(Reason) -> Step {
    let left = try read(register)
    let right = try value(operand)
    if left.isScalar && right.isScalar {
      return try compare(condition, width, left, right, target)
    }
    if width == .bits64, let step = try comparePacket(condition, left, right, target) { return step }
    let isEquality = condition == .equal || condition == .notEqual
    guard width == .bits64 || !environment.allowsLeaks else {
      try postpone(state, at: target)
      return .next
    }
    guard width == .bits64 else { throw .pointerComparison(left.isPointer ? register : operand.register ?? register) }
    if isEquality && right.scalarConstant == 0 {
      require(right)
      return try testForNull(left, register, jumpsIfNull: condition == .equal, target)
    }
    if isEquality && left.scalarConstant == 0 {
      require(left)
      return try testForNull(right, operand.register ?? register, jumpsIfNull: condition == .equal, target)
    }
    // Pointers into one object may be compared; it tells nothing about where the object is.
    // The order is that of the offsets only where no address wraps around.
    guard
      environment.allowsLeaks || (areOfOneObject(left, right) && (isEquality || (isWithin(left) && isWithin(right))))
    else {
      throw .pointerComparison(left.isPointer ? register : operand.register ?? register)
    }
    try postpone(state, at: target)
    return .next
  }

  private mutating func compare(
    _ condition: Condition, _ width: Width, _ left: RegisterState, _ right: RegisterState, _ target: Int
  ) throws(Reason) -> Step {
    tests.add(
      RecentTests.Test(condition: condition, width: width, left: left, right: right, time: report.exploredInstructions))
    var (a, b) = (left.scalar, right.scalar)
    let canJump = Scalar.assume(condition, width, holds: true, &a, &b)
    var (c, d) = (left.scalar, right.scalar)
    let canGoOn = Scalar.assume(condition, width, holds: false, &c, &d)
    if canJump && canGoOn {
      var jumping = state
      jumping.refine(left, right, to: a, b, &values)
      try postpone(jumping, at: target)
      state.refine(left, right, to: c, d, &values)
      return .next
    }
    // With other numbers the program could take the other way, too.
    require(left)
    require(right)
    // Nothing satisfies what is known: no run comes here.
    guard canJump || canGoOn else { return .end }
    state.refine(left, right, to: canJump ? a : c, canJump ? b : d, &values)
    return canJump ? .jump(target) : .next
  }

  private mutating func testForNull(
    _ pointer: RegisterState, _ register: Register, jumpsIfNull: Bool, _ target: Int
  ) throws(Reason) -> Step {
    guard pointer.kind.mayBeNull else {
      // Elsewhere it is 0 for one offset only, which would tell where the object is.
      guard isInside(pointer) else {
        guard environment.allowsLeaks else { throw .pointerComparison(register) }
        try postpone(state, at: target)
        return .next
      }
      return jumpsIfNull ? .next : .jump(target)
    }
    var null = state
    let zero = newNumber(Scalar(0))
    null.updateCopies(of: pointer.id) { $0 = zero }
    null.records.removeAll { $0 == pointer.id }
    state.updateCopies(of: pointer.id) {
      $0.kind = $0.kind.withoutNull
      if $0.kind != .record { $0.id = 0 }
    }
    if jumpsIfNull {
      try postpone(null, at: target)
    } else {
      try postpone(state, at: target)
      state = null
    }
    return .next
  }

  /// Follows the comparison of a place in the packet with its end, or of one in the data before it with its start: where
  /// the place is not beyond, the packet has the bytes before it. `nil` where something else is compared.
  private mutating func comparePacket(
    _ condition: Condition, _ left: RegisterState, _ right: RegisterState, _ target: Int
  ) throws(Reason) -> Step? {
    func isEnd(_ end: RegisterState, of place: RegisterState) -> Bool {
      place.kind == .packet && end.kind == .packetEnd
        || place.kind == .packetMeta && end.kind == .packet && end.id == 0 && end.scalar.constant == 0
    }
    let isSwapped = isEnd(left, of: right)
    guard isSwapped || isEnd(right, of: left) else { return nil }
    let place = isSwapped ? right : left
    // Bytes beyond the place that the packet has where the condition holds, and where it does not.
    let known: (jump: Int?, next: Int?) =
      switch (condition, isSwapped) {
      case (.greater, false), (.less, true): (nil, 0)
      case (.greaterOrEqual, false), (.lessOrEqual, true): (nil, 1)
      case (.less, false), (.greater, true): (1, nil)
      case (.lessOrEqual, false), (.greaterOrEqual, true): (0, nil)
      case (.equal, _): (0, nil)
      case (.notEqual, _): (nil, 0)
      default: (nil, nil)
      }
    var jumping = state
    if let more = known.jump { jumping.extendReach(of: place, by: more) }
    try postpone(jumping, at: target)
    if let more = known.next { state.extendReach(of: place, by: more) }
    return .next
  }

  /// Whether a pointer certainly leads to a byte of its object, so that it cannot be 0.
  private func isInside(_ pointer: RegisterState) -> Bool {
    if pointer.kind == .packetEnd { return true }
    if pointer.kind.isPacket {
      // So near the packet no address is 0.
      let offset = pointer.scalar.constant.map { Int64(bitPattern: $0) } ?? .max
      return offset.magnitude <= UInt64(Self.maximumPacketSize) && Int(pointer.object) <= Self.maximumPacketSize
    }
    return pointer.kind == .map || pointer.kind == .function
      || (isWithin(pointer) && pointer.scalar.wide.signed.max < Int64(end(of: pointer)))
  }

  /// Whether a pointer certainly leads to a byte of its object, or just behind the last.
  private func isWithin(_ pointer: RegisterState) -> Bool {
    let offsets = pointer.scalar.wide.signed
    let end = end(of: pointer)
    let start = pointer.kind == .stack ? -AddressSpace.frameSize : 0
    return offsets.min >= Int64(start) && offsets.max <= Int64(end)
  }

  /// Whether the distance and the order of two pointers are those of offsets. Of a map with many values it is not known
  /// which value a pointer leads to.
  func areOfOneObject(_ a: RegisterState, _ b: RegisterState) -> Bool {
    guard a.kind == b.kind, a.object == b.object, a.kind.allowsArithmetic else { return false }
    guard !a.kind.hasIdentity || a.id == b.id else { return false }
    return a.kind != .mapKey && a.kind != .mapValue || environment.maps[Int(a.object)].isDirect
  }

  /// Offset just behind the object that a pointer leads to.
  private func end(of pointer: RegisterState) -> Int {
    switch pointer.kind {
    case .mapValue: return environment.maps[Int(pointer.object)].valueSize
    case .region: return environment.regions[Int(pointer.object)].size
    case .record, .mapKey: return Int(pointer.object)
    case .context:
      var end = 0
      for field in environment.context { end = max(end, field.offset + field.size) }
      return end
    default: return 0
    }
  }
}
