import Foundation
import TestSupport
import Testing

@testable import EBPFEngine

/// Random programs, most of which end in a fault, translated and interpreted. (`DifferentialTests` compares both with the
/// reference.)
@Suite(.enabled(if: ExecutablePages.areAvailable)) struct NativeDifferentialTests {
  /// `NATIVE_PROGRAMS` asks for more programs, `NATIVE_SEED` for others.
  private static func setting(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
  }

  #if DEBUG
    static let standardCount = 10_000
  #else
    static let standardCount = 50_000
  #endif

  /// With real addresses, numbers that programs make of addresses differ from run to run: what fails is printed.
  @Test(arguments: [false, true])
  func checkedCodeDoesWhatTheInterpreterDoes(hasRealAddresses: Bool) throws {
    let count = Self.setting("NATIVE_PROGRAMS", Self.standardCount)
    let seed = UInt64(Self.setting("NATIVE_SEED", 20_260_301))
    var programs = ProgramGenerator(generator: SeededGenerator(seed: seed))
    let space = hasRealAddresses ? AddressSpace.ofRealAddresses() : AddressSpace()
    let context = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 8)
    defer { context.deallocate() }
    let start = try #require(context.baseAddress)
    let base = hasRealAddresses ? UInt64(UInt(bitPattern: start)) : TestRun.contextBase
    _ = try space.addRegion(start, size: 64, base: base, rights: .readWrite)
    let pages = try #require(ExecutablePages(size: 1 << 16))
    let arguments = HelperArguments(r1: base, r2: 64)
    var helpers = TestHelpers()
    var ends: [String: Int] = [:]
    var executed: UInt64 = 0
    for number in 0..<count {
      let program = programs.program(length: number % 60 + 4)
      let executable = try Executable(program)
      let budget = UInt64.random(in: 0...600, using: &programs.generator)
      let bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &programs.generator) }
      #expect(pages.makeWritable())
      let native = try NativeProgram(checking: executable, in: space, code: pages.buffer)
      #expect(pages.makeExecutable())
      context.copyBytes(from: bytes)
      let interpreted = Interpreter.run(
        executable, in: space, arguments: arguments, budget: budget, helpers: &helpers)
      let after = [UInt8](context)
      context.copyBytes(from: bytes)
      let result = native.run(arguments: arguments, budget: budget, helpers: &helpers) {
        TestHelpers.serve($0, $1, $2, $3, $4, $5)
      }
      guard result == interpreted && [UInt8](context) == after else {
        Issue.record("seed \(seed), program \(number): \(result), not \(interpreted)\n\(program.text)")
        return
      }
      executed += result.instructionCount
      ends[Self.name(result.outcome), default: 0] += 1
    }
    let text = ends.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let addresses = hasRealAddresses ? "real" : "translated"
    print(
      "native differential: \(addresses) addresses, seed \(seed), \(count) programs, \(executed) instructions; \(text)")
    #expect(ends.count == 6)
  }

  private static func name(_ outcome: RunResult.Outcome) -> String {
    switch outcome {
    case .returned: "returned"
    case .fault(let fault):
      switch fault.kind {
      case .read: "read fault"
      case .write: "write fault"
      case .budgetExhausted: "budget"
      case .callDepth: "depth"
      case .helper: "helper"
      case .addressSpaceInUse: "in use"
      }
    }
  }
}
