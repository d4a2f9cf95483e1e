import Foundation
import OutputFiles
import SimKVM
import Testing

@testable import Equivalence

private let record = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../\(UserKeyRun.recordPath)").standardized.path

/// Protection keys in user mode as a real processor decides: recorded, so that every host checks them.
struct UserKeyTests {
  @Test func theRecordedProcessorDecidesAsTheModelDoes() throws {
    let run = try UserKeyRun.recorded(path: record)
    print("\(run.voice): \(run.equalCount) of \(run.results.count)")
    #expect(run.results.count == UserKeyTrial.all.count)
    #expect(run.disagreements == [])
  }

  @Test func theSimulatorDecidesAsTheRecordedProcessorDid() throws {
    let recorded = try UserKeyRun.recorded(path: record)
    let run = try UserKeyRun.simulator(key: recorded.key)
    #expect(run.disagreements == [])
    for (name, result) in run.results { #expect(recorded.results[name] == result, "\(name)") }
  }

  @Test func thisHostsProcessorStillDecidesSo() throws {
    let run: UserKeyRun
    do { run = try UserKeyRun.host() } catch { return print("not run: \(error.problem)") }
    #expect(run.disagreements == [])
  }

  @Test func oneWrongDecisionIsFound() throws {
    var run = try UserKeyRun.recorded(path: record)
    run.results["write rw- AD=0 WD=1 AC=0"] = "#PF(0x7)"
    #expect(run.disagreements.count == 1)
    #expect(run.disagreements[0].contains("#PF(0x7), by the manual #PF(0x27)"))
  }

  @Test(arguments: [
    "", "key: 1\n", "FIRST\nkey: 0\n", "FIRST\nkey: 1\n", "FIRST\nkey: 1\nread everything: allowed\n", "FIRST\nx\n",
  ])
  func aRecordThatIsNoneIsRefused(text: String) throws {
    let first = try String(contentsOfFile: record, encoding: .utf8).split(separator: "\n")[0]
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.replacing("FIRST", with: first).utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: OutputError.self) { try UserKeyRun.recorded(path: path) }
  }

  @Test func whetherGuestsHaveKeysIsAskedOfKVM() {
    #expect(HostDescription().hasProtectionKeys == ((try? KVMHost())?.hasProtectionKeys ?? true))
  }
}
