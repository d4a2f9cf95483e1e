import Foundation
import FoundationXML
import Testing

@testable import Campaigns

@Suite struct ReportTests {
  @Test func aPageHasEverythingAndIsWellFormed() throws {
    let folder = try TestFolder()
    let page = try folder.page([
      .example(0, .escaped, pointer: 0x1000, place: "gate+0x0"),
      .example(1, .masked, pointer: 0x1000, place: "gate+0x0", weight: 3),
      .example(2, .crashed, pointer: 0x1004, place: "gate+0x4", location: "rax bit 10"),
      .example(3, .latent, pointer: 0x0ff0, place: "main", location: "rax bit 9"),
      .example(4, .masked, pointer: 0, place: "", location: "rbx bit 0", digest: ""),
    ])
    let found = try ParsedPage(page)
    #expect(found.texts("h1") == ["test"])
    let classes = found.texts("tbody tr")
    #expect(classes.count == FaultClass.allCases.count)
    // 1 of 7 samples; by hand: Wilson's interval with z = 1.959964, and both times the space of 640.
    let escaped = try #require(classes.first { $0.contains("escaped") })
    #expect(
      escaped.contains("14.2857 %") && escaped.contains("2.5680 to 51.3128 %") && escaped.contains("91 (16 to 328)"))
    // Rows by their first address; the cells are in the order of their columns.
    #expect(found.texts("h3").prefix(4) == ["main", "gate", "rax", "rbx"])
    #expect(found.texts("a").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } == ["E", "C", "E", "C"])
    #expect(found.values(of: "title", in: "a").first == "gate+0x0 (0x1000): escaped 1, masked 3; experiment 0")
    #expect(found.texts("li").filter { $0.contains("--experiment") }.count == 2)
    #expect(found.texts("code").contains("sim campaign replay test.db --experiment 2"))
    // One drawing for each class of failures.
    #expect(found.elements("svg").count == 2)
    #expect(page.contains("Not in this map") && page.contains("or as the fault did not happen: masked 1."))
    for name in ["script", "link", "img", "iframe"] { #expect(found.elements(name).isEmpty) }
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
  }

  /// Nothing that a database holds becomes a part of the page: neither as people see characters nor as browsers read them.
  @Test(arguments: [
    "<script>alert(1)</script>", "\" onmouseover=\"x", "' onclick='x", "&lt;b&gt;", "\"\u{301} onmouseover=\"\u{301}x",
    "<\u{338}b>",
    "{{title}}", "{{{title}}}", "\u{1b}[2J", "\u{202e}abc", "a\u{1}b", "\u{9b}31m", "\u{ffff}", "line\nline",
  ])
  func whatADatabaseHoldsIsText(hostile: String) throws {
    let folder = try TestFolder()
    var values = CampaignHeader.exampleValues
    for key in ["name", "summary", "identity", "file", "goldenOutcome", "goldenDigest"] { values[key] = "x" + hostile }
    var record = ExperimentRecord.example(0, .escaped, pointer: 0x1000, place: "x" + hostile)
    (record.location, record.group, record.reason) = ("x" + hostile, "x" + hostile, "x" + hostile)
    (record.before, record.after, record.actor) = (hostile, hostile, hostile)
    record.evidence = try String(
      decoding: JSONSerialization.data(withJSONObject: ["rule": hostile, "instruction": 5, "text": hostile]),
      as: UTF8.self)
    let page = try folder.page([record], header: values)
    var harmless = ExperimentRecord.example(0, .escaped, pointer: 0x1000, place: "x")
    harmless.evidence = #"{"rule": "I1", "instruction": 5, "text": "x"}"#
    let plain = try folder.page([harmless], name: "plain")
    let found = try ParsedPage(page)
    #expect(found.texts("h1") == ["x" + hostile.terminalWritten])
    #expect(try found.shape == ParsedPage(plain).shape)
    #expect(page.unicodeScalars.allSatisfy { $0 == "\n" || !$0.operates })
  }

  /// Neither where the database lies, nor the order in which it was filled, nor when.
  @Test func theSameResultsAreTheSameBytes() throws {
    let (one, other) = (try TestFolder(), try TestFolder())
    let records = (0..<300).map { number in
      ExperimentRecord.example(
        number, FaultClass.allCases[number % 11], pointer: UInt64(0x1000 + number % 40),
        place: "f\(number % 7)+0x1", location: "rax bit \(number % 64)")
    }
    #expect(try one.page(records) == other.page(records.reversed()))
    #expect(try one.page(records, name: "again") != other.page(Array(records.dropLast()), name: "again"))
  }

  @Test func aCampaignWithoutExperiments() throws {
    let folder = try TestFolder()
    let page = try ParsedPage(folder.page([]))
    #expect(page.texts("p").contains("No experiment has been run yet."))
    #expect(page.elements("table").isEmpty && page.elements("svg").isEmpty)
    let nothing = try CampaignStore(folder.path("nothing.db"))
    #expect(throws: CampaignStore.Refusal.self) { try CampaignReport(nothing) }
  }

  @Test func onlyMasked() throws {
    let folder = try TestFolder()
    var record = ExperimentRecord.example(0, .masked, pointer: 0x1000, place: "gate", weight: 640)
    (record.convergedAt, record.firstDifference, record.differenceAt) = (120, nil, nil)
    var values = CampaignHeader.exampleValues
    (values["sampleCount"], values["classCount"]) = ("640", "1")
    let page = try ParsedPage(folder.page([record], header: values))
    #expect(page.texts("p").contains("There are none."))
    #expect(page.texts("p").contains { $0.hasPrefix("Every fault of the space was tried") })
    #expect(page.texts("p").allSatisfy { !$0.contains("not done") })
    // The time line is that of the return.
    #expect(page.texts("li").contains { $0.contains("fault-free run's again, before instruction 120") })
    #expect(page.elements("svg").count == 1)
  }

  @Test func whatIsNotDoneSaysSo() throws {
    let folder = try TestFolder()
    let half = try ParsedPage(folder.page([.example(0, .masked, pointer: 1, place: "f")]))
    #expect(half.texts("p").contains { $0.hasPrefix("The campaign is not done: 1 of 7 samples") })
    var values = CampaignHeader.exampleValues
    values["part"] = "2/3"
    let part = try ParsedPage(folder.page([], header: values, name: "part"))
    #expect(part.texts("p").contains { $0.contains("sim campaign merge") })
    values = CampaignHeader.exampleValues
    values["dry"] = "true"
    let wrong = try ParsedPage(folder.page([.example(0, .latent, pointer: 1, place: "f")], header: values, name: "dry"))
    #expect(wrong.texts("p").contains { $0.contains("the rig is wrong") })
  }

  /// However many experiments and places there are, the page stays of a size that a browser shows.
  @Test func manyPlacesBecomeFewCells() throws {
    let folder = try TestFolder()
    let records = (0..<40_000).map { number in
      ExperimentRecord.example(
        number, number == 39_999 ? .escaped : number % 50 == 0 ? .corrupted : .masked, pointer: UInt64(0x1000 + number),
        place: "f\(number / 200)+0x1", location: "m+0x1 bit \(number)")
    }
    let report = try folder.report(records)
    let (rows, left) = report.code.shown(byName: false)
    #expect(rows.count == 100 && left == 100)
    #expect(rows.allSatisfy { $0.cells.count == 100 && $0.columnsPerCell == 2 })
    // The worst is shown, wherever it lies.
    #expect(rows.last?.counts[.escaped] == 1 && rows.last?.cells.last?.example.number == 39_999)
    let places = report.places.shown(byName: true).rows
    #expect(places.count == 1 && places[0].cells.count <= 128 && places[0].counts.total == 40_000)
    #expect(report.failures.count == 200 && report.failures[0].faultClass == .escaped)
    #expect(report.html.contains("The first 200, the worst class first, which are 200 of 801 samples"))
  }

  @Test func mapsHaveABound() {
    var map = OutcomeMap<UInt64>()
    for number in 0..<OutcomeMap<UInt64>.cellsMax + 10 {
      map.add(
        .example(number, .masked, pointer: UInt64(number), place: "f"), row: "f", column: UInt64(number), label: "")
    }
    map.add(.example(0, .escaped, pointer: 0, place: "f"), row: "f", column: 0, label: "")
    #expect(map.beyond.total == 10)
    #expect(map.shown(byName: false).rows[0].cells[0].example.faultClass == .escaped)
  }

  @Test(arguments: [
    ("a b.db", "'a b.db'"), ("it's.db", "'it'\\''s.db'"), ("-x.db", "./-x.db"), ("$(x).db", "'$(x).db'"),
  ])
  func commandsAreForAShell(name: String, word: String) throws {
    let folder = try TestFolder()
    let store = try CampaignStore(folder.path(name))
    try store.adopt(#require(CampaignHeader(CampaignHeader.exampleValues)))
    #expect(try CampaignReport(store).command(7) == "sim campaign replay \(word) --experiment 7")
  }

  @Test func impossibleNumbersAreRefused() throws {
    let folder = try TestFolder()
    var record = ExperimentRecord.example(0, .masked, pointer: 1, place: "f")
    record.weight = .max
    #expect(throws: CampaignStore.Refusal.self) { try folder.report([record]) }
  }

  @Test func aRealCampaign() throws {
    let folder = try TestFolder()
    let members = #""window": {"while": "extension"}, "models": [{"pkru": {}}], "samples": 60"#
    let store = try Campaign.of(folder.campaign(members)).store(folder.path("real.db"))
    let report = try CampaignReport(store)
    let page = try ParsedPage(report.html)
    #expect(report.places.shown(byName: true).rows.map(\.name) == ["pkru"])
    #expect(report.code.shown(byName: false).rows.map(\.name) == ["set-count.o"])
    for example in report.examples {
      if let at = example.differenceAt { #expect(at >= example.instruction) }
    }
    #expect(report.examples.contains { $0.differenceAt != nil })
    #expect(page.texts("code").contains(report.command(report.examples[0].number)))
  }
}
