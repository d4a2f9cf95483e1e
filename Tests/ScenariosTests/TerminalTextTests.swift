import SimEvents
import Testing

@testable import Scenarios

@Test func controlCharactersAreWrittenOutForPeopleAndExactInJSON() {
  let lines = ConsoleLines(showsInput: true)
  lines.record(
    Event(time: 0, instruction: 0, payload: .consoleOutput(console: .serial, bytes: Array("x\u{1b}[2J\n".utf8))))
  let result = RunResult(
    scenario: "s\u{7}", outcome: .completed, reason: "said \u{1b}c", seed: 0, instructions: 0, virtualTimeNs: 0,
    digest: "", console: lines.text, transcript: lines.text, events: [], unmet: [.init("\u{1b}]0;f")],
    notes: ["\u{8}"])
  let text = result.text { text, _ in "<\(text)>" }
  #expect(text.contains("| x\\u001b[2J\n") && text.contains("<FAILED> s\\u0007: completed: said \\u001bc\n"))
  #expect(text.contains("- \\u001b]0;f\n") && text.contains("note: \\u0008\n"))
  #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
  #expect(result.json.text.contains("x\\u001b[2J"), "\(result.json.text)")
}
