import Testing

@testable import EBPFEngine

/// Every instruction with every pair of registers, translated and interpreted. `TestRun` compares the two ways.
@Suite struct EveryOperandTests {
  private static let values: [UInt64] = [
    0, 1, .max, 1 << 63, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x0123_4567_89ab_cdef, 7, 0xffff_ffff_8000_0000,
  ]
  private static let immediates: [Int32] = [
    0, 1, -1, 2, 3, 5, 9, 31, 63, 64, 127, 128, 1 << 30, .max, .min, -128, -129,
  ]

  /// Gives r0 to r9 different values, another order for another `turn`.
  private static func registers(_ turn: Int) -> [EBPFEngine.Operation] {
    (0...9).map { index in
      .loadWide(Register(unchecked: UInt8(index)), .constant(values[(index * 3 + turn) % values.count]))
    }
  }

  /// Adds all registers to the sum that is kept at the stack's end.
  private static let sum: [EBPFEngine.Operation] =
    [
      .store(.doubleWord, base: .r10, offset: -16, value: .register(.r0)),
      .load(.doubleWord, signExtended: false, .r0, base: .r10, offset: -8),
    ]
    + (1...9).flatMap { index -> [EBPFEngine.Operation] in
      [
        .arithmetic(.multiply, .bits64, .r0, .immediate(31)),
        .arithmetic(.add, .bits64, .r0, .register(Register(unchecked: UInt8(index)))),
      ]
    } + [
      .load(.doubleWord, signExtended: false, .r1, base: .r10, offset: -16),
      .arithmetic(.multiply, .bits64, .r0, .immediate(31)), .arithmetic(.add, .bits64, .r0, .register(.r1)),
      .store(.doubleWord, base: .r10, offset: -8, value: .register(.r0)),
    ]

  private static func program(_ operations: [EBPFEngine.Operation]) throws -> Program {
    var slot: Int32 = 0
    let instructions = (operations + [.exit]).map { operation in
      let instruction = Instruction(slot: slot, operation: operation)
      slot += instruction.slotCount
      return instruction
    }
    return try #require(Program.encoding(instructions))
  }

  /// Runs the operations in one program, each with other values in the registers.
  private static func check(_ operations: [EBPFEngine.Operation]) throws {
    let all = operations.enumerated().flatMap { index, operation in registers(index) + [operation] + sum }
    let run = try TestRun(program(all), context: [UInt8](0..<64), budget: 10_000_000)
    #expect(run.value != nil)
  }

  private static var written: [Register] { (0...9).map { Register(unchecked: UInt8($0)) } }
  private static var read: [Register] { (0...10).map { Register(unchecked: UInt8($0)) } }

  @Test(arguments: ArithmeticOperation.allCases, [Width.bits32, .bits64])
  func arithmetic(_ operation: ArithmeticOperation, width: Width) throws {
    for destination in Self.written {
      let operands = Self.read.map(Operand.register) + Self.immediates.map(Operand.immediate)
      // Twice: each pair meets two sets of values.
      try Self.check((operands + operands).map { .arithmetic(operation, width, destination, $0) })
    }
  }

  @Test func oneOperand() throws {
    for register in Self.written {
      var operations: [EBPFEngine.Operation] = [.negate(.bits32, register), .negate(.bits64, register)]
      for bits in [UInt8(16), 32, 64] {
        for order in ByteOrder.allCases { operations.append(.byteOrder(order, bits: bits, register)) }
      }
      for source in Self.read {
        for bits in [UInt8(8), 16, 32] {
          operations.append(.moveSignExtended(.bits64, fromBits: bits, register, source))
          if bits < 32 { operations.append(.moveSignExtended(.bits32, fromBits: bits, register, source)) }
        }
      }
      try Self.check(operations)
    }
  }

  @Test(arguments: Condition.allCases, [Width.bits32, .bits64])
  func branches(_ condition: Condition, width: Width) throws {
    for left in Self.read {
      var operations: [EBPFEngine.Operation] = []
      let operands = Self.read.map(Operand.register) + Self.immediates.map(Operand.immediate)
      let zeros = [Operand](repeating: .immediate(0), count: 40)
      for (index, operand) in (operands + operands + zeros).enumerated() {
        operations += Self.registers(index / 3)
        let slot = operations.reduce(Int32(0)) { $0 + Instruction(slot: 0, operation: $1).slotCount }
        // The subtraction sets flags that the branch may use, if it is as wide.
        let other: Width = index % 4 == 1 ? .bits64 : .bits32
        if index % 2 == 1 && left != .r10 { operations.append(.arithmetic(.subtract, other, left, .immediate(0))) }
        let offset: Int32 = index % 2 == 1 && left != .r10 ? 1 : 0
        operations.append(.branch(condition, width, left, operand, target: slot + offset + 2))
        operations.append(.arithmetic(.add, .bits64, .r9, .immediate(1)))
        operations += Self.sum
      }
      let run = try TestRun(Self.program(operations), context: [UInt8](0..<64), budget: 10_000_000)
      #expect(run.value != nil)
    }
  }

  /// Accesses through every base register, in the frame, in the caller's frame and in the context.
  @Test(arguments: AccessSize.allCases)
  func memory(_ size: AccessSize) throws {
    for base in Self.read {
      var operations: [EBPFEngine.Operation] = []
      var turn = 0
      func add(_ operation: EBPFEngine.Operation) {
        operations += Self.registers(turn)
        turn += 1
        if base != .r10 {
          operations.append(.arithmetic(.move, .bits64, base, .register(.r10)))
          operations.append(.arithmetic(.add, .bits64, base, .immediate(-100)))
        }
        operations.append(operation)
        operations.append(.load(size, signExtended: false, .r0, base: .r10, offset: -200))
        operations += Self.sum
      }
      let offset: Int16 = base == .r10 ? -200 : -100
      for other in Self.read {
        add(.store(size, base: base, offset: offset, value: .register(other)))
        if other == .r10 { continue }
        add(.load(size, signExtended: false, other, base: base, offset: offset))
        if size != .doubleWord { add(.load(size, signExtended: true, other, base: base, offset: offset)) }
        guard size == .word || size == .doubleWord else { continue }
        for atomic in AtomicOperation.allCases {
          add(.atomic(atomic, size == .word ? .bits32 : .bits64, base: base, offset: offset, source: other))
        }
      }
      for immediate in Self.immediates { add(.store(size, base: base, offset: offset, value: .immediate(immediate))) }
      let run = try TestRun(Self.program(operations), context: [UInt8](0..<64), budget: 10_000_000)
      #expect(run.value != nil)
    }
  }
}
