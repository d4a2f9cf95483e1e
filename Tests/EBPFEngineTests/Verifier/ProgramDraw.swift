import TestSupport

@testable import EBPFEngine

/// Draws programs for the environment of the verifier's cases: new ones, and changed ones from those that were accepted.
struct ProgramDraw {
  var generator: SeededGenerator
  private var accepted: [Program] = []

  init(seed: UInt64, corpus: [Program]) {
    generator = SeededGenerator(seed: seed)
    accepted = corpus
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
  private mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  private mutating func register(_ last: Int = 9) -> Register {
    Register(UInt8(number(0...last))) ?? .r0
  }

  private mutating func immediate() -> Int32 {
    let edges: [Int32] = [0, 1, -1, 7, 8, 15, 16, 31, 32, 63, 64, 127, 255, 256, 4096, .max, .min]
    return chance(60) ? edges.randomElement(using: &generator) ?? 0 : Int32(number(-80...80))
  }

  private mutating func operand() -> Operand { chance(50) ? .register(register(10)) : .immediate(immediate()) }
  private mutating func width() -> Width { chance(70) ? .bits64 : .bits32 }

  private mutating func place(_ size: AccessSize) -> (Register, Int16) {
    let bytes = Int(size.rawValue)
    switch number(0...6) {
    case 0...2: return (.r10, Int16(-bytes * number(1...(40 / bytes))))
    case 3: return (.r1, Int16(bytes * number(0...(144 / bytes))))
    case 4: return (.r3, Int16(bytes * number(0...(64 / bytes))))
    default: return (register(), Int16(chance(60) ? 0 : number(-16...64)))
    }
  }

  /// One instruction at `slot` of about `count`.
  mutating func operation(at slot: Int, of count: Int) -> EBPFEngine.Operation {
    let size = AccessSize.allCases.randomElement(using: &generator) ?? .byte
    let target = Int32(chance(85) ? min(slot + number(1...6), count - 1) : max(0, slot - number(0...6)))
    switch number(0...25) {
    case 0...4:
      let operation = ArithmeticOperation.allCases.randomElement(using: &generator) ?? .add
      return .arithmetic(operation, width(), register(), operand())
    case 5: return .arithmetic(.move, .bits64, register(), .register(register(10)))
    case 6: return .arithmetic(.and, .bits64, register(), .immediate(Int32(number(0...63))))
    case 7: return .arithmetic(chance(50) ? .add : .subtract, .bits64, register(), operand())
    case 8: return .negate(width(), register())
    case 9:
      let bits: UInt8 = chance(50) ? 8 : 16
      return .moveSignExtended(width(), fromBits: bits, register(), register())
    case 10: return .byteOrder(.big, bits: chance(50) ? 16 : 64, register())
    case 11...12:
      let (base, offset) = place(size)
      return .load(size, signExtended: size != .doubleWord && chance(20), register(), base: base, offset: offset)
    case 13...14:
      let (base, offset) = place(size)
      return .store(size, base: base, offset: offset, value: operand())
    case 15:
      let size: AccessSize = chance(50) ? .word : .doubleWord
      let (base, offset) = place(size)
      let operation: AtomicOperation =
        [.add, .fetchAdd, .exchange, .compareExchange, .fetchOr, .xor]
        .randomElement(using: &generator) ?? .add
      return .atomic(
        operation, size == .word ? .bits32 : .bits64, base: base, offset: offset, source: register())
    case 16...18:
      let condition = Condition.allCases.randomElement(using: &generator) ?? .equal
      return .branch(condition, width(), register(), operand(), target: target)
    case 19: return .callHelper(Int32(number(1...8)))
    case 20: return chance(50) ? .callLocal(target: target) : .jump(target: target, wide: false)
    case 21:
      let immediates: [WideImmediate] = [
        .mapByDescriptor(1), .mapValueByDescriptor(2, offset: Int32(number(0...31))),
        .mapValueByDescriptor(3, offset: 0), .variable(4), .constant(generator.next()),
      ]
      return .loadWide(register(), immediates.randomElement(using: &generator) ?? .constant(0))
    case 22:
      let (base, offset) = place(size)
      return chance(50)
        ? .loadAcquire(size, register(), base: base, offset: offset)
        : .storeRelease(size, base: base, offset: offset, source: register())
    case 23:
      return .loadPacket(
        size == .doubleWord ? .word : size, index: chance(50) ? register() : nil, offset: Int32(number(-2...70)))
    case 24 where chance(25): return .mayGoto(target: target)
    default: return .arithmetic(.move, .bits64, register(), .immediate(immediate()))
    }
  }

  /// A loop from `slot` on that counts, or nearly does: in a register or on the stack, tested before or behind its body.
  private mutating func loop(at slot: Int, of count: Int) -> [EBPFEngine.Operation] {
    let counter: Register = [.r5, .r6, .r7, .r8][number(0...3)]
    let (start, step, rounds) = (number(-3...9), [1, 1, 1, 2, 4, -1, -3][number(0...6)], number(2...70))
    let limit = Int32(start + step * rounds + (chance(20) ? number(-2...2) : 0))
    let width = width()
    var operations: [EBPFEngine.Operation] = [.arithmetic(.move, width, counter, .immediate(Int32(start)))]
    let head = slot + 1
    var body: [EBPFEngine.Operation] = []
    for _ in 0..<number(0...4) {
      switch number(0...3) {
      case 0:
        body += [.arithmetic(.move, .bits64, .r4, .register(counter)), .arithmetic(.and, .bits64, .r4, .immediate(31))]
      case 1:
        body += [.arithmetic(.move, .bits64, .r9, .register(.r3)), .arithmetic(.add, .bits64, .r9, .register(counter))]
        body.append(.load(.byte, signExtended: false, .r4, base: .r9, offset: 0))
      case 2: body.append(.arithmetic(.add, self.width(), .r0, .register(chance(50) ? counter : .r4)))
      default: body.append(operation(at: head + body.count, of: count + 8))
      }
    }
    if chance(20) {
      body.append(.store(.doubleWord, base: .r10, offset: -8, value: .register(counter)))
      body.append(.load(.doubleWord, signExtended: false, counter, base: .r10, offset: -8))
    }
    body.append(.arithmetic(.add, width, counter, .immediate(Int32(step))))
    let end = Operand.immediate(limit)
    // What is tested is the number's lower half, as compilers cut it off before version 4 of the instruction set.
    var tested = counter
    if chance(25) {
      tested = .r4
      body.append(.arithmetic(.move, .bits64, .r4, .register(counter)))
      body.append(.arithmetic(.shiftLeft, .bits64, .r4, .immediate(32)))
      body.append(.arithmetic(chance(50) ? .shiftRight : .arithmeticShiftRight, .bits64, .r4, .immediate(32)))
    }
    let slots = body.reduce(0) { $0 + Int(Instruction(slot: 0, operation: $1).slotCount) }
    if chance(70) {
      let conditions: [Condition] =
        step > 0 ? [.less, .notEqual, .signedLess, .lessOrEqual] : [.signedGreater, .notEqual]
      let condition = conditions.randomElement(using: &generator) ?? .less
      operations += body
      operations.append(.branch(condition, width, tested, end, target: Int32(head)))
    } else {
      let conditions: [Condition] = step > 0 ? [.greater, .equal, .signedGreaterOrEqual] : [.signedLess, .equal]
      let condition = conditions.randomElement(using: &generator) ?? .greater
      operations.append(.branch(condition, width, counter, end, target: Int32(head + 2 + slots)))
      operations += body
      operations.append(.jump(target: Int32(head), wide: false))
    }
    return operations
  }

  private mutating func fresh() -> Program? {
    var operations: [EBPFEngine.Operation] = []
    for register in [Register.r0, .r4, .r5, .r6, .r7, .r8, .r9] where chance(60) {
      let source: Operand = chance(70) ? .immediate(immediate()) : .register([.r1, .r2, .r3, .r10][number(0...3)])
      operations.append(.arithmetic(.move, .bits64, register, source))
    }
    if chance(20) { operations.append(.arithmetic(.move, .bits64, .r6, .register(.r1))) }
    let count = operations.count + number(1...14)
    // Slots are guessed: after an `lddw` targets are off by one, which is as good a draw.
    while operations.count < count { operations.append(operation(at: operations.count, of: count + 2)) }
    if chance(50) {
      operations.append(.arithmetic(.move, .bits64, .r4, .immediate(0)))
      operations += loop(at: operations.count, of: count)
    }
    if chance(60) { operations.append(.arithmetic(.move, .bits64, .r0, .immediate(immediate()))) }
    operations.append(.exit)
    var slot: Int32 = 0
    let instructions = operations.map { operation in
      let instruction = Instruction(slot: slot, operation: operation)
      slot += instruction.slotCount
      return instruction
    }
    return Program.encoding(instructions)
  }

  /// The next program, if the draw is one.
  mutating func next() -> Program? {
    guard !accepted.isEmpty && chance(85), let start = accepted.randomElement(using: &generator) else { return fresh() }
    var program = start
    for _ in 0..<number(1...3) {
      let index = number(0...(program.instructions.count - 1))
      let slot = Int(program.instructions[index].slot)
      let edited: Program?
      switch number(0...9) {
      case 0...4: edited = program.inserting(operation(at: slot, of: program.slotCount), before: index)
      case 5...6: edited = program.replacing(index, with: operation(at: slot, of: program.slotCount))
      case 7: edited = program.removing(index)
      default:
        var slots = program.slots
        switch number(0...3) {
        case 0: slots[slot].immediate = immediate()
        case 1: slots[slot].offset = Int16(number(-40...40))
        case 2: slots[slot].source = UInt8(number(0...10))
        default: slots[slot].destination = UInt8(number(0...10))
        }
        edited = try? Program(slots: slots)
      }
      program = edited ?? program
    }
    return program.slotCount <= 64 ? program : nil
  }

  /// Keeps an accepted program to draw from.
  mutating func keep(_ program: Program) {
    if accepted.count < 2000 {
      accepted.append(program)
    } else {
      accepted[number(0...1999)] = program
    }
  }
}
