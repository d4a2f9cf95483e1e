import EBPFEngine
import Foundation
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
  ]

  private static func count(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
  }

  @Test func mutatedProgramsKeepEveryPromise() throws {
    let count = Self.count("FUZZ_PROGRAMS", 4000)
    var generator = FuzzGenerator(seed: Self.seed)
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
    guard let bytes = FileManager.default.contents(atPath: ".build/extensions/histogram.bpf.o") else {
      return print("not run: Scripts/build-extensions has not made histogram.bpf.o")
    }
    var generator = FuzzGenerator(seed: Self.seed)
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
        program, environment, seed: [], run: { CheckedMachine.run($0, seed: $1, base: $2, budget: $3) })
      Issue.record("not noticed")
    } catch { #expect(error.description.contains(expected), "\(error)") }
  }

  @Test func anAddressThatGetsOutIsAViolation() throws {
    let program = try Assembler.assemble(Array("stxdw [%r1+8], %r2\nmov %r0, 0\nexit".utf8))
    do throws(Violation) {
      // The run starts with an address where the verifier expects a number.
      _ = try ProgramCheck.checkSafety(
        program, CheckedMachine.environment, seed: [],
        run: { program, seed, base, budget in
          var trace = CheckedMachine.run(program, seed: seed, base: base, budget: budget)
          trace?.numbers.append(base)
          return trace
        })
      Issue.record("not noticed")
    } catch { #expect(error.description.contains("tell where its memory lies"), "\(error)") }
  }
}
