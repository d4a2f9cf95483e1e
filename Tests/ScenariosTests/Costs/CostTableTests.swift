import CostTables
import Foundation
import SimMachine
import TestSupport
import Testing

@testable import Scenarios

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized

private func problems(_ text: some Collection<UInt8>) -> [String] {
  do {
    _ = try CostTableFile.read(Array(text), file: "t.json")
    return []
  } catch {
    return error.problems.map { "\($0.path): \($0.problem); \($0.remedy)" }
  }
}

private func schema(_ path: String) throws -> JSONNode {
  try JSONParser.parse([UInt8](Data(contentsOf: root.appending(path: path))))
}

private func keys(_ node: JSONNode?) -> Set<String> {
  guard case .object(let members) = node?.value else { return [] }
  return Set(members.map(\.key))
}

private func strings(_ node: JSONNode?) -> Set<String> {
  Set((node?.children ?? []).compactMap { if case .string(let text) = $0.value { text } else { nil } })
}

/// A shipped table's text with one piece of it changed.
private func unit(_ piece: String, _ other: String) -> String {
  let text = CostTableFile.named("unit")?.json ?? ""
  precondition(text.contains(piece), "\(piece) is not in the table")
  return text.replacingOccurrences(of: piece, with: other)
}

private let wrpkru = "\"wrpkru\": {\"value\": 1,"
private let instruction = "\"instruction\": {\"value\": 1,"

private let badTables: [(text: String, said: String)] = [
  (unit(wrpkru, "\"wrpkrU\": {\"value\": 1,"), "$.costs: unknown key \"wrpkrU\"; did you mean \"wrpkru\"?"),
  (unit(wrpkru, "\"wrpkrU\": {\"value\": 1,"), "$.costs: key \"wrpkru\" is missing; add it"),
  (unit(wrpkru, "\"wrpkru\": {\"value\": -1,"), "$.costs.wrpkru.value: -1 is negative; give 0 to 4294967296 whole"),
  (unit(wrpkru, "\"wrpkru\": {\"value\": 1.5,"), "1.5 is no whole number of cycles"),
  (unit(wrpkru, "\"wrpkru\": {\"value\": 4294967297,"), "4294967297 is out of range"),
  (unit(wrpkru, "\"wrpkru\": {\"value\": 99999999999999999999999,"), "is out of range"),
  (unit(wrpkru, "\"wrpkru\": {\"value\": 1e2,"), "1e2 has an exponent; write the number out"),
  (unit(wrpkru, "\"wrpkru\": {\"value\": \"1\","), "$.costs.wrpkru.value: is a string; write a number of cycles"),
  (unit(wrpkru, "\"wrpkru\": {"), "$.costs.wrpkru: key \"value\" is missing"),
  (unit(instruction, "\"instruction\": {\"value\": 0,"), "0 is out of range; give 0.001 to 1048576 cycles"),
  (unit(instruction, "\"instruction\": {\"value\": 0.0001,"), "finer than a thousandth of a cycle; give at most three"),
  (
    unit("\"exception\": {\"value\": 1,", "\"exception\": {\"value\": 0,"), "$.costs.exception.value: 0 is out of range"
  ),
  (unit("cycles/byte", "cycle"), "\"cycle\" is not the unit of this cost; write \"cycles/byte\""),
  (unit("\"assumption\"", "\"assumtion\""), "\"assumtion\" is no origin; did you mean \"assumption\"?"),
  (unit("the unit of time", ""), "$.costs.instruction.source: is empty; say where the value is from"),
  (unit("\"clockMHz\": 1000", "\"clockMHz\": 0"), "$.clockMHz: 0 is out of range"),
  (unit("\"name\": \"unit\"", "\"name\": \"\""), "$.name: is empty"),
  (unit("\"costs\"", "\"cost\""), "$: unknown key \"cost\"; did you mean \"costs\"?"),
  (unit(wrpkru, "\"wrpkru\": [1], \"x\": {\"value\": 1,"), "$.costs.wrpkru: is a list; write an object"),
  ("[]", "$: is a list"), ("", "not JSON"), ("{\"name\": \"x\"", "not JSON"),
]

@Suite struct CostTableTests {
  @Test(arguments: badTables) func aBadTableIsExplained(text: String, said: String) {
    let found = problems(text.utf8)
    #expect(found.contains { $0.contains(said) }, "\(found)")
    #expect(found.allSatisfy { !$0.contains("\n") })
  }

  /// Whatever becomes of a table's bytes, reading them ends with a table or with problems.
  @Test func damagedTablesAreReadOrRefused() throws {
    var random = SeededGenerator(seed: 9)
    let whole = Array(try #require(CostTableFile.named("epyc")).text.utf8)
    var accepted = 0
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0...Int(random.next() % 3) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] = Array("0123456789-.eE\"{}[],:".utf8)[Int(random.next() % 21)]
        case 2: bytes.remove(at: place)
        default: bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
        }
        if bytes.isEmpty { break }
      }
      guard let table = try? CostTableFile.read(bytes, file: "t.json") else { continue }
      accepted += 1
      #expect(table.costs.instruction.thousandths > 0 && table.costs.exception > 0)
    }
    #expect(accepted > 100)
  }

  @Test func theShippedTablesAreFilesAndReadBackAsWritten() throws {
    let folder = root.appending(path: "Sources/CostTables")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }
    #expect(Set(files) == Set(CostTableFile.shipped.map { "\($0.name).json" }))
    for (name, text) in ShippedCostTables.texts {
      #expect(try Data(contentsOf: folder.appending(path: "\(name).json")) == Data(text), "built from another file")
      let table = try CostTableFile(path: folder.appending(path: "\(name).json").path)
      #expect(table.name == name && table == CostTableFile.named(name))
      #expect(try CostTableFile.read(Array(table.text.utf8), file: name) == table)
      #expect(try CostTableFile.read(Array(table.json.utf8), file: name) == table)
    }
  }

  @Test func theTablesThatThereWereAreAsTheyWere() throws {
    var server = CostTable()
    (server.portAccess, server.deviceAccess, server.exception) = (1_200, 1_200, 150)
    (server.interrupt, server.wrpkru, server.controlRegister) = (600, 24, 80)
    #expect(CostTableFile.standard.costs == server && CostTableFile.standard.clockMHz == 1_000)
    #expect(CostTableFile.named("flat")?.costs == CostTable())
    server.instruction = CycleRate(cycles: 10)
    #expect(CostTableFile.named("slow")?.costs == server)
  }

  @Test func theSchemasHaveEveryCostUnitAndOrigin() throws {
    let definitions = try #require(try schema("Sources/CostTables/cost-table.schema.json")["$defs"])
    let names = Set(CostName.all.map(\.name))
    #expect(names.count == CostTable.rates.count + CostTable.wholeCosts.count)
    #expect(keys(definitions["costTable"]?["properties"]) == Set(CostTableFile.table.keys))
    #expect(strings(definitions["costTable"]?["required"]) == Set(CostTableFile.table.required))
    #expect(keys(definitions["costs"]?["properties"]) == names && strings(definitions["costs"]?["required"]) == names)
    #expect(strings(definitions["origin"]?["enum"]) == Set(CostTableFile.Origin.allCases.map(\.rawValue)))
    for cost in CostName.all {
      guard case .string(let reference) = definitions["costs"]?["properties"]?[cost.name]?["$ref"]?.value else {
        Issue.record("no definition of \(cost.name)")
        continue
      }
      let definition = definitions[String(reference.dropFirst("#/$defs/".count))]
      #expect(definition?["properties"]?["unit"]?["const"]?.value == .string(cost.unit), "\(cost.name)")
      for value in [
        definition?["properties"]?["value"],
        try schema("scenarios/scenario.schema.json")["$defs"]?["machineCosts"]?["properties"]?[cost.name],
      ] {
        let (least, most) = (cost.bounds.range.lowerBound, cost.bounds.range.upperBound)
        #expect(value?["minimum"]?.value == .number(CostNumber.text(thousandths: least)), "\(cost.name)")
        #expect(value?["maximum"]?.value == .number(CostNumber.text(thousandths: most)), "\(cost.name)")
        #expect(value?["type"]?.value == .string(cost.bounds.isRate ? "number" : "integer"), "\(cost.name)")
      }
    }
  }

  @Test func theDocumentNamesEveryCostTableAndOrigin() throws {
    let text = try String(contentsOf: root.appending(path: "docs/cost-tables.md"), encoding: .utf8)
    for cost in CostName.all { #expect(text.contains("| `\(cost.name)` | \(cost.unit) |"), "\(cost.name)") }
    for table in CostTableFile.shipped { #expect(text.contains("| `\(table.name)` | \(table.clockMHz) MHz |")) }
    for origin in CostTableFile.Origin.allCases { #expect(text.contains("`\(origin.rawValue)`")) }
  }

  @Test(arguments: ["0", "0.001", "0.5", "12.34", "1048576"]) func aRateIsWrittenAsItWasRead(literal: String) throws {
    let node = JSONNode(value: .number(literal))
    let bounds = CostBounds(range: 0...CycleRate.max * 1_000, isRate: true)
    #expect(CostNumber.text(thousandths: try CostNumber.thousandths(node, in: bounds)) == literal)
  }
}
