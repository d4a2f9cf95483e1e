import Foundation
import SeededRandom
import Testing

@testable import Scenarios

/// A scenario that is written into another folder names the same files there.
@Suite struct MovedScenarioTests {
  private func tree(_ text: String) throws -> JSONNode { try JSONParser.parse(Array(text.utf8)).withoutPositions }

  private static let scenario = #"""
    {"$schema": "./s.json", "guest": {"image": "../images/a.elf", "initrd": "i", "modules": [{"file": "m/x"}, {"file": "y"}]},
     "machine": {"disk": {"file": "./d.img"}}, "share": {"folder": "shares/x", "files": {"folder": "./a"}}}
    """#

  @Test func allThatItNamesIsSeenFromThere() throws {
    let folder = try TemporaryFolder()
    for name in ["scenarios/deep/a", "out/b/c", "images"] {
      try FileManager.default.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    func moved(_ from: String, _ to: String) throws -> String {
      Scenario.moved(
        try tree(Self.scenario), from: folder.url.appending(path: from), to: folder.url.appending(path: to)
      ).text
    }
    #expect(try moved("scenarios", "scenarios") == tree(Self.scenario).text)
    #expect(
      try moved("scenarios", "out/b") == #"""
        {"$schema": "../../scenarios/s.json", "guest": {"image": "../../images/a.elf", "initrd": "../../scenarios/i", \#
        "modules": [{"file": "../../scenarios/m/x"}, {"file": "../../scenarios/y"}]}, "machine": {"disk": \#
        {"file": "../../scenarios/d.img"}}, "share": {"folder": "../../scenarios/shares/x", "files": {"folder": "./a"}}}
        """#)
    #expect(try moved("scenarios/deep", "scenarios").contains(#""image": "images/a.elf""#))
    #expect(try moved("scenarios", "images").contains(#""image": "../images/a.elf""#))
    #expect(try moved("scenarios", "scenarios/deep").contains(#""initrd": "../i""#))
  }

  /// ".." leads out of the place that a link leads to, not out of the folder that holds the link.
  @Test func linksOnTheWayAreWhatTheyLeadTo() throws {
    let folder = try TemporaryFolder()
    try folder.write("real/inner/x", "here")
    try folder.write("out/y", "")
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "door"), withDestinationURL: folder.url.appending(path: "real/inner"))
    let from = folder.url.appending(path: "door")
    let out = folder.url.appending(path: "out")
    let moved = Scenario.moved(try tree(#"{"share": {"folder": "../inner/x"}}"#), from: from, to: out)
    guard case .string(let path)? = moved["share"]?["folder"]?.value else { return #expect(Bool(false)) }
    #expect(path == "../real/inner/x")
    #expect(try String(contentsOf: out.appending(path: path), encoding: .utf8) == "here")
  }

  @Test func addressesOfTheWebStay() throws {
    let text = #"{"$schema": "https://example.org/s.json"}"#
    let other = FileManager.default.temporaryDirectory
    #expect(Scenario.moved(try tree(text), from: URL(filePath: "/"), to: other).text == text)
  }

  // MARK: Layout

  @Test func whatFitsOnALineStandsOnOne() throws {
    let text = #"{"a": [1, 2], "script": [{"send": "one"}, {"expect": "two"}], "empty": {}, "none": []}"#
    #expect(
      try tree(text).laidOut(width: 40) == """
        {
          "a": [1, 2],
          "script": [
            {"send": "one"},
            {"expect": "two"}
          ],
          "empty": {},
          "none": []
        }

        """)
    #expect(try tree("{}").laidOut() == "{}\n" && tree("7").laidOut() == "7\n")
  }

  @Test func aLayoutIsTheSameValue() throws {
    var generator = SeededGenerator(seed: 3)
    func value(_ depth: Int) -> JSONNode {
      switch Int.random(in: 0...(depth > 3 ? 3 : 6), using: &generator) {
      case 0: return JSONNode(value: .null)
      case 1: return JSONNode(value: .boolean(Bool.random(using: &generator)))
      case 2: return JSONNode(value: .number("\(UInt64.random(in: 0...UInt64.max, using: &generator))"))
      case 3:
        let texts = ["", "a\n\"b\\", "ä😀\u{1b}", "long words here"]
        return JSONNode(value: .string(texts[Int.random(in: 0..<4, using: &generator)]))
      case 4, 5:
        let count = Int.random(in: 0...4, using: &generator)
        return JSONNode(value: .array((0..<count).map { _ in value(depth + 1) }))
      default:
        let count = Int.random(in: 0...4, using: &generator)
        return JSONNode(value: .object((0..<count).map { .init(key: "k\($0)", value: value(depth + 1)) }))
      }
    }
    for _ in 0..<300 {
      let node = value(0)
      let width = Int.random(in: 1...60, using: &generator)
      #expect(try tree(node.laidOut(width: width)) == node)
    }
  }
}
