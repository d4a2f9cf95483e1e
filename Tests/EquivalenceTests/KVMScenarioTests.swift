import Engines
import Foundation
import Scenarios
import SimKVM
import Testing

@testable import Equivalence

let kvmProblem: String? = {
  do throws(MachineRefusal) {
    _ = try EngineKind.kvm.maker
    return nil
  } catch { return "\(error.problem); \(error.remedy)" }
}()
let isKVMUsable: Bool = {
  if let kvmProblem { print("scenarios on KVM cannot run here: \(kvmProblem)") }
  return kvmProblem == nil
}()

let projectFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()
let products = BuildProducts(folder: projectFolder.appending(path: ".build"))

func shippedScenario(_ name: String) throws -> ScenarioFile {
  try ScenarioFile(path: projectFolder.appending(path: "scenarios/\(name).json").path)
}

private let hasProtectionKeys = (try? KVMHost())?.hasProtectionKeys ?? false

@Test(
  .enabled(if: isKVMUsable),
  arguments: [
    "boot", "hello", "set-count-func", "zero-divide", "stack-overrun", "undefined-symbol", "hello-ring3",
    "set-count-ring3",
    "ring3-rogue-write",
  ])
func aScenarioPassesOnTheHostsProcessor(name: String) throws {
  let run = try ScenarioRun(shippedScenario(name), products: products, seed: nil, on: EngineKind.kvm.maker)
  let result = try run.run()
  #expect(result.failures == [])
  #expect(result.engine == .kvm)
  #expect(result.notes.contains { $0.contains("not deterministic") })
}

@Test(.enabled(if: isKVMUsable && !hasProtectionKeys)) func aScenarioAboutKeysIsRefusedWithoutThem() throws {
  let run = try ScenarioRun(shippedScenario("rogue-write"), products: products, seed: nil, on: EngineKind.kvm.maker)
  let problems = #expect(throws: ScenarioProblems.self) { try run.run() }
  #expect(problems?.description.contains("no protection keys") == true)
}

@Test func faultsInTheEngineAreRefused() throws {
  let text = """
    {"guest": {"variant": "ushell"}, "faults": [{"when": {"instruction": 5}, "what": {"pkru": {"set": 0}}}]}
    """
  let scenario = try Scenario.read(Array(text.utf8), file: "x.json")
  #expect(KVMMachines.refusal(of: scenario, hasProtectionKeys: true)?.problem.contains("only the simulator") == true)
}
