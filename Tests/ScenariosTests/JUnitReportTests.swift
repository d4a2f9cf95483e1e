import Foundation
import FoundationXML
import Scenarios
import Testing

/// What a parser that is not ours makes of a report: each element with its attributes and text.
private final class ReportReader: NSObject, XMLParserDelegate {
  var elements: [(name: String, attributes: [String: String], text: String)] = []
  private var open: [Int] = []

  static func read(_ text: String) throws -> ReportReader {
    let reader = ReportReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    return reader
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(elements.count)
    elements.append((name, attributes, ""))
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { elements[last].text += text }
  }

  func all(_ name: String) -> [(name: String, attributes: [String: String], text: String)] {
    elements.filter { $0.name == name }
  }
}

@Suite struct JUnitReportTests {
  @Test func eachScenarioIsACaseWithItsReason() throws {
    let report = JUnitReport([
      .init(name: "a", file: "f/a.json", seconds: 1.0625, verdict: .passed, output: "serial | 0\nvirtio | > "),
      .init(name: "b", file: "b.json", seconds: 0.5, verdict: .failed(outcome: "hung", failures: ["one", "two"])),
      .init(name: "c", file: "c.json", seconds: 0, verdict: .error(kind: "input", message: "x\ny")),
      .init(name: "d", file: "d.json", seconds: 0, verdict: .skipped("a schema")),
    ])
    let read = try ReportReader.read(report.text)
    let suite = try #require(read.all("testsuite").first?.attributes)
    #expect(suite["tests"] == "4" && suite["failures"] == "1" && suite["errors"] == "1" && suite["skipped"] == "1")
    #expect(suite["time"] == "1.562")
    #expect(read.all("testcase").map { $0.attributes["name"] } == ["a", "b", "c", "d"])
    #expect(read.all("testcase")[0].attributes["file"] == "f/a.json")
    #expect(read.all("testcase")[0].attributes["time"] == "1.062")
    #expect(read.all("system-out").map(\.text) == ["serial | 0\nvirtio | > "])
    #expect(read.all("failure").map(\.text) == ["one\ntwo"])
    #expect(read.all("failure")[0].attributes == ["message": "one", "type": "hung"])
    #expect(read.all("error")[0].attributes == ["message": "x", "type": "input"])
    #expect(read.all("skipped").count == 1)
  }

  @Test func whateverAGuestSaysTheReportStaysXML() throws {
    var hostile = "<&>\"']]>\u{fffe}\u{ffff}\u{10ffff}\t\r\u{7f}\u{9b}é"
    for code in UInt8(0)..<32 { hostile.unicodeScalars.append(Unicode.Scalar(code)) }
    let report = JUnitReport([
      .init(
        name: hostile, file: hostile, seconds: 0, verdict: .failed(outcome: hostile, failures: [hostile]),
        output: hostile)
    ])
    let read = try ReportReader.read(report.text)
    let shown = try #require(read.all("testcase")[0].attributes["name"])
    #expect(shown.hasPrefix("<&>\"']]>\\ufffe\\uffff\u{10ffff}\t\\u000d\\u007f\\u009bé\\u0000\\u0001"), "\(shown)")
    #expect(shown.contains("\t\n\\u000b"), "an attribute keeps its ends of lines")
    #expect(read.all("system-out")[0].text == shown)
  }
}
