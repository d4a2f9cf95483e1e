import Engines
import Foundation
import Scenarios
import Testing

@testable import LineTables
@testable import Profiles

private func lines(_ run: ProfiledRun, _ inputs: RunInputs) -> SourceLines {
  let programs = ProgramObjects(share: inputs.shareItems, folders: products.lineFolders)
  return SourceLines(run.profile, of: inputs.image, DebugFiles([products.images], programs: programs))
}

/// The application calls set_count so often as its variable says in the end, and each call is one line.
@Test(.enabled(if: imagesAreBuilt)) func aLineCountsAsOftenAsItsFunctionIsCalled() throws {
  let inputs = try inputs("bpf-count")
  let run = try ScenarioRun(inputs).profiled(inputs)
  #expect(run.result.passed)
  let lines = lines(run, inputs)
  var coverage = Coverage()
  coverage.add(run.profile, lines)
  let file = try #require(coverage.files["Sources/GuestOS/Applications/count.c"])
  // The scenario expects a count of 9, and one that nobody has called yet is 0.
  #expect(file.functions["set_count"]?.count == 9)
  let line = try #require(file.functions["set_count"]?.line)
  #expect(file.lines[line] == 9)
  let arithmetic = try #require(coverage.files["Sources/GuestOS/Boot/arithmetic.c"])
  #expect(arithmetic.functions["__paritydi2"]?.count == 0)
  #expect(!coverage.files.keys.contains { $0.hasPrefix("/") || $0.contains("..") || $0.contains("<") })
  // Another run adds up.
  coverage.add(run.profile, lines)
  #expect(coverage.files["Sources/GuestOS/Applications/count.c"]?.lines[line] == 18)
}

@Test(.enabled(if: imagesAreBuilt)) func theLoopOfAnExtensionIsItsLine() throws {
  let inputs = try inputs("endless-loop")
  let run = try ScenarioRun(inputs).profiled(inputs)
  let lines = lines(run, inputs)
  let texts = lines.texts(run.profile)
  let top = try #require(ProfileSummary(run.profile, line: { texts[$0] }).lines.first)
  let source = try String(contentsOf: root.appending(path: "extensions/endless-loop.c"), encoding: .utf8)
  let number = source.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
    $0.contains("for (") || $0.contains("while (")
  }
  #expect(top.name == "extensions/endless-loop.c:\((number ?? -1) + 1)")
}

@Test func aTracefileHasTheFormatThatLcovReads() {
  var coverage = Coverage()
  coverage.files["a b.c"] = .init(
    lines: [1: 2, 10: 0, 2: 1], functions: ["f,g": .init(line: 1, count: 2), "h": .init(line: 10, count: 0)])
  #expect(
    coverage.tracefile(test: "my-test") == """
      TN:my_test
      SF:a b.c
      FN:1,f,g
      FN:10,h
      FNDA:2,f,g
      FNDA:0,h
      FNF:2
      FNH:1
      DA:1,2
      DA:2,1
      DA:10,0
      LF:3
      LH:2
      end_of_record

      """)
  #expect(coverage.lineCounts == (3, 2))
}

@Test func namesOfSourcesAreRelativeToTheProject() {
  #expect(
    SourceName("/home/somebody/uio/Sources/GuestOS/Boot/memory.c", in: "")?.text == "Sources/GuestOS/Boot/memory.c")
  #expect(SourceName("../extensions/include/ushell.h", in: "attacks")?.text == "extensions/include/ushell.h")
  #expect(SourceName("hello.c", in: "extensions")?.text == "extensions/hello.c")
  #expect(SourceName("/opt/swift/shims/GlobalObjects.h", in: "")?.text == "GlobalObjects.h")
  #expect(SourceName("/opt/swift/shims/GlobalObjects.h", in: "")?.isOwn == false)
  #expect(SourceName("/<compiler-generated>", in: "") == nil)
}
