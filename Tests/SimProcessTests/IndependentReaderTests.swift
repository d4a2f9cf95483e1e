import Foundation
import SimCPU
import SimEvents
import Testing

/// docs/trace-format.md is enough to write a reader from: one in Python, which takes the kinds from the document's own
/// table, sees the same events.
@Suite(.enabled(if: canRun)) struct IndependentReaderTests {
  private static let python = URL(fileURLWithPath: "/usr/bin/env")

  private func read(_ trace: String, document: String = "docs/trace-format.md") throws -> Answer {
    try sim(["python3", "Tests/Scripts/read_trace.py", document, trace], program: Self.python)
  }

  private func events(_ lines: String) throws -> [NSDictionary] {
    try lines.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let event = try #require(object as? [String: Any])
      return event.filter { $0.key != "symbol" } as NSDictionary
    }
  }

  private static let traces =
    ((try? FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: "traces").path)) ?? []).filter { $0.hasSuffix(".trace") }.sorted()

  @Test func itSeesTheEventsOfEveryGoldenTrace() throws {
    #expect(Self.traces.count > 10)
    var count = 0
    for name in Self.traces {
      let ours = try sim(["inspect", "traces/\(name)", "--events", "--format", "json"])
      let theirs = try read("traces/\(name)")
      #expect(ours.status == 0 && theirs.status == 0, "\(name): \(ours.error)\(theirs.error)")
      let (expected, got) = (try events(ours.output), try events(theirs.output))
      #expect(expected == got, "\(name)")
      count += got.count
    }
    print("\(Self.traces.count) traces, \(count) events")
  }

  @Test func theDocumentNamesEveryKindThatThereIs() throws {
    let rows = try String(contentsOf: root.appending(path: "docs/trace-format.md"), encoding: .utf8)
      .split(separator: "\n").compactMap { line -> String? in
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard cells.count == 3, UInt8(cells[0]) != nil, cells[1].hasPrefix("`") else { return nil }
        return "\(cells[0]) \(cells[1].filter { $0 != "`" })"
      }
    #expect(rows == EventKind.allCases.map { "\($0.rawValue) \($0.name)" })
  }

  @Test func theDocumentCountsTheRegistersThatThereAre() throws {
    let text = try String(contentsOf: root.appending(path: "docs/trace-format.md"), encoding: .utf8)
    #expect(text.contains("of the \(RegisterFile.names.count) register words"))
  }

  @Test func aTraceThatIsCutIsRefused() throws {
    let cut = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).trace")
    defer { try? FileManager.default.removeItem(at: cut) }
    try Data(contentsOf: root.appending(path: "traces/hello.trace")).dropLast(100).write(to: cut)
    #expect(try read(cut.path).status != 0)
  }
}
