import EBPFEngine
import Foundation
import TestSupport
import Testing

@testable import BPFFuzz

/// The checks of the libFuzzer targets, on a few drawn inputs each time; Scripts/fuzz draws by coverage, and for longer.
@Suite struct FuzzCheckTests {
  static let seed: UInt64 = 0xf0_22

  private static let sources = [
    "mov %r0, 0\nexit",
    "ldxdw %r6, [%r1+8]\nstxdw [%r10-8], %r6\nmov %r1, 7\ncall 6\nldxdw %r0, [%r10-8]\nexit",
    "stw [%r10-4], 1\nlddw %r1, map_index 0\nmov %r2, %r10\nadd %r2, -4\ncall 16\njeq %r0, 0, exit\nldxdw %r0, [%r0]\nexit",
    "mov %r0, 0\nl: add %r0, 1\njlt %r0, 9, l\nexit",
    "lddw %r1, map_index_value 3, 0\ncall 7\nmov %r0, 0\nexit",
    "mov %r1, 5\ncall local f\nexit\nf: mov %r0, %r1\nlock fetch_add [%r10-8], %r0\nexit",
    "call 9\nexit",
    "l: may_goto +1\nja l\nmov %r0, 0\nexit",
    "stdw [%r10-8], 3\nldacqdw %r0, [%r10-8]\nstrelw [%r10-8], %r0\nexit",
    """
    mov %r6, 0
    l: may_goto +4
    add %r6, 3
    ldxb %r2, [%r1]
    jgt %r2, 100, +1
    ja l
    mov %r0, %r6
    exit
    """,
    """
    stdw [%r10-8], 0
    mov %r1, 10
    lddw %r2, code f
    mov %r3, %r10
    add %r3, -8
    mov %r4, 0
    call 181
    ldxdw %r0, [%r10-8]
    exit
    f: ldxdw %r3, [%r2]
    add %r3, %r1
    stxdw [%r2], %r3
    mov %r0, 0
    exit
    """,
    """
    lddw %r1, map_index 1
    lddw %r2, code f
    mov %r3, %r1
    mov %r3, 0
    mov %r4, 0
    call 164
    exit
    f: ldxw %r0, [%r2]
    stxdw [%r3], %r0
    and %r0, 1
    exit
    """,
    """
    lddw %r1, map_index 4
    mov %r2, 24
    mov %r3, 0
    call 131
    jeq %r0, 0, exit
    stdw [%r0+16], 7
    mov %r1, %r0
    mov %r2, 0
    call 132
    mov %r0, 0
    exit
    """,
    """
    stdw [%r10-8], 9
    lddw %r1, map_index 5
    mov %r2, %r10
    add %r2, -8
    mov %r3, 2
    call 87
    lddw %r1, map_index 5
    mov %r2, %r10
    add %r2, -16
    call 88
    ldxdw %r0, [%r10-16]
    exit
    """,
    """
    stw [%r10-4], 1
    lddw %r1, map_index 9
    mov %r2, %r10
    add %r2, -4
    call 16
    jeq %r0, 0, exit
    mov %r1, %r0
    mov %r2, %r10
    add %r2, -4
    call 16
    jeq %r0, 0, exit
    ldxdw %r0, [%r0]
    exit
    """,
    """
    lddw %r1, 0x0302010000000010
    stxdw [%r10-8], %r1
    stdw [%r10-16], 5
    lddw %r1, map_index 8
    mov %r2, %r10
    add %r2, -8
    mov %r3, %r10
    add %r3, -16
    mov %r4, 0
    call 17
    stw [%r10-8], 32
    lddw %r1, map_index 8
    mov %r2, %r10
    add %r2, -8
    call 16
    jeq %r0, 0, exit
    ldxdw %r0, [%r0]
    exit
    """,
  ]

  private static func count(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
  }

  @Test func mutatedProgramsKeepEveryPromise() throws {
    let count = Self.count("FUZZ_PROGRAMS", 4000)
    var generator = SeededGenerator(seed: Self.seed)
    var pool = try Self.sources.map { try Assembler.assemble(Array($0.utf8)).bytes }
    var counts = [0, 0, 0]
    for _ in 0..<count {
      let parent = pool[Int.random(in: 0..<pool.count, using: &generator)]
      let bytes = ProgramMutator.mutate(parent, maximumSize: 512, using: &generator)
      do throws(Violation) {
        switch try ProgramCheck.check(bytes) {
        case .notAProgram: counts[0] += 1
        case .refused: counts[1] += 1
        case .accepted:
          counts[2] += 1
          if pool.count < 500 { pool.append(bytes) }
        }
      } catch { Issue.record("seed \(Self.seed): \(error)") }
    }
    print("fuzz: seed \(Self.seed), \(counts[0]) no programs, \(counts[1]) refused, \(counts[2]) accepted")
    #expect(counts.allSatisfy { $0 > count / 50 })
  }

  @Test func mutatedObjectsKeepEveryPromise() throws {
    guard let bytes = FileManager.default.contents(atPath: ".build/extensions/hello.bpf.o") else {
      return print("not run: Scripts/build-extensions has not made hello.bpf.o")
    }
    var generator = SeededGenerator(seed: Self.seed)
    var counts = [0, 0, 0]
    for _ in 0..<Self.count("FUZZ_OBJECTS", 1000) {
      var copy = [UInt8](bytes)
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<copy.count, using: &generator)
        copy[place] = Bool.random(using: &generator) ? 0xff : UInt8.random(in: 0...255, using: &generator)
      }
      do throws(Violation) {
        switch try ObjectCheck.check(copy) {
        case .notAProgram: counts[0] += 1
        case .refused: counts[1] += 1
        case .accepted: counts[2] += 1
        }
      } catch { Issue.record("seed \(Self.seed): \(error)") }
    }
    print("fuzz: seed \(Self.seed), objects: \(counts[0]) unreadable, \(counts[1]) refused, \(counts[2]) accepted")
  }

  /// Every field of every header, symbol and relocation tells the lies that matter most.
  @Test(arguments: ["hello", "null-value"]) func objectsInWhichOneFieldLies(name: String) throws {
    guard let data = FileManager.default.contents(atPath: ".build/extensions/\(name).bpf.o") else {
      return print("not run: Scripts/build-extensions has not made \(name).bpf.o")
    }
    let bytes = [UInt8](data)
    func number(_ offset: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
    // ELF gABI: offset and size of the fields of file header, section header, symbol, relocation.
    let header =
      [(16, 2), (18, 2), (20, 4), (24, 8), (32, 8), (40, 8), (48, 4), (52, 2), (54, 2), (56, 2), (58, 2)] + [
        (60, 2), (62, 2),
      ]
    let section = [(0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8)]
    let symbol = [(0, 4), (4, 1), (5, 1), (6, 2), (8, 8), (16, 8)]
    let relocation = [(0, 8), (8, 4), (12, 4)]
    var fields = header
    let table = number(40, 8)
    for index in 0..<number(60, 2) {
      let start = table + 64 * index
      fields += section.map { (start + $0.0, $0.1) }
      let (type, place, size) = (number(start + 4, 4), number(start + 24, 8), number(start + 32, 8))
      let (entry, entrySize) = type == 2 ? (symbol, 24) : type == 9 ? (relocation, 16) : ([], 1)
      guard !entry.isEmpty else { continue }
      for offset in stride(from: place, to: place + size, by: entrySize) {
        fields += entry.map { (offset + $0.0, $0.1) }
      }
    }
    var counts = [0, 0, 0]
    for (offset, size) in fields {
      let old = UInt64(truncatingIfNeeded: number(offset, size))
      let top: UInt64 = 1 << UInt64(8 * size - 1)
      for value in [0, 1, old &+ 1, old &- 1, old &+ 8, UInt64(bytes.count), top, top - 1, .max, .max - 7] {
        var copy = bytes
        for index in 0..<size { copy[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
        do throws(Violation) {
          switch try ObjectCheck.check(copy) {
          case .notAProgram: counts[0] += 1
          case .refused: counts[1] += 1
          case .accepted: counts[2] += 1
          }
        } catch { Issue.record("\(size) bytes at \(offset) are \(value): \(error)") }
      }
    }
    print(
      "lying objects: \(name), \(fields.count) fields, \(counts[0]) unreadable, \(counts[1]) refused, \(counts[2]) accepted"
    )
    #expect(counts[0] > 100 && counts[1] + counts[2] > 100)
  }

  /// A verifier that knew a wrong context, or let an address out, would be caught.
  @Test(arguments: [
    ("ldxdw %r0, [%r1+128]\nexit", "accepted, but instruction 0: invalid read of 8 bytes"),
    ("mov %r6, %r1\nldxdw %r1, [%r6+128]\nmov %r0, 0\nexit", "accepted, but instruction 1: invalid read"),
  ])
  func aWrongVerdictIsAViolation(source: String, expected: String) throws {
    let program = try Assembler.assemble(Array(source.utf8))
    var environment = CheckedMachine.environment
    environment.context = [.init(offset: 0, size: 256, rights: .readWrite)]
    do throws(Violation) {
      _ = try ProgramCheck.checkSafety(
        program, environment, seed: [], run: { CheckedMachine.run($0, $1, seed: $2, budget: $3) })
      Issue.record("not noticed")
    } catch { #expect(error.description.contains(expected), "\(error)") }
  }

  @Test func anAddressThatGetsOutIsAViolation() throws {
    let program = try Assembler.assemble(Array("stxdw [%r1+8], %r2\nmov %r0, 0\nexit".utf8))
    do throws(Violation) {
      // The run starts with an address where the verifier expects a number.
      _ = try ProgramCheck.checkSafety(
        program, CheckedMachine.environment, seed: [],
        run: { program, way, seed, budget in
          var trace = CheckedMachine.run(program, way, seed: seed, budget: budget)
          trace?.numbers.append(way.base ?? 0)
          return trace
        })
      Issue.record("not noticed")
    } catch { #expect(error.description.contains("tell where its memory lies"), "\(error)") }
  }
}
