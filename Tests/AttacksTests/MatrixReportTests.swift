import Attacks
import Foundation
import FoundationXML
import Scenarios
import Testing

@Suite(.enabled(if: canRun)) struct MatrixReportTests {
  /// Those whose objects are not built apart.
  private static let designs: [Attack.Design] = [.none, .uioMPK, .ebpf, .ebpfVerified]

  private func matrix(title: String) throws -> AttackMatrix {
    let corpus = try TestCorpus()
    let quoted = JSONText.string(title).text
    let header = TestCorpus.header.replacing("\"title\": \"t\"", with: "\"title\": \(quoted)")
    try corpus.add("own", header: header, object: TestCorpus.attack, control: TestCorpus.control)
    try corpus.add("honest", object: TestCorpus.honest, control: TestCorpus.honest)
    return try AttackMatrix.run([], of: corpus.read(), under: Self.designs, products: corpus.products)
  }

  @Test func theTableCountsNativeRefusalsApart() throws {
    let matrix = try matrix(title: "A store")
    let lines = matrix.tableLines
    #expect(lines[0].split(separator: " ").map(String.init) == Self.designs.map(\.rawValue))
    #expect(lines.contains("  own               escaped  escaped  refused (native)  refused (native)"))
    #expect(lines.contains("  honest            error    error    refused (native)  refused (native)"))
    #expect(lines.contains("  refused (native)  -        -        2                 2"))
    #expect(lines.contains("  error             1        1        -                 -"))
    #expect(!lines.contains { $0.hasPrefix("  refused  ") })
    #expect(matrix.count(.refused, under: .ebpf) == 0 && matrix.countRefusedAsNative(under: .ebpf) == 2)
  }

  @Test func theObjectHasWhatTheTableHas() throws {
    let matrix = try matrix(title: "A store")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(matrix.json.text.utf8)) as? [String: Any])
    #expect(object["passed"] as? Bool == false)
    let attacks = try #require(object["attacks"] as? [[String: Any]])
    let own = try #require(attacks.first { $0["name"] as? String == "own" })
    let cells = try #require(own["cells"] as? [[String: Any]])
    #expect(cells.map { $0["outcome"] as? String } == ["escaped", "escaped", "refused", "refused"])
    let evidence = try #require(cells[1]["evidence"] as? [String: Any])
    #expect(evidence["rule"] as? String == "I1" && evidence["kind"] as? String == "pkruWrite")
    #expect(evidence["actor"] as? String == "extension own.o")
    #expect((cells[1]["control"] as? [String: Any])?["outcome"] as? String == "contained")
    let honest = try #require(attacks.first { $0["name"] as? String == "honest" })
    #expect((honest["cells"] as? [[String: Any]])?[0]["outcome"] == nil)
  }

  /// Nothing that the corpus says becomes a part of the page.
  @Test(arguments: [
    "A store", "<script>alert(1)</script>", "\" onmouseover=\"x", "{{title}}", "\u{202e}abc", "a\u{301}\"b",
  ])
  func thePageIsWellFormed(title: String) throws {
    let page = try matrix(title: title).html
    let document = try XMLDocument(xmlString: page, options: [])
    func texts(_ path: String) throws -> [String] { try document.nodes(forXPath: path).map { $0.stringValue ?? "" } }
    let shown = JSONText.string(title).text.dropFirst().dropLast()
    #expect(try texts("//article/p[1]").contains { $0 == title || shown.contains("\\u") })
    #expect(try texts("//tbody/tr/td/a").filter { $0 == "escaped" }.count == 2)
    // Each cell leads to its evidence.
    let targets = Set(try texts("//*/@id"))
    for link in try texts("//a/@href") {
      #expect(link.hasPrefix("#") && targets.contains(String(link.dropFirst())), "\(link)")
    }
    for name in ["script", "link", "img", "iframe"] { #expect(try texts("//\(name)").isEmpty) }
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
  }

  @Test func theReportForIntegrationTellsErrorsFromFailures() throws {
    let document = try XMLDocument(xmlString: try matrix(title: "t").junit.text, options: [])
    #expect(try document.nodes(forXPath: "//testcase").count == 8)
    #expect(try document.nodes(forXPath: "//error").count == 2)
    #expect(try document.nodes(forXPath: "//failure").isEmpty)
  }
}
