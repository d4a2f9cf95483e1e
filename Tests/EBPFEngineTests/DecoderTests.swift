import EBPFEngine
import TestSupport
import Testing

/// The slots that follow the slot under test, so that targets and fall-through never hide what is tested.
private let tail: [EncodedSlot] = Array(repeating: EncodedSlot(opcode: 0x95), count: 4)

private func reason(_ slots: [EncodedSlot]) -> DecodingError.Reason? {
  do {
    _ = try Program(slots: slots)
    return nil
  } catch { return error.reason }
}

private func reason(_ slot: EncodedSlot) -> DecodingError.Reason? { reason([slot] + tail) }

@Suite struct DecoderTests {
  /// Opcodes of RFC 9669's table (appendix A), written out independently of the decoder.
  static let arithmetic: Set<UInt8> = {
    var all: Set<UInt8> = []
    for code in stride(from: 0x00, through: 0xc0, by: 0x10) where code != 0x80 {
      for low: UInt8 in [0x4, 0xc, 0x7, 0xf] { all.insert(UInt8(code) | low) }
    }
    return all.union([0x84, 0x87, 0xd4, 0xdc, 0xd7])
  }()
  static let jumps: Set<UInt8> = {
    var all: Set<UInt8> = [0x05, 0x06, 0x85, 0x8d, 0x95, 0xe5]
    for code in [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0] {
      for low: UInt8 in [0x5, 0xd, 0x6, 0xe] { all.insert(UInt8(code) | low) }
    }
    return all
  }()
  static let memory: Set<UInt8> = [
    0x18, 0x61, 0x69, 0x71, 0x79, 0x81, 0x89, 0x91, 0x62, 0x6a, 0x72, 0x7a, 0x63, 0x6b, 0x73, 0x7b, 0xc3, 0xdb,
    // Deprecated.
    0x20, 0x28, 0x30, 0x40, 0x48, 0x50,
  ]

  @Test func everyOpcodeByteIsKnownExactlyWhenTheStandardDefinesIt() {
    let known = Self.arithmetic.union(Self.jumps).union(Self.memory)
    for opcode in UInt8.min...UInt8.max {
      var slot = EncodedSlot(opcode: opcode)
      if opcode & 0xf7 == 0xd4 || opcode == 0xd7 { slot.immediate = 16 }
      let slots = opcode == 0x18 ? [slot, EncodedSlot(opcode: 0)] : [slot]
      #expect((reason(slots + tail) == nil) == known.contains(opcode), "opcode \(opcode)")
    }
    print("opcodes: \(known.count) defined, \(256 - known.count) refused")
  }

  @Test func everyValidEncodingRoundTrips() throws {
    var generator = SeededGenerator(seed: 0x9669)
    var accepted = 0
    let opcodes = Array(Self.arithmetic.union(Self.jumps).union(Self.memory)).sorted()
    let immediates: [Int32] = [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 1, -1, 16, 32, 64, 0x40, 0x50, 0xa0, 0x41, 0x51, 0xa1, 0xe1, 0xf1, 2, .min, .max,
    ]
    let offsets: [Int16] = [0, 0, 0, 0, 0, 0, 1, 2, 8, 16, 32, -1, .min, .max]
    for _ in 0..<200_000 {
      let slot = EncodedSlot(
        opcode: opcodes.randomElement(using: &generator)!, destination: .random(in: 0...11, using: &generator),
        source: [0, 0, .random(in: 0...11, using: &generator)].randomElement(using: &generator)!,
        offset: offsets.randomElement(using: &generator)!,
        immediate: immediates.randomElement(using: &generator)!)
      let second = EncodedSlot(opcode: 0, immediate: immediates.randomElement(using: &generator)!)
      let slots = (slot.opcode == 0x18 ? [slot, second] : [slot]) + tail
      guard let program = try? Program(slots: slots) else { continue }
      accepted += 1
      #expect(program.slots == slots)
      #expect(try Program(bytes: program.bytes) == program)
    }
    print("round trip: seed 0x9669, 200000 drawn, \(accepted) valid")
    #expect(accepted > 20_000)
  }

  @Test func reservedFieldsMustBeZero() {
    typealias S = EncodedSlot
    let cases: [(S, DecodingError.Reason)] = [
      (S(opcode: 0x07, source: 1), .reservedSource), (S(opcode: 0x0f, immediate: 1), .reservedImmediate),
      (S(opcode: 0x07, offset: 1), .reservedOffset), (S(opcode: 0x87, immediate: 1), .reservedImmediate),
      (S(opcode: 0x87, source: 1), .reservedSource), (S(opcode: 0x87, offset: 1), .reservedOffset),
      (S(opcode: 0x61, immediate: 1), .reservedImmediate), (S(opcode: 0x62, source: 1), .reservedSource),
      (S(opcode: 0x63, immediate: 1), .reservedImmediate), (S(opcode: 0x05, immediate: 1), .reservedImmediate),
      (S(opcode: 0x05, destination: 1), .reservedDestination), (S(opcode: 0x05, source: 1), .reservedSource),
      (S(opcode: 0x06, offset: 1), .reservedOffset), (S(opcode: 0x06, source: 1), .reservedSource),
      (S(opcode: 0x06, destination: 1), .reservedDestination), (S(opcode: 0x15, source: 1), .reservedSource),
      (S(opcode: 0x1d, immediate: 1), .reservedImmediate), (S(opcode: 0x85, offset: 1), .reservedOffset),
      (S(opcode: 0x85, destination: 1), .reservedDestination), (S(opcode: 0x8d, source: 1), .reservedSource),
      (S(opcode: 0x8d, immediate: 1), .reservedImmediate), (S(opcode: 0x8d, offset: 1), .reservedOffset),
      (S(opcode: 0x95, destination: 1), .reservedDestination), (S(opcode: 0x95, source: 1), .reservedSource),
      (S(opcode: 0x95, offset: 1), .reservedOffset), (S(opcode: 0x95, immediate: 1), .reservedImmediate),
      (S(opcode: 0xdc, offset: 1, immediate: 16), .reservedOffset),
      (S(opcode: 0xdc, source: 1, immediate: 16), .reservedSource),
      (S(opcode: 0xb7, offset: 8), .reservedOffset), (S(opcode: 0x37, offset: 2), .signedOffset),
    ]
    for (slot, expected) in cases { #expect(reason(slot) == expected, "\(slot)") }
  }

  @Test func valuesOutsideTheStandardAreRefusedByName() {
    typealias S = EncodedSlot
    #expect(reason(S(opcode: 0xbc, offset: 32)) == .signExtensionWidth)
    #expect(reason(S(opcode: 0xbf, offset: 32)) == nil)
    #expect(reason(S(opcode: 0xbf, offset: 64)) == .signExtensionWidth)
    #expect(reason(S(opcode: 0xd4, immediate: 8)) == .byteOrderWidth)
    #expect(reason(S(opcode: 0xc3, immediate: 0x100)) == nil)
    #expect(reason(S(opcode: 0xcb, immediate: 0x110)) == nil)
    #expect(reason(S(opcode: 0xc3, destination: 10, immediate: 0x100)) == .frameWrite)
    #expect(reason(S(opcode: 0xc3, immediate: 0x120)) == .atomicOperation)
    #expect(reason(S(opcode: 0xbf, offset: 1, immediate: 1)) == .arenaCast)
    #expect(reason(S(opcode: 0xe5, source: 1)) == .reservedSource)
    #expect(reason(S(opcode: 0xe5, offset: 7)) == .targetOutside)
    #expect(reason(S(opcode: 0xc3, immediate: 0xe0)) == .atomicOperation)
    #expect(reason(S(opcode: 0xcb)) == .atomicSize)
    #expect(reason(S(opcode: 0xd3)) == .atomicSize)
    for opcode: UInt8 in [0x20, 0x28, 0x30, 0x40, 0x48, 0x50] {
      #expect(reason(S(opcode: opcode, immediate: 7)) == nil)
      #expect(reason(S(opcode: opcode, destination: 1)) == .reservedDestination)
      #expect(reason(S(opcode: opcode, offset: 1)) == .reservedOffset)
      #expect(reason(S(opcode: opcode, source: 3)) == (opcode & 0x40 == 0 ? .reservedSource : nil))
      #expect(reason(S(opcode: opcode, source: 11)) != nil)
    }
    for opcode: UInt8 in [0x38, 0x58] { #expect(reason(S(opcode: opcode)) == .unknownOpcode) }
    #expect(reason(S(opcode: 0x85, source: 2)) == .callByTypeID)
    #expect(reason(S(opcode: 0x85, source: 3)) == .callKind)
    #expect(reason(S(opcode: 0xb7, destination: 10)) == .frameWrite)
    #expect(reason(S(opcode: 0x61, destination: 10)) == .frameWrite)
    #expect(reason(S(opcode: 0xdb, source: 10, immediate: 1)) == .frameWrite)
    #expect(reason(S(opcode: 0xdb, source: 10, immediate: 0)) == nil)
    #expect(reason(S(opcode: 0xdb, source: 10, immediate: 0xf1)) == nil)
    #expect(reason(S(opcode: 0xb7, destination: 11)) == .registerAbove10)
    #expect(reason(S(opcode: 0xbf, source: 15)) == .registerAbove10)
  }

  @Test func wideImmediatesKeepTheirKind() throws {
    typealias S = EncodedSlot
    func wide(_ source: UInt8, _ low: Int32, _ high: Int32) -> [S] {
      [S(opcode: 0x18, destination: 1, source: source, immediate: low), S(opcode: 0, immediate: high)]
    }
    let cases: [([S], WideImmediate)] = [
      (wide(0, -1, 1), .constant(0x1_ffff_ffff)), (wide(1, 7, 0), .mapByDescriptor(7)),
      (wide(2, 7, 8), .mapValueByDescriptor(7, offset: 8)), (wide(3, 9, 0), .variable(9)),
      (wide(4, 1, 0), .code(slot: 2)), (wide(5, 3, 0), .mapByIndex(3)),
      (wide(6, 3, 4), .mapValueByIndex(3, offset: 4)),
    ]
    for (slots, expected) in cases {
      let program = try Program(slots: slots + tail)
      #expect(program.instructions[0].operation == .loadWide(.r1, expected))
    }
    #expect(reason(wide(7, 0, 0) + tail) == .wideImmediateKind)
    #expect(reason(wide(1, 0, 1) + tail) == .reservedImmediate)
    #expect(reason([wide(0, 0, 0)[0]]) == .missingSecondSlot)
    for bad in [S(opcode: 1), S(opcode: 0, destination: 1), S(opcode: 0, source: 1), S(opcode: 0, offset: 1)] {
      #expect(reason([wide(0, 0, 0)[0], bad] + tail) == .badSecondSlot)
    }
  }

  @Test func flowStaysInsideTheProgram() {
    typealias S = EncodedSlot
    let wide = [S(opcode: 0x18), S(opcode: 0)]
    let exit = S(opcode: 0x95)
    #expect(reason([S(opcode: 0x05, offset: 1)] + wide + [exit]) == .targetInsideWide)
    #expect(reason([S(opcode: 0x06, immediate: 1)] + wide + [exit]) == .targetInsideWide)
    #expect(reason([S(opcode: 0x85, source: 1, immediate: 1)] + wide + [exit]) == .targetInsideWide)
    #expect(reason([S(opcode: 0x15, offset: 1)] + wide + [exit]) == .targetInsideWide)
    #expect(reason([S(opcode: 0x05, offset: 1), exit]) == .targetOutside)
    #expect(reason([S(opcode: 0x05, offset: -2), exit]) == .targetOutside)
    #expect(reason([S(opcode: 0x06, immediate: .max), exit]) == .targetOutside)
    #expect(reason([S(opcode: 0x85, source: 1, immediate: .min), exit]) == .targetOutside)
    #expect(reason([S(opcode: 0xb7)]) == .fallsThrough)
    #expect(reason([exit, S(opcode: 0x15, offset: -2)]) == .fallsThrough)
    #expect(reason([exit, S(opcode: 0x05, offset: -2)]) == nil)
    #expect(reason(wide) == .fallsThrough)
  }

  @Test func sizeIsBounded() throws {
    #expect(reason([]) == .emptyProgram)
    #expect(throws: DecodingError(slot: 1, reason: .partialSlot)) { try Program(bytes: Array(repeating: 0, count: 15)) }
    let million = Array(repeating: EncodedSlot(opcode: 0xb7), count: 999_999) + [EncodedSlot(opcode: 0x95)]
    #expect(try Program(slots: million).slotCount == 1_000_000)
    let tooMany = Array(repeating: EncodedSlot(opcode: 0x95), count: Program.maximumSlotCount + 1)
    #expect(reason(tooMany) == .tooManySlots)
  }

  @Test func anErrorNamesTheInstruction() {
    let slots = [EncodedSlot(opcode: 0xb7), EncodedSlot(opcode: 0xff), EncodedSlot(opcode: 0x95)]
    do {
      _ = try Program(slots: slots)
      Issue.record("accepted")
    } catch { #expect(error.description == "instruction 1: unknown opcode") }
  }

  @Test func randomBytesNeverTrap() {
    var generator = SeededGenerator(seed: 42)
    var accepted = 0
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...64, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if (try? Program(bytes: bytes)) != nil { accepted += 1 }
    }
    print("random bytes: seed 42, 20000 programs, \(accepted) accepted")
  }
}
