import Foundation
import Scenarios
import Testing

@testable import Exploration

/// The published schema, the page, the parser and the shipped files say the same.
@Suite struct ExplorationSchemaTests {
  private typealias Object = [String: Any]

  private static let folder = root.appending(path: "explorations").path

  private func schema() throws -> Object {
    let data = try Data(contentsOf: root.appending(path: "explorations/exploration.schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? Object)
  }

  @Test func theSchemaHasTheParsersKeysAndWords() throws {
    let schema = try schema()
    let definitions = try #require(schema["$defs"] as? Object)
    for table in ExplorationFile.tables {
      let found = table.name == "exploration" ? schema : definitions[table.name] as? Object
      let keys = (found?["properties"] as? Object)?.keys.map { $0 } ?? []
      #expect(Set(keys) == Set(table.keys), "\(table.name)")
      #expect(Set(found?["required"] as? [String] ?? []) == Set(table.required), "\(table.name)")
      #expect(found?["additionalProperties"] as? Bool == false, "\(table.name)")
    }
    let part = ((definitions["reference"] as? Object)?["properties"] as? Object)?["part"] as? Object
    #expect(part?["enum"] as? [String] == Reference.Part.allCases.map(\.rawValue))
  }

  @Test func thePageNamesEveryKey() throws {
    let page = try String(contentsOf: root.appending(path: "docs/exploration-format.md"), encoding: .utf8)
    for key in ExplorationFile.tables.flatMap(\.keys) where !["$schema", "kind", "where"].contains(key) {
      #expect(page.contains(key), "\(key)")
    }
    for part in Reference.Part.allCases { #expect(page.contains("`\(part.rawValue)`"), "\(part)") }
  }

  /// Every shipped exploration is read, all of its points can be run, and what its references name was measured.
  @Test func shippedExplorationsCanBeRun() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter {
      $0.hasSuffix(".json") && $0 != "exploration.schema.json"
    }
    for name in names {
      let file = try ExplorationFile(path: "\(Self.folder)/\(name)")
      #expect(!file.summary.isEmpty && !file.goals.isEmpty, "\(name)")
      let exploration = try Exploration.of(file)
      #expect(exploration.impossible.isEmpty, "\(name): \(exploration.impossible)")
    }
    #expect(names.count >= 5)
  }

  /// The fit holds: what was kept from it is within five percentage points, where the file does not say why not.
  @Test func thePapersRelativeNumbersAreNear() throws {
    let file = try ExplorationFile(path: "\(Self.folder)/uio-paper.json")
    let exploration = try Exploration.of(file)
    let table = try #require(exploration.table)
    let wanted = file.references.filter { $0.name.hasSuffix(", count") }
    #expect(wanted.count == 6)
    var known: [Int: RunResults] = [:]
    let comparisons = try wanted.map { reference in
      for side in [reference.side, try #require(reference.base)] {
        let point = try #require(exploration.plan.firstPoint(side.point))
        if known[point] == nil { known[point] = RunResults(try exploration.run(point), attacks: nil) }
      }
      return ReferenceComparison(reference, table) { result, labels in
        exploration.plan.firstPoint(labels).flatMap { known[$0] }.flatMap { values in
          values[result].flatMap { number in values["clockHertz"].map { (number, $0) } }
        }
      }
    }
    for line in comparisons { #expect(abs(try #require(line.difference)) < 5, "\(line.reference.name)") }
  }
}
