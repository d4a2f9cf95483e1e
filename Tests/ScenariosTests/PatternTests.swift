import Testing

@testable import Scenarios

/// Where the first match ends (in bytes), or nil.
private func end(of pattern: Pattern, in text: String) -> Int? {
  var matcher = PatternMatcher(pattern)
  if matcher.isMatched { return 0 }
  for (index, byte) in text.utf8.enumerated() where matcher.feed(byte) { return index + 1 }
  return matcher.finish() ? text.utf8.count : nil
}

@Test(arguments: [
  ("abc", "xxabcxx", 5), ("a.c", "a\nc abc", 7), ("ab*c", "ac", 2), ("ab+c", "ac abbc", 7), ("ab?c", "abbc ac", 7),
  ("a{3}", "aabaaa", 6), ("a{2,}b", "ab aaab", 7), ("x{1,2}y", "xxxy", 4), ("(ab|cd)+e", "abcde", 5),
  ("(?:a|)b", "b", 1), ("[a-c]+\\d", "zcab7", 5), ("[^0-9]x", "1x2xyx", 6), ("[]-]", "a-", 2), ("\\x41\\.", "A.", 2),
  ("^two$", "one\ntwo\nthree", 8), ("^two$", "two", 3), ("\\w+ \\s", "ab  ", 4),
  ("count: [0-9]+ -> 100", "count: 7 -> 100", 15),
  ("(a*)*b", "aaab", 4), ("\\(\\)", "f()", 3), ("ä", "xä", 3),
])
func patternsMatchWhereTheyShould(pattern: String, text: String, expected: Int) throws {
  #expect(end(of: try Pattern(pattern), in: text) == expected)
}

@Test(arguments: [("a$b", "a\nb"), ("^b", "ab"), ("a{3}", "aa"), ("[^a]", "aaa"), ("\\d", "no digits")])
func patternsDoNotMatchElsewhere(pattern: String, text: String) throws {
  #expect(end(of: try Pattern(pattern), in: text) == nil)
}

@Test(arguments: [
  "(", ")", "a)", "[", "[a", "[z-a]", "*", "+a", "a{", "a{2", "a{3,2}", "a{1001}", "\\", "\\q", "\\x4", "\\xzz",
  "a**b(",
])
func malformedPatternsAreRefused(pattern: String) {
  #expect(throws: PatternError.self) { try Pattern(pattern) }
}

@Test func hugePatternsAreRefused() {
  #expect(throws: PatternError.self) { try Pattern("((a{100}){100}){100}") }
  #expect(throws: PatternError.self) { try Pattern(String(repeating: "(", count: 100_000)) }
}

@Test func aPatternThatMakesBacktrackersExplodeTakesLinearTime() throws {
  let pattern = try Pattern("(a|a)*(a|aa)*(a*)*b")
  #expect(end(of: pattern, in: String(repeating: "a", count: 20_000)) == nil)
}
