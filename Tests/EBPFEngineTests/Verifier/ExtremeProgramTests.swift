import Testing

@testable import EBPFEngine

/// Programs and maps at the limits of what can be written: judged with bounded work, never a trap.
@Suite struct ExtremeProgramTests {
  private static let exit = EncodedSlot(opcode: 0x95)
  private static let million = 1_000_000

  /// In debug builds the verifier is some thirty times slower.
  private static var limit: Int {
    #if DEBUG
      20_000
    #else
      1_000_000
    #endif
  }

  private static var environment: VerifierEnvironment {
    var environment = VerifierEnvironment.uio()
    environment.limits.instructions = limit
    return environment
  }

  private func reason(_ program: Program, _ environment: VerifierEnvironment = environment) -> Refusal.Reason? {
    do throws(Refusal) {
      _ = try Verifier.verify(program, environment)
      return nil
    } catch { return error.reason }
  }

  private func decodingReason(_ slots: [EncodedSlot]) -> DecodingError.Reason? {
    do throws(DecodingError) {
      _ = try Program(slots: slots)
      return nil
    } catch { return error.reason }
  }

  @Test func noInstructionsAreNoProgram() {
    #expect(decodingReason([]) == .emptyProgram)
    #expect(throws: DecodingError(slot: 0, reason: .emptyProgram)) { try Program(bytes: []) }
  }

  @Test func moreThan1048576SlotsAreRefusedUnseen() {
    #expect(decodingReason([EncodedSlot](repeating: Self.exit, count: (1 << 20) + 1)) == .tooManySlots)
  }

  @Test func aMillionInstructionsInARowAreAcceptedOrTooComplex() throws {
    let move = EncodedSlot(opcode: 0xb7)
    let program = try Program(slots: [EncodedSlot](repeating: move, count: Self.million - 1) + [Self.exit])
    #expect(program.slotCount == Self.million)
    #expect(reason(program) == (Self.limit < Self.million ? .tooComplex(limit: Self.limit) : nil))
    print("a program of \(program.slotCount) slots was judged, limit \(Self.limit) instructions")
  }

  @Test func thirtyThousandBranchesAreTooManyAtATime() throws {
    // Each to the end: all wait at the same time.
    var slots: [EncodedSlot] = []
    for index in 0..<30_000 {
      slots.append(EncodedSlot(opcode: 0x15, destination: 2, offset: Int16(30_000 - index), immediate: Int32(index)))
    }
    slots += [EncodedSlot(opcode: 0xb7), EncodedSlot(opcode: 0xb7), Self.exit]
    var environment = Self.environment
    environment.arguments = [.context, .number(nil)]
    #expect(
      reason(try Program(slots: slots), environment) == .tooManyBranches(limit: environment.limits.pendingBranches))
  }

  @Test func unreachableInstructionsAreNamedAtTheFirst() throws {
    let slots = [EncodedSlot(opcode: 0xb7)] + [EncodedSlot](repeating: Self.exit, count: 10_000)
    let program = try Program(slots: slots)
    do throws(Refusal) {
      _ = try Verifier.verify(program, Self.environment)
      Issue.record("accepted")
    } catch { #expect(error.reason == .unreachable && error.slot == 2) }
  }

  @Test(arguments: [
    ("a jump to itself", "l: ja l"),
    ("a long jump to itself", "l: gotol l"),
    ("two jumps", "a: ja b\nb: ja a"),
    ("a branch that is always taken", "mov %r0, 0\nl: jeq %r0, 0, l\nexit"),
    ("a loop with a helper in it", "l: call 6\nja l"),
    ("a number that goes round", "mov %r0, 0\nl: add %r0, 1\nand %r0, 7\nja l"),
    ("a function that calls itself", "call local f\nexit\nf: call local f\nexit"),
    ("two functions that call each other", "call local f\nexit\nf: call local g\nexit\ng: call local f\nexit"),
  ])
  func endlessProgramsAreRefused(name: String, source: String) throws {
    let reason = reason(try Assembler.assemble(Array(source.utf8)))
    #expect(reason == .infiniteLoop || reason == .tooManyFrames, "\(name): \(String(describing: reason))")
  }

  @Test func aCountThatNoLimitReachesIsTooComplex() throws {
    let source = "mov %r0, 0\nlddw %r2, 0x7fffffffffffffff\nl: add %r0, 1\njlt %r0, %r2, l\nexit"
    #expect(reason(try Assembler.assemble(Array(source.utf8))) == .tooComplex(limit: Self.limit))
  }

  @Test func mapsOfNoBytesAndOfAllBytesCannotBeMade() {
    for size: UInt32 in [0, 1 << 31, .max] {
      for kind in [MapKind.hash, .array] {
        for definition in [
          MapDefinition(kind: kind, keySize: size, valueSize: 8, entryCount: 4),
          MapDefinition(kind: kind, keySize: 4, valueSize: size, entryCount: 4),
          MapDefinition(kind: kind, keySize: 4, valueSize: 8, entryCount: size),
        ] {
          #expect(throws: MapError.badSize) { try Map(definition) }
        }
      }
    }
    for capacity in [Int.min, -1, 0, Int.max] {
      #expect(throws: MapError.badSize) { try PairMap(capacity: capacity) }
    }
  }

  @Test(arguments: [0, 1, 7, 1 << 40, Int.max - 7, Int.max])
  func theVerifierKnowsMapsOfAnySize(size: Int) throws {
    let lookup = "stdw [%r10-8], 0\nlddw %r1, map_index 0\nmov %r2, %r10\nadd %r2, -8\ncall 16\njeq %r0, 0, exit\n"
    func verdict(_ keySize: Int, _ valueSize: Int, _ end: String) throws -> Refusal.Reason? {
      let maps = [VerifierEnvironment.Map(number: 0, keySize: keySize, valueSize: valueSize)]
      return reason(try Assembler.assemble(Array((lookup + end + "\nexit").utf8)), .uio(maps: maps))
    }
    #expect((try verdict(8, size, "ldxdw %r0, [%r0]") == nil) == (size >= 8))
    #expect((try verdict(8, size, "ldxdw %r0, [%r0+32760]") == nil) == (size >= 32768))
    #expect((try verdict(size, 8, "ldxdw %r0, [%r0]") == nil) == (size <= 8))
  }

  @Test func dataSectionsOfNoBytesAndOf2To63BytesAreJudged() throws {
    let source = """
      static volatile long total;
      __attribute__((section("p"))) long f(void) { return total += 1; }
      """
    guard let bytes = try ClangObject.compile([], source: source) else { return }
    func number(_ offset: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
    let table = number(40, 8)
    // .bss: type SHT_NOBITS (8), writable and allocated.
    let header = try #require(
      (0..<number(60, 2)).map { table + 64 * $0 }.first { number($0 + 4, 4) == 8 && number($0 + 8, 8) == 3 })
    func verdict(_ size: UInt64) -> ObjectError.Reason? {
      var copy = bytes
      for index in 0..<8 { copy[header + 32 + index] = UInt8(truncatingIfNeeded: size >> UInt64(8 * index)) }
      do throws(ObjectError) {
        let object = try ProgramObject(bytes: copy)
        #expect(object.maps.count == 1)
        return nil
      } catch { return error.reason }
    }
    #expect(verdict(8) == nil)
    for size: UInt64 in [0, 1 << 31, 1 << 32, 1 << 63, .max] { #expect(verdict(size) != nil, "\(size) bytes") }
  }
}
