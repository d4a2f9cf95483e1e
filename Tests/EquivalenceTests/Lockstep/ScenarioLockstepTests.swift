import Scenarios
import SimMachine
import Testing

@testable import Equivalence

@Test(.enabled(if: isKVMUsable)) func theBootIsTheSameInstructionByInstruction() throws {
  let inputs = try RunInputs(shippedScenario("hello"), products: products, seed: nil)
  let report = try ScenarioLockstep(inputs).run()
  print(report.text(name: "hello until the prompt"))
  #expect(report.passed)
  #expect(report.compared > 100_000)
}

/// Beside a second simulator, on any host.
private func report(from: Moment = .instruction(0), to: Moment?) throws -> LockstepReport {
  let inputs = try RunInputs(shippedScenario("hello"), products: products, seed: nil)
  return try ScenarioLockstep(inputs, from: from, to: to).run(hasProtectionKeys: true) { size, environment, cpuid in
    try SecondSimulator(size: size, environment: environment, cpuid: cpuid)
  }
}

@Test func aPieceOfABootIsComparedOnAnyHost() throws {
  let report = try report(from: .instruction(1000), to: .instruction(3000))
  #expect(report.passed && report.compared >= 1999 && report.compared <= 2001, "\(report.text(name: ""))")
}

@Test func aRunThatEndsBeforeAPointIsIncompleteAndNotDifferent() throws {
  let report = try report(from: .instruction(1 << 40), to: nil)
  #expect(report.isIncomplete && !report.passed && report.memoryComparisons == 0)
  #expect(report.text(name: "hello").hasPrefix("INCOMPLETE hello"), "\(report.text(name: ""))")
  // What differs before the end explains it.
  var differing = report
  differing.add(.init(instruction: 1, address: 0, bytes: [], items: []))
  #expect(!differing.isIncomplete && differing.text(name: "hello").hasPrefix("DIFFERENT hello"))
}
