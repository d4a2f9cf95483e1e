import Foundation
import Testing

/// `SIM_CHECK=1` has what must hold checked on the way, and changes nothing that a run shows.
@Suite(.enabled(if: canRun)) struct InvariantCheckTests {
  @Test(arguments: ["hello", "ls-cat", "rogue-write"]) func theChecksChangeNoResult(name: String) throws {
    let arguments = ["run", "scenarios/\(name).json", "--format", "json"]
    var environment = ProcessInfo.processInfo.environment
    environment["SIM_CHECK"] = nil
    let plain = try sim(arguments, environment: environment)
    environment["SIM_CHECK"] = "1"
    let checked = try sim(arguments, environment: environment)
    #expect(plain.status == 0 && checked.status == 0, "\(checked.error)")
    #expect(plain.output == checked.output && !plain.output.isEmpty)
  }
}
