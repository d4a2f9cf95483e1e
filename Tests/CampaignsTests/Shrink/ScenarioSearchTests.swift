import SeededRandom
import Testing

@testable import Campaigns
@testable import Scenarios

/// The search on models of runs: what a scenario does is said by a function of its JSON.
@Suite struct ScenarioSearchTests {
  private func tree(_ text: String) throws -> JSONNode { try JSONParser.parse(Array(text.utf8)).withoutPositions }

  private func failed(_ result: RunResult) -> CandidateVerdict {
    ObservedFailure(result).map { .failed($0) } ?? .passed
  }

  private func original(_ verdict: CandidateVerdict) throws -> ObservedFailure {
    guard case .failed(let failure) = verdict else { throw ScenarioShrinking.NoFailure() }
    return failure
  }

  private static let escape = result(.escaped, "it", evidence: evidence(.stores, "count is written"))
  private static let crash = result(.crashed, "panic", evidence: evidence(.availability, "panic: 3"))

  private static let large = """
    {"seed": 77, "guest": {"design": "uio-mpk", "commandLine": "a b c"}, "faults": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
     "script": [{"send": "ls"}, {"expect": "> "}, {"wait": "1500ms"}, {"send": "run x.o with words"}, {"expect": "> "}],
     "share": {"extensions": ["a.o", "x.o", "b.o"], "files": {"a": "1\\n2", "b": "3"}},
     "expect": {"events": [{"kind": "halt"}], "outcome": "completed"}}
    """

  /// Faults 4 and 9 together make the extension escape, if it is there and somebody runs it.
  private func escapes(_ tree: JSONNode) -> Bool {
    let text = tree.text
    guard let faults = tree["faults"]?.children.map(\.text), faults.contains("4"), faults.contains("9") else {
      return false
    }
    return text.contains("\"x.o\"") && text.contains("\"run x.o")
  }

  @Test func whatIsNeededStaysAndNothingElse() throws {
    let whole = try tree(Self.large)
    var asked: [String: Int] = [:]
    let search = ScenarioSearch(whole, failure: try original(failed(Self.escape))) { [self] tree in
      asked[tree.text, default: 0] += 1
      return escapes(tree) ? failed(Self.escape) : .passed
    }
    #expect(try search.run() == nil)
    #expect(
      search.best.text
        == #"{"faults": [4, 9], "script": [{"send": "run x.o"}], "share": {"extensions": ["x.o"]}}"#)
    #expect(asked.values.allSatisfy { $0 == 1 } && asked.count == search.counts.runs)
    #expect(search.others.isEmpty && search.counts.refused == 0)
  }

  @Test func anotherFailureIsKeptAndNeverTaken() throws {
    let whole = try tree(Self.large)
    let search = ScenarioSearch(whole, failure: try original(failed(Self.escape))) { [self] tree in
      let faults = tree["faults"]?.children.map(\.text) ?? []
      // Without the third fault a fifth one crashes the guest; it is nearer, and another failure.
      if faults.contains("5"), !faults.contains("3") { return failed(Self.crash) }
      return escapes(tree) ? failed(Self.escape) : .passed
    }
    #expect(try search.run() == nil)
    #expect(search.best["faults"]?.text == "[4, 9]")
    #expect(search.bestFailure.outcome == .escaped)
    let other = try #require(search.others.values.first)
    #expect(search.others.count == 1 && other.failure.outcome == .crashed)
    #expect(other.tree["faults"]?.children.map(\.text).contains("5") == true)
  }

  /// Of each cause the smallest scenario that was met is kept.
  @Test func ofOtherFailuresTheSmallestIsKept() throws {
    let whole = try tree(#"{"faults": [1, 2, 3, 4, 5, 6, 7, 8]}"#)
    var crashing: [String] = []
    let search = ScenarioSearch(whole, failure: try original(failed(Self.escape))) { [self] tree in
      let faults = tree["faults"]?.children.map(\.text) ?? []
      if faults.contains("8") { return failed(Self.escape) }
      if faults.isEmpty { return .passed }
      crashing.append(tree.text)
      return failed(Self.crash)
    }
    _ = try search.run()
    #expect(search.best.text == #"{"faults": [8]}"#)
    let smallest = crashing.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    #expect(crashing.count > 1 && search.others.values.map(\.text) == [smallest ?? ""])
  }

  /// "Nothing came" is true of an empty scenario too. The faults have to be what keeps it away.
  @Test func aFailureForWantOfSomethingNeedsItsFaults() throws {
    let whole = try tree(#"{"faults": [1, 2, 3], "script": [{"send": "run x.o"}, {"expect": "Hello"}]}"#)
    func run(_ tree: JSONNode) -> RunResult {
      let isSent = tree.text.contains("run x.o")
      let isBroken = tree["faults"]?.children.contains { $0.text == "2" } == true
      let shows = isSent && !isBroken
      let expects = tree.text.contains("Hello")
      return result(.completed, unmet: expects && !shows ? [.init("no Hello", subject: "script: Hello")] : [])
    }
    let search = ScenarioSearch(whole, failure: try original(failed(run(whole)))) { [self] in failed(run($0)) }
    _ = try search.run()
    #expect(search.best.text == #"{"faults": [2], "script": [{"send": "run x.o"}, {"expect": "Hello"}]}"#)
  }

  /// Every guest that does not end by itself is hung at last, if nobody ends its script.
  @Test func aHangIsNotFoundWithoutAScript() throws {
    let whole = try tree(#"{"script": [{"wait": "1ms"}, {"send": "loop"}], "guest": {"design": "none"}}"#)
    let search = ScenarioSearch(whole, failure: try original(failed(result(.hung, "budget")))) { [self] tree in
      let steps = tree["script"]?.children ?? []
      return steps.isEmpty || tree.text.contains("loop") ? failed(result(.hung, "budget")) : .passed
    }
    _ = try search.run()
    #expect(search.best.text == #"{"script": [{"send": "loop"}]}"# && search.others.isEmpty)
  }

  @Test func aLimitEndsTheSearchWithTheSmallestSoFar() throws {
    let whole = try tree(Self.large)
    var sizes: [Int] = []
    for limit in [1, 5, 20, 60] {
      let search = ScenarioSearch(whole, failure: try original(failed(Self.escape)), runsMax: limit) { [self] tree in
        escapes(tree) ? failed(Self.escape) : .passed
      }
      #expect(try search.run() == .runs(limit))
      #expect(search.counts.runs == limit && escapes(search.best))
      sizes.append(search.best.text.utf8.count)
    }
    #expect(sizes == sizes.sorted(by: >) && sizes[3] < sizes[0])
    var count = 0
    let search = ScenarioSearch(whole, failure: try original(failed(Self.escape))) { [self] tree in
      count += 1
      if count > 30 { throw SearchEnd.time }
      return escapes(tree) ? failed(Self.escape) : .passed
    }
    #expect(try search.run() == .time)
    #expect(escapes(search.best))
  }

  @Test func aFaultAtAnInstructionIsFreedFromWhatComesBefore() throws {
    let whole = try tree(
      #"{"faults": [{"when": {"instruction": 900, "while": "extension"}, "what": {"nmi": {}}}], "script": [1, 2, 3]}"#)
    let failure = try #require(ObservedFailure(Self.escape, injections: [0: 0x101000, 7: 0x2000]))
    let search = ScenarioSearch(whole, failure: failure) { tree in
      let steps = tree["script"]?.children.map(\.text) ?? []
      // By its number the instruction is there only while all steps are.
      let isThere = tree.text.contains("0x101000") || tree.text.contains("900") && steps.count == 3
      return tree.text.contains("nmi") && isThere && steps.contains("3") ? .failed(failure) : .passed
    }
    _ = try search.run()
    #expect(
      search.best["faults"]?.text == #"[{"when": {"address": "0x101000"}, "what": {"nmi": {}}}]"#
        && search.best["script"]?.text == "[3]", "\(search.best.text)")
  }

  // MARK: Values

  /// A scenario whose only value fails as long as something holds for it.
  struct ValueCase: Sendable, CustomTestStringConvertible {
    var before: String
    var after: String
    var holds: @Sendable (JSONNode) -> Bool
    var testDescription: String { before }

    init(_ before: String, _ after: String, _ holds: @escaping @Sendable (JSONNode) -> Bool) {
      (self.before, self.after, self.holds) = (before, after, holds)
    }

    /// - Parameter kind: of a fault.
    init(fault kind: String, _ before: String, _ after: String, _ holds: @escaping @Sendable (JSONNode) -> Bool) {
      func scenario(_ value: String) -> String { #"{"faults": [{"what": {"\#(kind)": {\#(value)}}}]}"# }
      self.init(scenario(before), scenario(after), holds)
    }
  }

  private static let long = String(repeating: "x", count: 60)
  private static let values = [
    ValueCase(#"{"seed": 900}"#, #"{"seed": 5}"#) { unsignedInteger($0)! >= 5 },
    ValueCase(#"{"seed": "0x900"}"#, #"{"seed": "0x5"}"#) { unsignedInteger($0)! >= 5 },
    ValueCase(#"{"machine": {"memoryMiB": 900}}"#, #"{"machine": {"memoryMiB": 8}}"#) { _ in true },
    ValueCase(#"{"script": [{"wait": "1500ms"}]}"#, #"{"script": [{"wait": "5ms"}]}"#) {
      UInt64($0.word.dropLast(2))! >= 5
    },
    ValueCase(#"{"script": [{"send": "run x.o with many words"}]}"#, #"{"script": [{"send": "run many"}]}"#) {
      $0.word.contains("run") && $0.word.contains("many")
    },
    ValueCase(#"{"script": [{"send": "run \#(long)"}]}"#, #"{"script": [{"send": "xxxxx"}]}"#) {
      $0.word.count(where: { $0 == "x" }) >= 5
    },
    // What is awaited, limits and moments are left alone.
    ValueCase(#"{"script": [{"expect": "a b"}]}"#, #"{"script": [{"expect": "a b"}]}"#) { _ in true },
    ValueCase(#"{"budget": {"time": "9s"}}"#, #"{"budget": {"time": "9s"}}"#) { _ in true },
    ValueCase(#"{"faults": [{"when": {"time": "9s"}}]}"#, #"{"faults": [{"when": {"time": "9s"}}]}"#) { _ in true },
    ValueCase(#"{"share": {"files": {"a": "one\ntwo\nmany xyz\nfour"}}}"#, #"{"share": {"files": {"a": "ny"}}}"#) {
      $0.word.contains("ny")
    },
    ValueCase(fault: "pkru", #""flip": "0xffff""#, #""flip": "0x28""#) { unsignedInteger($0)! & 0x28 == 0x28 },
    ValueCase(fault: "pkru", #""set": 255"#, #""set": 8"#) { unsignedInteger($0)! & 8 != 0 },
    ValueCase(fault: "pkru", #""for": 10000"#, #""for": 5"#) { unsignedInteger($0)! >= 5 },
    ValueCase(fault: "interrupt", #""delay": "20ms""#, #""delay": "0ms""#) { _ in true },
    ValueCase(fault: "memory", #""flip": "ff ff ff ff""#, #""flip": "00 08""#) {
      $0.word.count > 4 && UInt8($0.word.dropFirst(3).prefix(2), radix: 16)! & 8 != 0
    },
    ValueCase(fault: "memory", #""bytes": "abcdef01""#, #""bytes": "abcd""#) { $0.word.hasPrefix("abcd") },
  ]

  @Test(arguments: values) func valuesGetSmaller(value: ValueCase) throws {
    func leaf(_ node: JSONNode) -> JSONNode? {
      if case .array = node.value { return node.children.first.flatMap(leaf) }
      if case .object = node.value { return node.children.first.flatMap(leaf) }
      return node
    }
    let search = ScenarioSearch(try tree(value.before), failure: try original(failed(Self.escape))) { [self] tree in
      leaf(tree).map { value.holds($0) } == true ? failed(Self.escape) : .passed
    }
    #expect(try search.run() == nil)
    #expect(search.best.text == value.after)
  }

  /// Whatever makes a scenario fail: of the result no part can be taken away, at any level.
  @Test func noPartOfTheResultCanBeTakenAway() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<60 {
      let whole = randomTree(&generator, depth: 0)
      let salt = UInt64.random(in: 0...UInt64.max, using: &generator)
      let start = whole.text
      func fails(_ tree: JSONNode) -> Bool {
        let text = tree.text
        return text == start || text.utf8.reduce(salt) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 20 & 3 == 0
      }
      let search = ScenarioSearch(whole, failure: try original(failed(Self.escape))) { [self] tree in
        fails(tree) ? failed(Self.escape) : .passed
      }
      #expect(try search.run() == nil)
      for (path, index) in parts(of: search.best) {
        var smaller = search.best
        smaller[path] = smaller[path].keeping(smaller[path].children.indices.filter { $0 != index })
        #expect(!fails(smaller), "\(search.best.text): \(path) \(index)")
      }
    }
  }

  private func randomTree(_ generator: inout SeededGenerator, depth: Int) -> JSONNode {
    let kind = depth == 0 ? 0 : Int.random(in: 0...(depth < 3 ? 3 : 1), using: &generator)
    let count = Int.random(in: depth == 0 ? 2...5 : 0...4, using: &generator)
    switch kind {
    case 0, 2:
      if kind == 0, depth >= 3 { return JSONNode(value: .boolean(true)) }
      let members = (0..<count).map { JSONNode.Member(key: "k\($0)", value: randomTree(&generator, depth: depth + 1)) }
      return JSONNode(value: .object(members))
    case 1 where depth >= 3: return JSONNode(value: .number("\(Int.random(in: 0...9, using: &generator))"))
    default: return JSONNode(value: .array((0..<count).map { _ in randomTree(&generator, depth: depth + 1) }))
    }
  }

  /// Each child of each list and object.
  private func parts(of node: JSONNode, at path: NodePath = []) -> [(path: NodePath, index: Int)] {
    node.children.enumerated().flatMap { index, child in [(path, index)] + parts(of: child, at: path + [index]) }
  }
}

extension JSONNode {
  fileprivate var word: String { if case .string(let text) = value { text } else { "" } }
}
