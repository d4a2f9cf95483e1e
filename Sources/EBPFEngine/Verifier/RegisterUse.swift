/// How an instruction passes on, backwards, which registers matter.
enum RegisterUse {
  struct Masks: Equatable {
    var live: UInt16 = 0
    /// A subset of `live`.
    var relevant: UInt16 = 0

    mutating func write(_ register: Register) {
      live &= ~RegisterUse.mask(register)
      relevant &= ~RegisterUse.mask(register)
    }

    mutating func read(_ register: Register, isRelevant: Bool) {
      live |= RegisterUse.mask(register)
      if isRelevant { relevant |= RegisterUse.mask(register) }
    }

    func isRelevant(_ register: Register) -> Bool { relevant & RegisterUse.mask(register) != 0 }
  }

  private static let arguments: UInt16 = 0x3e
  private static let afterCall: UInt16 = ~0x3f

  private static func mask(_ register: Register) -> UInt16 { 1 << UInt16(register.index) }

  /// Masks before `operation`, from those after it and, for jumps and local calls, those at the target.
  static func before(
    _ operation: Operation, _ after: Masks, target: Masks, isInCallee: Bool, _ helpers: HelperTable
  ) -> Masks {
    var masks = after
    switch operation {
    case .arithmetic(let operation, _, let destination, let operand):
      let isRelevant = after.isRelevant(destination)
      masks.write(destination)
      if operation != .move { masks.read(destination, isRelevant: isRelevant) }
      if case .register(let source) = operand { masks.read(source, isRelevant: isRelevant) }
    case .negate(_, let register), .byteOrder(_, _, let register):
      masks.read(register, isRelevant: after.isRelevant(register))
    case .moveSignExtended(_, _, let destination, let source):
      let isRelevant = after.isRelevant(destination)
      masks.write(destination)
      masks.read(source, isRelevant: isRelevant)
    case .loadWide(let destination, _): masks.write(destination)
    case .load(_, _, let destination, let base, _), .loadAcquire(_, let destination, let base, _):
      masks.write(destination)
      masks.read(base, isRelevant: true)
    case .store(_, let base, _, let value):
      masks.read(base, isRelevant: true)
      // It may go to the stack and come back.
      if case .register(let source) = value { masks.read(source, isRelevant: true) }
    case .storeRelease(_, let base, _, let source):
      masks.read(base, isRelevant: true)
      masks.read(source, isRelevant: true)
    case .atomic(let operation, _, let base, _, let source):
      masks.read(base, isRelevant: true)
      masks.read(source, isRelevant: true)
      if operation == .compareExchange { masks.read(.r0, isRelevant: true) }
    case .loadPacket(_, let index, _):
      masks.live &= afterCall
      masks.relevant &= afterCall
      masks.read(.r6, isRelevant: true)
      if let index { masks.read(index, isRelevant: false) }
    case .jump: masks = target
    case .mayGoto:
      masks.live |= target.live
      masks.relevant |= target.relevant
    case .branch(_, _, let register, let operand, _):
      masks.live |= target.live
      masks.relevant |= target.relevant
      masks.read(register, isRelevant: true)
      if case .register(let other) = operand { masks.read(other, isRelevant: true) }
    case .callHelper(let number):
      masks.live &= afterCall
      masks.relevant &= afterCall
      guard let signature = helpers[number] else {
        masks.live |= arguments
        masks.relevant |= arguments
        break
      }
      for index in 0..<5 {
        let argument = signature.argument(index)
        guard argument != .unused else { continue }
        masks.read(
          Register(unchecked: UInt8(index + 1)), isRelevant: argument != .scalar && argument != .anything)
      }
    case .callRegister(let register):
      masks.live = masks.live & afterCall | arguments
      masks.relevant = masks.relevant & afterCall | arguments
      masks.read(register, isRelevant: true)
    case .callLocal:
      masks.live = masks.live & afterCall | target.live & arguments
      masks.relevant = masks.relevant & afterCall | target.relevant & arguments
    case .exit:
      masks = Masks()
      // What a function returns may matter to its caller; what the program returns does not.
      masks.read(.r0, isRelevant: isInCallee)
    }
    return masks
  }
}
