import Foundation
import FoundationXML
import SimEvents
import SimMachine
import Testing

@testable import Profiles

/// Two threads of an image and an extension, by hand.
private func example(functions: [String] = ["main", "write", "leaf"]) -> TimeProfile {
  var profile = TimeProfile(name: "example")
  profile.functions = functions
  profile.modules = [.image]
  profile.places = [0x1000, 0x2000, 0x3000].map { CodePlace(module: 0, offset: $0) }
  profile.functionOfPlace = [0, 1, 2]
  profile.stacks = [
    .init(parent: 0, frame: .function(0)), .init(parent: 0, frame: .function(0)),
    .init(parent: 1, frame: .interrupt(32)), .init(parent: 1, frame: .interrupt(14)),
  ]
  func entry(_ actor: Actor, _ stack: Int, _ place: Int, _ use: TimeUse, _ count: UInt64, _ cycles: UInt64) {
    profile.entries.append(.init(actor: actor, stack: stack, place: place, use: use, count: count, cycles: cycles))
  }
  entry(.unikernel, 0, 0, .instructions, 10, 10)
  entry(.unikernel, 1, 1, .instructions, 20, 20)
  entry(.unikernel, 1, 1, .exit, 0, 1200)
  entry(.handler, 2, 2, .instructions, 5, 5)
  entry(.extension("x;y.o"), 3, 2, .instructions, 7, 7)
  entry(.unknown, 0, 0, .idle, 0, 10_000)
  profile.cycles = profile.entries.reduce(0) { $0 + $1.cycles }
  profile.instructions = 42
  return profile
}

@Test func foldedStacksSayWhoCalledWhomAndAddUp() {
  #expect(
    example().folded == """
      extension x:y.o;main;[exception 14];leaf 7
      handler;main;[interrupt 32];leaf 5
      idle 10000
      unikernel;main 10
      unikernel;main;write 20
      unikernel;main;write;[exit] 1200

      """)
}

@Test func aFoldedFileIsReadBackWithNamesAsTheyWere() {
  let hostile = example(functions: ["ma;in\n", "<b> & \u{1b}[31m 7", "\u{202e}leaf"])
  var total: UInt64 = 0
  for line in hostile.folded.split(separator: "\n") {
    let words = line.split(separator: " ")
    total += UInt64(words.last ?? "") ?? 0
    #expect(!line.unicodeScalars.contains { $0.value < 32 || $0.value == 0x202e })
  }
  #expect(total == hostile.cycles)
  #expect(hostile.folded.contains("ma:in\\u000a;"))
}

@Test func aSummaryCountsCallersOnceAndIdleTimeApart() {
  let summary = ProfileSummary(example()) { $0 == 1 ? "a.swift:3" : nil }
  #expect(summary.idle == 10_000 && summary.cycles == 11_242)
  #expect(summary.symbol("write") == .init(name: "write", own: 1220, total: 1220, instructions: 20))
  #expect(summary.symbol("main") == .init(name: "main", own: 10, total: 1242, instructions: 10))
  #expect(summary.lines.map(\.name) == ["a.swift:3", "leaf", "main"])
  #expect(summary.actors.map(\.own) == [1230, 7, 5])
}

@Test func callersThatCallThemselvesCountOnce() {
  var profile = example()
  profile.stacks.append(.init(parent: 1, frame: .function(0)))
  profile.entries = [.init(actor: .unikernel, stack: 4, place: 1, use: .instructions, count: 3, cycles: 3)]
  #expect(ProfileSummary(profile).symbol("main")?.total == 3)
}

@Test func boxesLieInTheirCallersAndAddUp() {
  let stacks = [(["a"], UInt64(1)), (["a", "b"], 2), (["a", "b", "c"], 3), (["b", "c"], 4)]
  let graph = FlameGraph(stacks.map { (names: $0.0, cycles: $0.1) }, whole: "all")
  #expect(graph.width == 10 && graph.depth == 3 && !graph.isIdleNarrow)
  #expect(graph.boxes.map(\.name) == ["all", "a", "b", "c", "b", "c"])
  #expect(graph.boxes.map(\.cycles) == [10, 6, 5, 3, 4, 4])
  #expect(graph.boxes.map(\.start) == [0, 0, 1, 3, 6, 6])
}

@Test func idleTimeIsInTheWholeAndLeavesRoomForTheRest() {
  func graph(idle: UInt64, busy: UInt64) -> FlameGraph {
    FlameGraph([(names: ["idle"], cycles: idle), (names: ["unikernel"], cycles: busy)], whole: "all")
  }
  let waiting = graph(idle: 1_000_000, busy: 80)
  #expect(waiting.boxes.map(\.cycles) == [1_000_080, 1_000_000, 80])
  #expect(waiting.boxes.map(\.width) == [90, 10, 80] && waiting.isIdleNarrow)
  #expect(graph(idle: 10, busy: 80).boxes.map(\.width) == [90, 10, 80])
  #expect(graph(idle: 5, busy: 0).boxes.map(\.width) == [5, 5, 0])
  #expect(graph(idle: 1000, busy: 1).boxes.map(\.width) == [2, 1, 1])
}

@Test func aGraphOfTooManyBoxesKeepsTheWidest() {
  let stacks = (0..<FlameGraph.boxesMax + 100).map { (names: ["f\($0)"], cycles: UInt64($0 + 1)) }
  let graph = FlameGraph(stacks, whole: "all")
  #expect(graph.boxes.count <= FlameGraph.boxesMax)
  #expect(graph.boxes.dropFirst().allSatisfy { $0.cycles >= graph.leastCycles })
}

@Test func aFlameGraphIsOneWellFormedPageThatNeedsNothingElse() throws {
  let page = example(functions: ["</title><script>alert(1)</script>", "a\"'&<b>", "\u{202e}\u{1b}]0;x"]).html()
  let document = try XMLDocument(xmlString: page, options: [])
  func nodes(_ path: String) throws -> [XMLNode] { try document.nodes(forXPath: path) }
  #expect(try nodes("//*[local-name()='script']").count == 1)
  #expect(try nodes("//*[local-name()='link' or local-name()='img' or local-name()='iframe']").isEmpty)
  #expect(try nodes("//@src").isEmpty && nodes("//@onclick").isEmpty)
  #expect(!page.contains("https:") && !page.contains("url("))
  #expect(page.contains("11,242 cycles of virtual time"))
  let titles = try nodes("//*[local-name()='svg']/*[local-name()='title']").compactMap(\.stringValue)
  #expect(titles.contains("</title><script>alert(1)</script>: 1,230 cycles, 10.94 %"))
  #expect(!page.unicodeScalars.contains { $0.value == 0x202e || $0.value == 0x1b })
}

/// Reads as much of Protocol Buffers as a profile has, by the format's own description.
private struct Message {
  var numbers: [UInt64: [UInt64]] = [:]
  var contents: [UInt64: [[UInt8]]] = [:]

  init(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let key = try Self.variable(&rest)
      switch key & 7 {
      case 0: numbers[key >> 3, default: []].append(try Self.variable(&rest))
      case 2:
        let count = Int(try Self.variable(&rest))
        try #require(count <= rest.count)
        contents[key >> 3, default: []].append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      default: Issue.record("a field of another kind")
      }
    }
  }

  static func variable(_ bytes: inout ArraySlice<UInt8>) throws -> UInt64 {
    var (value, shift) = (UInt64(0), UInt64(0))
    while true {
      let next = bytes.popFirst()
      let byte = try #require(next)
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
  }

  static func packed(_ bytes: [UInt8]) throws -> [UInt64] {
    var (rest, values) = (bytes[...], [UInt64]())
    while !rest.isEmpty { values.append(try variable(&rest)) }
    return values
  }
}

@Test func pprofsProfileHasTheSameStacksAndSums() throws {
  let profile = example()
  let message = try Message(profile.pprof())
  let strings = (message.contents[6] ?? []).map { String(decoding: $0, as: UTF8.self) }
  #expect(strings.first == "" && Set(strings).count == strings.count)
  var names: [UInt64: String] = [:]
  for function in try (message.contents[5] ?? []).map(Message.init) {
    names[function.numbers[1]![0]] = strings[Int(function.numbers[2]![0])]
  }
  var locations: [UInt64: String] = [:]
  for location in try (message.contents[4] ?? []).map(Message.init) {
    let line = try Message(location.contents[4]![0])
    locations[location.numbers[1]![0]] = names[line.numbers[1]![0]]
  }
  var (cycles, instructions, folded) = (UInt64(0), UInt64(0), Set<String>())
  for sample in try (message.contents[2] ?? []).map(Message.init) {
    let values = try Message.packed(sample.contents[2]![0])
    cycles += values[0]
    instructions += values[1]
    let stack = try Message.packed(sample.contents[1]![0]).reversed().map { locations[$0] ?? "?" }
    let label = try Message(sample.contents[3]![0])
    #expect(strings[Int(label.numbers[1]![0])] == "actor")
    folded.insert(([strings[Int(label.numbers[2]![0])]] + stack).joined(separator: ";") + " \(values[0])")
  }
  #expect(cycles == profile.cycles && instructions == profile.instructions)
  #expect(folded.contains("unikernel;main;write;[exit] 1200") && folded.contains("idle;[idle] 10000"))
  #expect(message.numbers[10] == [profile.cycles])
}
