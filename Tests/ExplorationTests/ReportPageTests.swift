import Foundation
import Scenarios
import TerminalText
import Testing

@testable import Exploration

@Suite struct ReportPageTests {
  /// The request takes 10, 14, 20 and 24 at the four points, so the first parameter makes it 10 longer and the second 4.
  private static func record(_ run: Int, _ labels: [String]) -> RunRecord {
    let lines = [
      Timeline.Line(time: 0, lane: .guest, text: "interrupt vector=49"),
      Timeline.Line(time: 3, lane: .queue, text: "queueNotify queue=0"),
      Timeline.Line(time: 5, lane: .host, text: "ninePRequest tag=0"),
    ]
    let duration = [UInt64](arrayLiteral: 10, 14, 20, 24)[run % 4]
    return .example(
      run, design: labels[0], durations: [duration], timeline: Timeline(from: 7, duration: duration, lines: lines))
  }

  private static let attacks = [
    AttackCounts(design: "none", counts: [("escaped", 5), ("contained", 1)]),
    AttackCounts(design: "mpk", counts: [("contained", 6)]),
  ]

  @Test func aPageHasEverythingAndIsWellFormed() throws {
    let html = try ReportFolder().page(ExampleExploration(), attacks: Self.attacks, Self.record)
    let page = try ReportPage(html)
    #expect(page.texts("//h1") == ["example"])
    #expect(
      page.texts("//h2") == [
        "In short", "Points", "Pareto front", "By parameters", "Main effects", "Interactions", "Distributions",
        "One request",
      ])
    let points = page.texts("//section[@class='points']//tbody/tr")
    #expect(points.count == 4)
    #expect(points[0] == "0nonedefault105baseline, on the front")
    #expect(points[3] == "3mpkslow24+140 %0−100 %dominated")
    // What single runs say is no more than that.
    let verdict = page.texts("//section[@class='verdict']//li")
    #expect(
      verdict.contains(
        "2 of 4 points are by the means on the front of request.mean and attacks.succeeded, where nothing is better in one and as good in the other: none, default; mpk, default."
      ))
    #expect(verdict.contains { $0.hasPrefix("2 points are dominated, as far as single runs tell: ") })
    #expect(
      page.texts("//ol/li") == [
        "none, default: request.mean 10, attacks.succeeded 5", "mpk, default: request.mean 20, attacks.succeeded 0",
      ])
    // 100 and 16 of 116 squares.
    #expect(page.texts("//table[@class='shares']/tbody/tr").prefix(2) == ["design86.2 %", "costs13.8 %"])
    #expect(page.texts("//section[@class='interactions']/p").contains { $0.contains("they add up") })
    let bars = page.texts("//div[@class='bar-line']")
    #expect(bars == ["default10100 %", "slow14140.0 %", "default20200.0 %", "slow24240.0 %"])
    #expect(page.texts("//section[@class='latencies']//tbody/tr").first == "none, default110101010")
    #expect(
      page.texts("//section[@class='timelines']//tbody/tr") == [
        "0guestinterrupt vector=49", "3queuequeueNotify queue=0", "5hostninePRequest tag=0",
      ])
    #expect(!html.contains("http:") && !html.contains("https:") && !html.contains("url(") && !html.contains("@import"))
    for name in ["link", "img", "iframe", "object"] { #expect(page.elements("//\(name)").isEmpty) }
  }

  /// What is dear in one context and cheap in the other is on the front of the one where it is cheap; nothing is compared across them.
  @Test func pointsAreComparedWithinTheirContext() throws {
    var example = ExampleExploration()
    example.contexts = ["costs"]
    example.members =
      #""goals": [{"result": "request.mean"}, {"result": "instructions"}], "baseline": {"design": "none"}"#
    let durations: [String: UInt64] = ["none default": 10, "mpk default": 20, "none slow": 300, "mpk slow": 200]
    let page = try ReportPage(
      ReportFolder().page(example) { run, labels in
        .example(run, design: labels[0], durations: [durations["\(labels[0]) \(labels[1])"]!])
      })
    #expect(page.texts("//section[@class='front']/h3") == ["costs = default", "costs = slow"])
    #expect(
      page.texts("//section[@class='front']//ol/li") == [
        "none: request.mean 10, instructions 1,000", "mpk: request.mean 200, instructions 1,000",
      ])
    let points = page.texts("//section[@class='points']//tbody/tr")
    #expect(points[0].hasSuffix("baseline, on the front") && points[1].hasSuffix("baseline, dominated"))
    #expect(points[2].contains("20+100 %") && points[2].hasSuffix("dominated"))
    #expect(points[3].contains("200−33.3 %") && points[3].hasSuffix("on the front"))
    // The context itself has no effect: nobody chooses it.
    #expect(Set(page.texts("//section[@class='effects']//tbody/tr/th")) == ["design", "no parameter alone"])
  }

  /// Labels, names and reasons are text, whatever they hold.
  @Test(arguments: [
    "<script>alert(1)</script>", "\" onmouseover=\"x", "' onclick='x", "&lt;b&gt;", "\"\u{301} onmouseover=\"\u{301}x",
    "{{title}}", "{{{title}}}", "{{#points}}", "\u{202e}abc", "\u{9b}31m", "\u{ffff}",
  ])
  func whatADatabaseHoldsIsText(hostile: String) throws {
    func page(_ text: String) throws -> String {
      let example = ExampleExploration(
        name: "x" + text, summary: text, file: text,
        parameters: [("design", ["none", "x" + text]), ("costs", ["default", "y" + text])])
      return try ReportFolder().page(
        example, attacks: [AttackCounts(design: "x" + text, counts: [("escaped", 3)])]
      ) { run, labels in
        if run == 3 { return .failure(run, "z" + text) }
        return .example(
          run, design: labels[0], durations: [10 + UInt64(run)],
          timeline: Timeline(
            from: 1, duration: 10 + UInt64(run), lines: [.init(time: 1, lane: .host, text: "kind " + text)]))
      }
    }
    let html = try page(hostile)
    let found = try ReportPage(html)
    #expect(found.texts("//h1").first?.contains("x") == true)
    // A text with blanks has a detail where another has none, but no element more.
    #expect(try found.shape == ReportPage(page("plain")).shape)
    #expect(html.unicodeScalars.allSatisfy { $0 == "\n" || !$0.operatesTerminals })
  }

  @Test func theSameResultsAreTheSameBytes() throws {
    let (one, other) = (try ReportFolder(), try ReportFolder())
    let html = try one.page(ExampleExploration(), attacks: Self.attacks, Self.record)
    #expect(try html == other.page(ExampleExploration(), attacks: Self.attacks.reversed(), Self.record))
  }

  @Test func aCampaignThatIsMissingSaysSo() throws {
    var example = ExampleExploration()
    example.members += #", "campaign": {"models": [{"pkru": {}}]}"#
    let page = try ReportPage(ReportFolder().page(example, Self.record))
    #expect(
      page.texts("//p[@class='warning']") == ["Points without the campaign yet: 4; run the exploration again."])
  }

  @Test func whatIsNotDoneOrHasFailedSaysSo() throws {
    let example = ExampleExploration()
    let empty = try ReportPage(ReportFolder().page(example) { _, _ in nil })
    #expect(empty.texts("//p[@class='warning']") == ["No run is done yet."])
    #expect(empty.elements("//table").isEmpty)
    let half = try ReportPage(
      ReportFolder().page(example) { run, labels in
        run < 2 ? Self.record(run, labels) : run == 2 ? .failure(run, "no room for 17 pages") : nil
      })
    #expect(half.texts("//p[@class='warning']") == ["The exploration is not done: 3 of 4 runs are here."])
    #expect(half.texts("//ul[@class='failures']/li").first?.contains("impossible: no room for 17 pages") == true)
    let nothing = try ReportPage(ReportFolder().page(example) { run, _ in .failure(run, "line\nline") })
    #expect(nothing.texts("//section[@class='points']//tbody/tr").count == 4)
    #expect(nothing.elements("//svg").isEmpty)
    // Reasons that differ by their numbers are one.
    let alike = try ReportPage(ReportFolder().page(example) { run, _ in .failure(run, "at \(run) ms") })
    #expect(alike.texts("//ul[@class='failures']/li").count == 1)
  }

  /// Repeats of which the means differ, but by less than their noise.
  @Test func noiseIsCalledNoise() throws {
    var example = ExampleExploration()
    (example.parameters, example.repeats) = ([("design", ["none", "mpk"])], 3)
    example.members =
      #""goals": [{"result": "request.mean"}, {"result": "instructions"}], "baseline": {"design": "none"}"#
    let durations: [UInt64] = [10, 12, 11, 11, 13, 12]
    let page = try ReportPage(ReportFolder().page(example) { run, _ in .example(run, durations: [durations[run]]) })
    let rows = page.texts("//section[@class='points']//tbody/tr")
    #expect(rows[1].contains("12 ±2.484+9.09 %, within noise") && rows[1].hasSuffix("within noise of the front"))
    let verdict = page.texts("//section[@class='verdict']//li")
    #expect(verdict.first == "Least request.mean: none, with 11 ±2.484, and within noise also mpk.")
    #expect(!verdict.contains { $0.contains("dominated") })
  }

  /// However many points there are, the page stays of a size that a browser shows.
  @Test func manyPointsAreAShortPage() throws {
    var example = ExampleExploration()
    example.parameters = [("design", ["none", "mpk"]), ("size", (0..<1500).map { "\($0)" })]
    example.members = #""goals": [{"result": "request.mean"}, {"result": "instructions"}]"#
    let html = try ReportFolder().page(example) { run, labels in
      .example(run, design: labels[0], durations: [100 + UInt64(run * 7919 % 3000)], instructions: UInt64(run))
    }
    let page = try ReportPage(html)
    #expect(page.texts("//section[@class='points']//tbody/tr").count == 1000)
    #expect(page.texts("//section[@class='points']/p").contains { $0.contains("the best 1,000 of 3,000") })
    #expect(page.elements("//circle").count < 500)
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func onePointIsAPageToo() throws {
    var example = ExampleExploration()
    example.parameters = [("design", ["none"])]
    example.members = ""
    let page = try ReportPage(ReportFolder().page(example) { run, _ in .example(run, durations: [5, 6, 7]) })
    // Without a span of the exploration's own, cycles and instructions are shown.
    #expect(page.texts("//h2") == ["In short", "Points", "Pareto front", "Distributions"])
  }
}
