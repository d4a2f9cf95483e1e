import Foundation
import Testing

@testable import Scenarios

/// The examples of RFC 6901, section 5.
private let rfcDocument = """
  {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\\\j": 5, "k\\"l": 6, " ": 7, "m~n": 8}
  """

private func changed(_ document: String, _ changes: [String]) throws -> String {
  let tree = try JSONParser.parse(Array(document.utf8))
  return try ScenarioChange.apply(changes.map { try ScenarioChange($0) }, to: tree, file: "s.json").text
}

@Suite struct ScenarioChangeTests {
  @Test(arguments: [
    ("/foo", "[\"bar\", \"baz\"]"), ("/foo/0", "\"bar\""), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
    ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
  ])
  func theExamplesOfTheStandardLeadWhereItSays(pointer: String, value: String) throws {
    let plain = try JSONParser.parse(Array(rfcDocument.utf8)).text
    let result = try changed(rfcDocument, ["\(pointer)=999"])
    // Only the value that the standard names is another one.
    let expected = try #require(plain.range(of: ": \(value)") ?? plain.range(of: value))
    let kept = plain[expected].hasPrefix(": ") ? ": 999" : "999"
    #expect(result == plain.replacingCharacters(in: expected, with: kept))
  }

  @Test func theEmptyPointerIsTheWhole() throws {
    #expect(try changed("{\"a\": 1}", ["={\"b\":2}"]) == "{\"b\": 2}")
  }

  @Test(arguments: [
    ("/a=7", "{\"a\": 7}"), ("/a=text", "{\"a\": \"text\"}"), ("/a=\"7\"", "{\"a\": \"7\"}"), ("/a=", "{\"a\": \"\"}"),
    ("/a=2s", "{\"a\": \"2s\"}"), ("/a=true", "{\"a\": true}"), ("/a=null", "{\"a\": null}"),
    ("/a=-", "{\"a\": \"-\"}"), ("/a=x=y", "{\"a\": \"x=y\"}"), ("/a=[1, 2]", "{\"a\": [1, 2]}"),
    ("/a=ä\u{1}", "{\"a\": \"ä\\u0001\"}"), ("/a/b/c=1", "{\"a\": {\"b\": {\"c\": 1}}}"),
  ])
  func aValueIsJSONOrText(change: String, result: String) throws {
    #expect(try changed("{}", [change]) == result)
  }

  @Test func listsAreChangedAndGrow() throws {
    #expect(try changed("{\"l\": [1, 2]}", ["/l/1=3", "/l/-=4", "/l/-/k=5"]) == "{\"l\": [1, 3, 4, {\"k\": 5}]}")
  }

  @Test(arguments: [
    ("machine/memoryMiB=1", "starts with \"/\"", "did you mean \"/machine/memoryMiB\"?"),
    ("$.script[0].within=1", "starts with \"/\"", "did you mean \"/script/0/within\"?"),
    ("/a", "there is no \"=\"", "write POINTER=VALUE"), ("/a~2=1", "neither 0 nor 1", "\"~0\" for \"~\""),
    ("/a~=1", "neither 0 nor 1", "\"~1\" for \"/\""), ("/a={\"b\":", "the value is not JSON", "mend"),
    ("/a=[1,]", "at character 4", "mend"),
  ])
  func aBadChangeIsRefused(change: String, problem: String, remedy: String) {
    #expect {
      _ = try ScenarioChange(change)
    } throws: { error in
      let error = error as? JSONPointer.SyntaxError
      return error?.problem.contains(problem) == true && error?.remedy.contains(remedy) == true
    }
  }

  @Test(arguments: [
    ("/name/x=1", "--set /name/x: $.name is a string, which has no \"x\"; set $.name as a whole"),
    ("/l/2=1", "--set /l/2: $.l has 2 elements, none with number 2; give 0 to 1, or \"-\" to add one"),
    ("/l/01=1", "--set /l/01: $.l is a list, which has no \"01\"; give 0 to 1, or \"-\" to add one"),
    ("/l/x/y=1", "--set /l/x/y: $.l is a list, which has no \"x\"; give 0 to 1, or \"-\" to add one"),
    ("/e/0=1", "--set /e/0: $.e has 0 elements, none with number 0; \"-\" to add one"),
    ("/l/99999999999999999999=1", "--set /l/99999999999999999999: $.l has 2 elements"),
  ])
  func aPlaceThatIsNotThereIsToldWithWhatIs(change: String, message: String) {
    #expect {
      _ = try changed("{\"name\": \"n\", \"l\": [1, 2], \"e\": []}", [change])
    } throws: {
      (($0 as? ScenarioProblems)?.description ?? "").hasPrefix("s.json: \(message)")
    }
  }

  @Test func whatIsTooDeepToReadAgainIsRefused() {
    let pointer = String(repeating: "/a", count: JSONParser.depthMax + 1)
    #expect {
      _ = try changed("{}", ["\(pointer)=1"])
    } throws: {
      "\($0)".contains("levels of nesting")
    }
  }
}
