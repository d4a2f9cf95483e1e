import Engines
import Foundation
import SimUnicorn
import Testing

@testable import Campaigns
@testable import Scenarios

/// Real runs: what is found fails when it is run by itself, and each of its parts is needed.
@Suite struct ScenarioShrinkingTests {
  private static let head = #""guest": {"variant": "ushellmpk", "design": "uio-mpk"}"#

  /// Twelve faults; the page-table entry loses a right and the TLB what it holds: only together do they stop the application.
  private static let twoOfTwelve = """
    {\(head), "seed": 77,
     "share": {"extensions": ["hello.o", "args.o"], "files": {"a.txt": "one two", "b.txt": "three"}},
     "faults": [
       {"when": {"symbol": "set_count"}, "what": {"register": {"name": "xmm3.low", "bit": 11}}},
       {"when": {"enter": "extension"}, "what": {"register": {"name": "xmm4.low", "bit": 3}}},
       {"when": {"time": "500ms"}, "what": {"pageTable": {"symbol": "count", "toggle": ["writable", "accessed"]}}},
       {"when": {"time": "200ms"}, "what": {"register": {"name": "dr6", "bit": 1}}},
       {"when": {"time": "200ms"}, "what": {"register": {"name": "cr2", "flip": "0xff00ff"}}},
       {"when": {"time": "300ms"}, "what": {"tlb": {"symbol": "set_count", "holds": "code", "lose": true}}},
       {"when": {"enter": "gate"}, "what": {"register": {"name": "xmm1.high", "flip": "0x10"}}},
       {"when": {"time": "310ms"}, "what": {"clock": {"jump": "1ms"}}},
       {"when": {"time": "500ms"}, "what": {"tlb": {"symbol": "count", "lose": true}}},
       {"when": {"time": "450ms"}, "what": {"register": {"name": "xmm7.low", "bit": 60}}},
       {"when": {"time": "460ms"}, "what": {"register": {"name": "fsw", "bit": 1}}},
       {"when": {"time": "470ms"}, "what": {"register": {"name": "xmm5.low", "bit": 60}}}],
     "script": [{"expect": "> "}, {"send": "ls"}, {"expect": "> "}, {"send": "cat a.txt"}, {"expect": "two"},
       {"expect": "> "}, {"send": "run hello.o"}, {"expect": "Hello"}, {"expect": "> "}, {"wait": "2100ms"},
       {"expect": "2", "console": "serial"}],
     "expect": {"console": {"lacks": ["never"]}, "events": [{"kind": "halt"}]}}
    """

  private func shrink(_ folder: TestFolder, _ text: String, runsMax: Int? = nil) throws -> (
    file: ScenarioFile, shrinking: ScenarioShrinking
  ) {
    try Data(text.utf8).write(to: folder.url.appending(path: "whole.json"))
    let file = try ScenarioFile(path: folder.path("whole.json"))
    return (file, try ScenarioShrinking(file, products: products, runsMax: runsMax, engine: .unicorn))
  }

  private func run(_ file: ScenarioFile) throws -> RunResult {
    try ScenarioRun(
      file, products: products, seed: nil, on: SimulatedMachineMaker(engine: .unicorn, .unicorn)
    ).run()
  }

  @Test func twoFaultsOfTwelveAndWhatTheyNeed() throws {
    let folder = try TestFolder()
    let (file, shrinking) = try shrink(folder, Self.twoOfTwelve)
    #expect(shrinking.original.outcome == .crashed && shrinking.end == nil)
    let smallest = shrinking.smallest
    #expect(smallest.size.faults == 2 && smallest.size.files == 0 && smallest.size.expectations == 0)
    #expect(smallest.size.steps <= 2, "\(smallest.tree.text)")
    #expect(smallest.tree.text.contains(#"["writable"]"#) && smallest.tree.text.contains(#""lose": true"#))

    // What is written fails in the same way.
    try Data(smallest.text(in: nil, from: file.folder).utf8).write(to: folder.url.appending(path: "small.json"))
    let written = try ScenarioFile(path: folder.path("small.json"))
    let again = CandidateRunner(
      try RunInputs(written, products: products, seed: nil), engine: .unicorn, isTimeUp: { false })
    #expect(try again.runOriginal()?.signature == shrinking.original.signature)
    #expect(try run(written).digest == smallest.failure.digest)
    #expect(written.scenario.summary.hasPrefix("Shrunk from whole.json: crashed: "))

    // Each part that is left is needed.
    let runner = CandidateRunner(
      try RunInputs(file, products: products, seed: nil), engine: .unicorn, isTimeUp: { false })
    _ = try runner.runOriginal()
    for (path, index) in parts(of: smallest.tree) {
      var less = smallest.tree
      less[path] = less[path].keeping(less[path].children.indices.filter { $0 != index })
      if case .failed(let failure) = try runner.judge(less) {
        #expect(failure.signature != shrinking.original.signature, "\(less.text)")
      }
    }
  }

  private func parts(of node: JSONNode, at path: NodePath = []) -> [(path: NodePath, index: Int)] {
    node.children.enumerated().flatMap { index, child in [(path, index)] + parts(of: child, at: path + [index]) }
  }

  /// The extension is stopped as the design promises; one fault lets it through, by the number of an instruction.
  @Test func anEscapeIsNotTakenForWhatItIsWithoutTheFault() throws {
    let folder = try TestFolder()
    let (_, shrinking) = try shrink(
      folder,
      """
      {\(Self.head), "share": {"extensions": ["rogue-write.o"]}, "script": [{"expect": "> "}, {"wait": "1500ms"},
       {"send": "run rogue-write.o"}, {"expect": "> "}],
       "faults": [{"when": {"enter": "extension"}, "what": {"pkru": {"set": 0, "for": 10000}}}],
       "expect": {"outcome": "contained"}}
      """)
    #expect(shrinking.original.outcome == .escaped && shrinking.smallest.failure.outcome == .escaped)
    #expect(shrinking.smallest.size.faults == 1 && shrinking.smallest.size.steps == 3)
    #expect(shrinking.smallest.failure.evidence?.rule == .stores)
    #expect(shrinking.others.contains { $0.failure.outcome == .contained || $0.failure.outcome == .detected })
    #expect(!shrinking.others.contains { $0.failure.outcome == .escaped })
    #expect(!shrinking.smallest.tree.text.contains("\"for\""))
  }

  @Test func anExpectationThatDoesNotHoldIsKept() throws {
    let folder = try TestFolder()
    let (_, shrinking) = try shrink(
      folder,
      """
      {\(Self.head), "share": {"extensions": ["hello.o"]},
       "script": [{"expect": "> "}, {"send": "run hello.o"}, {"expect": "returned 0"}, {"wait": "100us"}],
       "expect": {"console": {"contains": ["Hello"], "lacks": ["main", "panic"]}, "events": [{"kind": "halt"}]}}
      """)
    #expect(shrinking.original.signature.unmet == ["a console showed \"main\""])
    #expect(shrinking.smallest.tree["expect"]?.text == #"{"console": {"lacks": ["main"]}}"#)
    #expect(shrinking.smallest.tree.text.contains("run hello.o") && shrinking.smallest.size.files == 1)
  }

  @Test func whatDoesNotFailIsNotMadeSmaller() throws {
    let folder = try TestFolder()
    #expect(throws: ScenarioShrinking.NoFailure.self) {
      try shrink(folder, #"{"script": [{"expect": "> "}], "expect": {"console": {"contains": ["uIO"]}}}"#)
    }
    let problems = #expect(throws: ScenarioProblems.self) {
      try shrink(folder, #"{"faults": [{"when": {"symbol": "no_such"}, "what": {"nmi": {}}}]}"#)
    }
    #expect(problems?.description.contains("no_such") == true)
  }

  /// No file of the host is read that the original did not have read.
  @Test func whatTheOriginalDoesNotNameIsRefused() throws {
    let folder = try TestFolder()
    try FileManager.default.createDirectory(at: folder.url.appending(path: "files"), withIntermediateDirectories: true)
    try Data("here".utf8).write(to: folder.url.appending(path: "files/hello.txt"))
    let text = #"{\#(Self.head), "share": {"folder": "files", "extensions": ["hello.o", "args.o"]}}"#
    try Data(text.utf8).write(to: folder.url.appending(path: "whole.json"))
    let inputs = try RunInputs(ScenarioFile(path: folder.path("whole.json")), products: products, seed: nil)
    func reduced(_ text: String) throws -> RunInputs? {
      inputs.reduced(to: try Scenario.read(Array(text.utf8), file: "x"), text: Array(text.utf8))
    }
    for other in [
      #"{"guest": {"variant": "ushell"}}"#, #"{"guest": {"image": "x"}}"#, #"{"share": {"folder": "."}}"#,
      #"{"share": {"extensions": ["rogue-write.o"]}}"#,
      #"{"machine": {"devices": ["block"], "disk": {"file": "x"}}}"#,
      #"{"machine": {"bootProtocol": "pvh"}, "guest": {"image": "x", "initrd": "y"}}"#,
    ] { #expect(try reduced(other) == nil, "\(other)") }
    func names(_ inputs: RunInputs?) -> [String] {
      (inputs?.shareItems ?? []).compactMap { if case .file(let name, _) = $0 { name } else { nil } }
    }
    #expect(try names(reduced(text)) == ["hello.txt", "hello.o", "args.o"])
    #expect(try names(reduced(#"{"share": {"extensions": ["args.o"]}}"#)) == ["args.o"])
    #expect(try names(reduced(#"{"share": {"folder": "files"}}"#)) == ["hello.txt"])
    #expect(try names(reduced("{}")) == [] && reduced("{}") != nil)
  }

  /// The same search twice, and one that is cut by a number of runs, which leaves a scenario that fails too.
  @Test func theSearchIsTheSameEachTime() throws {
    let folder = try TestFolder()
    let text = Self.twoOfTwelve.replacing("{\"expect\": \"2\", \"console\": \"serial\"}", with: "{\"wait\": \"1ms\"}")
    let one = try shrink(folder, text, runsMax: 25).shrinking
    let other = try shrink(folder, text, runsMax: 25).shrinking
    #expect(one.end == .runs(25) && one.counts == other.counts)
    #expect(one.smallest.tree.text == other.smallest.tree.text)
    #expect(one.others.map(\.tree.text) == other.others.map(\.tree.text))
    #expect(one.smallest.failure.signature == one.original.signature && one.counts.taken > 0)
    #expect(one.smallest.size.bytes < one.originalSize.bytes)
  }
}
