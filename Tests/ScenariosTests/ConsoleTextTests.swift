import SimEvents
import Testing

@testable import Scenarios

private func shown(_ chunks: [(Console, String)], bytesMax: Int = ConsoleText.bytesMax) -> ConsoleText {
  let lines = ConsoleLines(showsInput: false, bytesMax: bytesMax)
  for (console, text) in chunks {
    lines.record(Event(time: 0, instruction: 0, payload: .consoleOutput(console: console, bytes: Array(text.utf8))))
  }
  return lines.text
}

@Test func linesComeInTheOrderOfTheirEnds() {
  let text = shown([(.serial, "a"), (.virtio, "b\n\nc"), (.serial, "d\r\n"), (.virtio, "é\n> ")])
  #expect(
    Array(text) == [
      .init(console: .virtio, text: "b"), .init(console: .virtio, text: ""), .init(console: .serial, text: "ad"),
      .init(console: .virtio, text: "cé"), .init(console: .virtio, text: "> "),
    ])
  #expect(!text.isTruncated)
}

@Test(arguments: [2, 100, 1000]) func whatIsGivenUpIsCounted(bytesMax: Int) {
  let lines = (0..<500).map { "line \($0)" }
  let text = shown(lines.map { (.virtio, $0 + "\n") }, bytesMax: bytesMax)
  let kept = text.map(\.text)
  #expect(kept == lines.suffix(kept.count) && text.isTruncated)
  #expect(text.omittedLines == UInt64(500 - kept.count))
  #expect(text.omittedBytes == UInt64(lines.dropLast(kept.count).reduce(0) { $0 + $1.utf8.count + 1 }))
  #expect(kept.reduce(0) { $0 + $1.utf8.count + 2 } <= 2 * bytesMax)
}

@Test func aLineWithoutEndIsKeptInPartsAndThisIsSaid() {
  let part = String(repeating: "x", count: 1 << 18)
  let text = shown(Array(repeating: (.serial, part), count: 9))
  #expect(text.map(\.text.utf8.count) == [1 << 20, 1 << 20, 1 << 18])
  #expect(text.addedLineEnds == 2 && text.omittedLines == 0 && text.isTruncated)
}

@Test func aResultSaysWhatItDoesNotHold() {
  func result(_ text: ConsoleText) -> RunResult {
    RunResult(
      scenario: "s", outcome: .completed, reason: "", seed: 0, instructions: 0, virtualTimeNs: 0, digest: "",
      console: text, transcript: text, events: [], unmet: [])
  }
  let cut = result(shown([(.virtio, "one\ntwo\nthree\n")], bytesMax: 8))
  #expect(
    cut.json.text.contains(
      "\"console\":\"three\\n\"")
      && cut.json.text.contains("\"consoleTruncated\":{\"omittedLines\":2,\"omittedBytes\":8,\"addedLineEnds\":0}"))
  let first = "  [2 lines (8 bytes) before these are not kept: the limit is 8 bytes]\n"
  #expect(cut.text().hasPrefix(first + "  virtio | three\n"))
  let whole = result(shown([(.virtio, "one\n")]))
  #expect(!whole.json.text.contains("consoleTruncated") && whole.text().hasPrefix("  virtio | one\n"))
}
