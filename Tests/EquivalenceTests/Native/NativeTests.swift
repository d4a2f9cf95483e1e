import CSilicon
import Foundation
import OutputFiles
import Scenarios
import SimKVM
import Testing

@testable import Equivalence

private let seed: UInt64 = 20_261

/// So many programs are compared with the host's own processor; PROGRAMS in the environment asks for more.
private let count: UInt64 = ProcessInfo.processInfo.environment["PROGRAMS"].flatMap { UInt64($0) } ?? 2_000

private let whyNotSilicon: String? = {
  do throws(MachineRefusal) {
    _ = try SiliconHost()
    return nil
  } catch { return "\(error.problem)" }
}()

private func usesSilicon() -> Bool {
  if let whyNotSilicon { print("not run: \(whyNotSilicon)") }
  return whyNotSilicon == nil
}

/// The child's pages are at fixed addresses, and each test has its own child: all may run side by side.
@Suite(.enabled("programs run on the host's own processor") { usesSilicon() }) struct NativeTests {
  @Test func generatedProgramsEndAlikeOnTheHostsProcessor() throws {
    let report = try NativeCheck().run(seed: seed, limit: .init(programs: count))
    print(report.text())
    #expect(report.passed)
    #expect(report.programs == count)
    #expect(report.instructions > count * 100)
    #expect(report.exceptions > count / 10)
    #expect(report.notCompared < report.runs / 1000)
  }

  @Test func everyHundredthFormIsAlikeOnTheHostsProcessor() throws {
    let report = try NativeCheck().runForms(step: 101, offset: 7)
    print(report.text())
    #expect(report.passed)
    #expect(report.compared > 2_000)
    #expect(report.refused > 200)
  }

  @Test func aSeedAlwaysGivesTheSamePrograms() {
    let features = NativeFeatures(rawValue: .max)
    let families = NativeFamily.all(Set(NativeFamily.Group.allCases), features: features)
    func programs(_ seed: UInt64) -> [NativeProgram] {
      (0..<20).map { NativeCheck.program(seed: seed, index: $0, families: families, features: features) }
    }
    #expect(programs(5) == programs(5))
    #expect(programs(5) != programs(6))
  }

  @Test func aPlantedErrorInAFlagIsFoundAndShrunk() throws {
    let check = try NativeCheck(groups: [.integer]) { program, outcome in
      if program.groups.contains(where: { $0.name == "adc" }) { outcome.state.rflags ^= 1 }
    }
    try expectFound(check, "rflags")
  }

  @Test func aPlantedErrorInARoundingIsFoundAndShrunk() throws {
    // ADDPS to XMM… rounds up in its last bit where MXCSR asks for the nearest.
    let check = try NativeCheck(groups: [.vector]) { program, outcome in
      let adds = program.groups.contains { $0.name == "SSE arithmetic" && $0.code.contains(0x58) }
      let mode = NativeComparison.number(outcome.state.fx, 24, 4) >> 13 & 3
      if adds, mode == 0 { withUnsafeMutableBytes(of: &outcome.state.fx) { $0[160] ^= 1 } }
    }
    try expectFound(check, "xmm0")
  }

  @Test func aPlantedErrorInAKeyDecisionIsFoundAndShrunk() throws {
    guard try SiliconHost().hasProtectionKeys else { return print("not run: this host gives programs no keys") }
    let check = try NativeCheck(groups: [.system]) { _, outcome in
      if outcome.end.vector == 14 { outcome.end.error_code &= ~0x20 }
    }
    try expectFound(check, "error code")
  }

  private func expectFound(_ check: NativeCheck, _ sign: String) throws {
    let report = try check.run(seed: seed, limit: .init(programs: 300))
    let first = try #require(report.disagreements.first)
    print("found in program \(first.index), shrunk to \(first.program.listing): \(first.items)")
    #expect(first.program.groups.count <= 3)
    #expect(first.items.contains { $0.hasPrefix(sign) })
  }

  @Test func aDisagreementIsFiledAndShowsItselfAgain() throws {
    let check = try NativeCheck(groups: [.integer]) { program, outcome in
      if program.groups.contains(where: { $0.name == "adc" }) { outcome.state.rflags ^= 1 }
    }
    let first = try #require(check.run(seed: seed, limit: .init(programs: 100)).disagreements.first)
    let folder = FileManager.default.temporaryDirectory.appending(path: "native-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try NativeFile(seed: seed, first).write(into: folder)
    #expect(try NativeFile.program(path: path).page == first.program.page)
    #expect(try check.differs(file: path) != nil)
    #expect(try NativeCheck().differs(file: path) == nil)
  }

  @Test func aProgramThatHangsOrCallsTheKernelIsPassedOver() throws {
    let host = try SiliconHost()
    let start = NativeStart(
      registers: [UInt64](repeating: 0, count: 16), flags: 0, pkru: 0, fx: NativeStart.plainFX)
    // jmp to itself; kill(getpid(), SIGKILL); nop.
    let codes: [[UInt8]] = [
      [0xeb, 0xfe], [0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0x89, 0xc7, 0xbe, 9, 0, 0, 0, 0xb8, 62, 0, 0, 0, 0x0f, 0x05],
      [0x90],
    ]
    for (index, code) in codes.enumerated() {
      let program = NativeProgram(memorySeed: 0, groups: [.init(code: code, name: "")], starts: [start])
      host.setProgram(index, program.page)
      host.setCase(index, start.silicon, program: index, memory: 0)
    }
    try host.run(3)
    #expect((0..<3).map { Int(host.outcome($0).end.vector) } == [SILICON_HUNG, SILICON_CALLED, 3])
    #expect(host.restarts == 0)
  }
}

@Suite struct NativeFileTests {
  @Test(arguments: [
    "", "{}", #"{"kind":"x"}"#,
    #"{"kind":"uio-native-program","seed":1,"index":1,"memorySeed":1,"groups":[],"starts":[],"differences":[]}"#,
    #"{"kind":"uio-native-program","seed":1,"index":1,"memorySeed":1,"groups":[{"code":"9x","name":""}],"starts":[{"registers":[],"flags":2,"pkru":0,"fx":[]}],"differences":[]}"#,
    #"{"kind":"uio-native-program","seed":1,"index":1,"memorySeed":1,"groups":[{"code":"90","name":"","relative":[9,9,9]}],"starts":[{"registers":[],"flags":2,"pkru":0,"fx":[]}],"differences":[]}"#,
  ])
  func aFileThatIsNoProgramIsRefused(text: String) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).native.json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: OutputError.self) { try NativeFile.program(path: path) }
  }

  @Test func everyDifferenceHasAReason() {
    for difference in NativeDifference.allCases { #expect(difference.reason.count > 20) }
  }

  @Test func whatIsForgivenHasLimits() {
    #expect(InstructionForm([0x0f, 0x53, 0xc1]).tolerance(cl: 0) == .approximation)
    #expect(InstructionForm([0x0f, 0x51, 0xc1]).tolerance(cl: 0) == .none)
    #expect(InstructionForm([0xd9, 0xfe]).tolerance(cl: 0) == .transcendental)
    #expect(InstructionForm([0x66, 0x0f, 0x3a, 0x40, 0xc1, 0xff]).tolerance(cl: 0) == .dotProduct)
    #expect(InstructionForm([0x66, 0x0f, 0xa5, 0xc1]).tolerance(cl: 17) == .undefinedResult)
    #expect(InstructionForm([0x66, 0x0f, 0xa5, 0xc1]).tolerance(cl: 16) == .none)
    func outcome(_ lane: Float) -> NativeOutcome {
      var outcome = NativeOutcome(state: silicon_state(), end: silicon_end())
      withUnsafeMutableBytes(of: &outcome.state.fx) { $0.storeBytes(of: lane, toByteOffset: 160, as: Float.self) }
      return outcome
    }
    var (near, far) = (outcome(1.0003), outcome(1.001))
    #expect(NativeTolerance.approximation.forgive(outcome(1), &near))
    #expect(!NativeTolerance.approximation.forgive(outcome(1), &far))
  }
}
