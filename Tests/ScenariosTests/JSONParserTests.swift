import TestSupport
import Testing

@testable import Scenarios

private func parse(_ text: String) throws(JSONSyntaxError) -> JSONNode { try JSONParser.parse(Array(text.utf8)) }

@Test func valuesKeepTheirPlaces() throws {
  let node = try parse("{\n  \"ä\": [1, \"x\\u0041\\ud83d\\ude00\\n\"],\n  \"b\": null}")
  #expect(node["b"]?.position == .init(line: 3, column: 8))
  guard case .array(let elements) = node["ä"]?.value else {
    Issue.record("not a list")
    return
  }
  #expect(elements[0] == .init(value: .number("1"), position: .init(line: 2, column: 9)))
  #expect(elements[1].value == .string("xA😀\n"))
  #expect(elements[1].position == .init(line: 2, column: 12))
}

@Test(arguments: [
  ("", "1:1"), ("{", "1:2"), ("{\"a\": 1,}", "1:9"), ("[1,]", "1:4"), ("{\"a\": 1,\n \"b\": tru}", "2:7"),
  ("{\"a\": 01}", "1:8"), ("{\"a\": 1.}", "1:9"), ("-", "1:2"), ("1e", "1:3"), ("{\"a\": 1} x", "1:10"),
  ("{'a': 1}", "1:2"),
  ("\"\\q\"", "1:3"), ("\"\\ud800\"", "1:8"), ("\"\\ude00\"", "1:8"), ("\"a\nb\"", "1:3"), ("\"abc", "1:1"),
  ("{\"a\": 1,\n\"a\": 2}", "2:1"), ("{\"a\" 1}", "1:6"), ("nul", "1:1"), ("\u{feff}{}", "1:1"), ("// x", "1:1"),
  ("NaN", "1:1"), ("[1 2]", "1:4"),
])
func textThatIsNotJSONIsRefusedWithItsPlace(text: String, place: String) {
  do {
    _ = try parse(text)
    Issue.record("accepted: \(text)")
  } catch {
    #expect(error.position.description == place, "\(error.problem)")
  }
}

@Test func nestingIsLimited() {
  #expect(throws: JSONSyntaxError.self) { try parse(String(repeating: "[", count: 100_000)) }
}

@Test func bytesThatAreNotUTF8AreRefused() {
  #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xff, 0x22]) }
}

@Test func damagedTextNeverTraps() {
  let text = Array("{\"a\": [1, -2.5e3, true, null, \"\\u00e4\\n\"], \"b\": {\"c\": {}}}".utf8)
  var generator = SeededGenerator(seed: 20_260_101)
  var accepted = 0
  for _ in 0..<5_000 {
    var damaged = text
    for _ in 0...Int.random(in: 0..<3, using: &generator) {
      damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
    }
    if (try? JSONParser.parse(Array(damaged.prefix(Int.random(in: 0...text.count, using: &generator))))) != nil {
      accepted += 1
    }
  }
  print("5000 damaged texts, seed 20260101, \(accepted) of them still JSON")
}
