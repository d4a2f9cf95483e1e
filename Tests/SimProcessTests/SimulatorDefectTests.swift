#if DEBUG
  import Foundation
  import Testing

  /// A run in which the library gives up (on purpose: debug builds plant it) ends with everything that is known by then.
  @Suite(.enabled(if: canRun)) final class SimulatorDefectTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "defects \(UUID().uuidString)")
    private static let serialPort = "3f8"

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    private func place(_ name: String) -> String { folder.appending(path: name).path }
    private var names: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    private func sim(_ arguments: [String], failure kind: String) throws -> Answer {
      var environment = ProcessInfo.processInfo.environment
      environment["SEAMS_PLANTED_FAILURE"] = "\(kind):port:\(Self.serialPort)"
      return try SimProcessTests.sim(arguments, environment: environment)
    }

    @Test(arguments: [
      ("abort", "it aborted"), ("exit", "it wanted to end the process"), ("assert", "an assertion failed"),
      ("fault", "(SIGSEGV)"),
    ])
    func theEventsSoFarAreWrittenAndTheExitCodeIs70(kind: String, words: String) throws {
      let answer = try sim(["run", "scenarios/hello.json", "--events", place("e.jsonl")], failure: kind)
      #expect(answer.status == 70, "\(answer.output)\(answer.error)")
      #expect(
        answer.output.contains("simulator-defect: libunicorn: ") && answer.output.contains(words), "\(answer.output)")
      #expect(!answer.error.contains("planted"), "\(answer.error)")
      #expect(names == ["e.jsonl"])
      let events = try String(contentsOf: folder.appending(path: "e.jsonl"), encoding: .utf8).split(separator: "\n")
      let last = try #require(events.last)
      #expect(last.contains("\"outcome\":\"simulator-defect\""), "\(last)")
      // OUT DX, AL, wherever the image has it.
      #expect(last.contains("the guest is at 0x") && last.contains("the bytes there are ee "), "\(last)")
      #expect(events.contains { $0.contains("controlRegisterWrite") })
    }

    @Test func theTraceIsWholeAndShowsTheDefect() throws {
      let answer = try sim(["record", "scenarios/hello.json", "-o", place("d.trace")], failure: "abort")
      #expect(answer.status == 70, "\(answer.output)\(answer.error)")
      #expect(names == ["d.trace"])
      let shown = try SimProcessTests.sim(["inspect", place("d.trace"), "--events"])
      #expect(shown.status == 0 && shown.output.contains("simulator-defect"), "\(shown.output)\(shown.error)")
    }
  }
#endif
