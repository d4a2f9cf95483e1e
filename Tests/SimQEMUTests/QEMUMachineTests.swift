import Foundation
import Scenarios
import SimEvents
import SimQEMU
import Testing

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
private let products = BuildProducts(folder: root.appending(path: ".build"))

/// Whether QEMU and the guest are there.
private let canRun: Bool = {
  guard QEMUProgram.url != nil else {
    print("nothing runs on QEMU: \(QEMUProgram.name) is missing (Debian's package \(QEMUProgram.package))")
    return false
  }
  guard FileManager.default.fileExists(atPath: products.images.appending(path: "uio-ushellmpk.elf").path) else {
    print("nothing runs on QEMU: the guest's images have not been built (./test does it)")
    return false
  }
  return true
}()

private final class Collector: EventSink {
  var payloads: [EventPayload] = []
  func record(_ event: Event) { payloads.append(event.payload) }
}

private func run(_ scenario: String) throws -> (result: RunResult, events: [EventPayload]) {
  let file = FileManager.default.temporaryDirectory.appending(path: "on-qemu-\(UUID().uuidString).json")
  defer { try? FileManager.default.removeItem(at: file) }
  try scenario.write(to: file, atomically: true, encoding: .utf8)
  let run = try ScenarioRun(
    ScenarioFile(path: file.path), products: products, seed: nil, on: QEMUMachineMaker(usesKVM: false))
  let collector = Collector()
  let result = try run.run(observers: [collector])
  return (result, collector.payloads)
}

@Suite(.serialized, .enabled(if: canRun)) struct QEMUMachineTests {
  @Test func faultsInTheMachineAreTheSimulators() {
    #expect {
      try run(#"{"faults": [{"when": {"start": true}, "what": {"nmi": {}}}]}"#)
    } throws: {
      "\($0)".contains("only the simulator can inject the fault \"nmi\"; use the engine unicorn")
    }
  }

  @Test(arguments: ["hello", "rogue-write"]) func aShippedScenarioPasses(name: String) throws {
    let path = root.appending(path: "scenarios/\(name).json").path
    let file = try ScenarioFile(path: path)
    let result = try ScenarioRun(file, products: products, seed: nil, on: QEMUMachineMaker(usesKVM: false)).run()
    #expect(result.failures.isEmpty)
    #expect(result.engine == .qemuTCG)
  }

  /// What a socket has no room for, QEMU's console drops; the guest must be able to print faster than we read.
  @Test func nothingThatTheGuestPrintsIsLost() throws {
    let path = root.appending(path: "scenarios/ls-cat.json").path
    let result = try ScenarioRun(
      ScenarioFile(path: path), products: products, seed: nil, on: QEMUMachineMaker(usesKVM: false)
    ).run()
    let numbered = result.console.filter { $0.text.contains("abcdefghijklmnopqrstuvwxyz") }
    #expect(numbered.count == 600)
    #expect(result.failures.isEmpty)
  }

  @Test func theGuestsOwnEndIsSeenWithItsExitCode() throws {
    let (result, events) = try run(
      """
      {"guest": {"variant": "ushellmpk", "design": "uio-mpk"},
       "script": [{"expect": "> "}, {"send": "poweroff"}, {"waitForEvent": {"kind": "debugExit"}}],
       "expect": {"outcome": "completed", "exitCode": 0}}
      """)
    #expect(result.failures.isEmpty)
    #expect(events.contains(.debugExit(value: 0)))
    #expect(events.contains(.guest(name: "machine", detail: "poweroff")))
  }

  @Test func nothingIsLeftBehind() throws {
    let temporary = FileManager.default.temporaryDirectory
    let before = Set(try FileManager.default.contentsOfDirectory(atPath: temporary.path))
    _ = try run(#"{"guest": {"variant": "noshell"}, "script": [{"expect": "0", "console": "serial"}]}"#)
    // Those of other tests' machines go as well, when they end.
    func left() throws -> Set<String> {
      let after = Set(try FileManager.default.contentsOfDirectory(atPath: temporary.path))
      return after.subtracting(before).filter { $0.hasPrefix("sim-qemu-") }
    }
    var remaining = try left()
    for _ in 0..<600 where !remaining.isEmpty {
      usleep(100_000)
      remaining.formIntersection(try left())
    }
    #expect(remaining == [])
  }

  @Test func whatItCanNotDoItRefuses() {
    let scenarios = [
      #"{"guest": {"variant": "ushellmpk"}, "script": [{"waitForSymbol": "set_count"}]}"#,
      #"{"guest": {"variant": "ushellmpk"}, "machine": {"bootProtocol": "linux64"}}"#,
    ]
    for scenario in scenarios {
      #expect(throws: ScenarioProblems.self) { _ = try run(scenario) }
    }
  }
}
