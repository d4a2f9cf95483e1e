import Scenarios
import Testing

@testable import Equivalence

@Test(.enabled(if: isKVMUsable)) func theBootIsTheSameInstructionByInstruction() throws {
  let inputs = try RunInputs(shippedScenario("hello"), products: products, seed: nil)
  let report = try ScenarioLockstep(inputs).run()
  print(report.text(name: "hello until the prompt"))
  #expect(report.passed)
  #expect(report.compared > 100_000)
}
