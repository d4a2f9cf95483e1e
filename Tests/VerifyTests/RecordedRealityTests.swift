import Engines
import Foundation
import Scenarios
import SimEvents
import Testing
import Traces

@testable import Equivalence

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../traces/real")
  .standardized

private let recorded: [String] = {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return names.filter { $0.hasSuffix(".trace") }.sorted()
}()

struct RecordedRealityTests {
  @Test func realRunsWereRecordedOnSeveralEngines() throws {
    let engines = Set(try recorded.map { try RealRun(path: folder.appending(path: $0).path).description.engine })
    #expect(engines.isSuperset(of: ["kvm", "qemu-tcg"]))
  }

  @Test(arguments: recorded) func theSimulatorStillAgreesWithARealRun(name: String) throws {
    let run = try RealRun(path: folder.appending(path: name).path)
    let report = VerifyReport(scenario: name, results: [try run.check()])
    #expect(report.agreements.count == 1)
    #expect(!report.disagrees, "\(report.text())")
    let rows = report.agreements[0].rows.filter { $0.notShown == nil }
    print("\(name): \(rows.map(\.itemCount).reduce(0, +)) items in \(rows.count) categories equal")
  }

  /// Records a run whose exception has another error code, as if real hardware had said so.
  @Test(.enabled(if: imagesAreBuilt)) func aDifferentErrorCodeIsFoundInARecord() throws {
    let inputs = try inputs("rogue-write")
    var run = try EngineRun(inputs, on: SimulatedMachineMaker.simulator(), keepsEvents: true)
    for (index, event) in run.events.enumerated() {
      if case .exception(14, 0x23, let pointer, let address) = event.payload {
        run.events[index].payload = .exception(
          vector: 14, errorCode: 0x3, instructionPointer: pointer, address: address)
      }
    }
    let place = FileManager.default.temporaryDirectory.appending(path: "real-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let host = HostDescription(processor: "none", kernel: "none", kvmModule: "", hasProtectionKeys: true)
    let path = try RealRun.record(run, of: inputs, on: .qemuTCG, host: host, protectionKeys: true, to: place.path)
    let agreement = try #require(
      VerifyReport(scenario: "", results: [try RealRun(path: path).check()]).agreements.first)
    #expect(agreement.disagreements.map(\.category) == [.exceptions])
    #expect(agreement.disagreements.first?.engine?.contains("error code 0x3,") == true)
  }

  @Test(arguments: ["", "{}", "[]", "{\"engine\":\"toaster\"}", "\u{0}"])
  func aDescriptionThatMakesNoSenseIsRefused(text: String) {
    #expect(throws: RealRunError.self) { _ = try RealRunDescription(Array(text.utf8)) }
  }

  @Test func aTraceOfTheSimulatorIsNoRealRun() {
    let path = folder.appending(path: "../hello.trace").path
    #expect(throws: RealRunError.self) { _ = try RealRun(path: path) }
  }
}
