import Foundation
import Testing

@testable import TerminalText

@Test func nothingThatOperatesTerminalsIsLeft() {
  #expect("run x\u{1b}[2J".terminalText == "run x\\u001b[2J")
  #expect("\r\u{0}\u{7f}\u{9b}".terminalText == "\\u000d\\u0000\\u007f\\u009b")
  #expect("tab\tend\nnext \u{fffd} é 😀".terminalText == "tab\tend\nnext \u{fffd} é 😀")
  #expect("a\r\nb".terminalText == "a\\u000d\nb")
  #expect("a\tb\nc".terminalLine == "a\\u0009b\\u000ac")
}

@Test func whatTurnsTheOrderOfReadingIsWrittenOut() {
  for value in [0x61c, 0x200b, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, 0x2028, 0x2029, 0xfeff] as [UInt32] {
    let scalar = Unicode.Scalar(value)!
    #expect("x\(scalar)y".terminalText == "x\\u\(String(format: "%04x", value))y")
  }
}

/// Foundation's reader of JSON finds the same characters again, so the spelling is JSON's.
@Test func theSpellingIsThatOfJSON() throws {
  var count = 0
  for scalar in (0...0x10ffff as ClosedRange<UInt32>).lazy.compactMap(Unicode.Scalar.init)
  where scalar.operatesTerminals {
    let read = try JSONDecoder().decode([String].self, from: Data("[\"\(scalar.writtenOut)\"]".utf8))
    #expect(read == [String(scalar)])
    count += 1
  }
  // 65 controls, the separators, and Unicode's format characters, of which there are more with each version.
  #expect(count > 65 + 2 + 140 && count < 1000)
}
