import Foundation
import Scenarios
import Testing

@testable import Campaigns

/// The published schema, the page and the parser say the same.
@Suite struct CampaignSchemaTests {
  private typealias Object = [String: Any]

  private func schema() throws -> Object {
    let data = try Data(contentsOf: root.appending(path: "campaigns/campaign.schema.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? Object)
  }

  @Test func theSchemaHasTheParsersKeys() throws {
    let schema = try schema()
    let definitions = try #require(schema["$defs"] as? Object)
    func compare(_ table: KeyTable, _ found: Object?) {
      let keys = (found?["properties"] as? Object)?.keys.map { $0 } ?? []
      #expect(Set(keys) == Set(table.keys), "\(table.name)")
      #expect(Set(found?["required"] as? [String] ?? []) == Set(table.required), "\(table.name)")
      #expect(found?["additionalProperties"] as? Bool == false, "\(table.name)")
    }
    compare(CampaignFile.table, schema)
    let tables =
      FaultModel.tables + [
        FaultModel.table, CampaignFaults.windowTable, CampaignFaults.samplesTable, CampaignFaults.limitTable,
        CampaignFaults.interruptsTable,
      ]
    for table in tables { compare(table, definitions[table.name] as? Object) }
    #expect(Set(tables.map(\.name)).count == tables.count)
  }

  @Test func theSchemaHasTheParsersWords() throws {
    let definitions = try #require(schema()["$defs"] as? Object)
    func words(_ model: String, _ key: String) -> [String] {
      let property = ((definitions[model] as? Object)?["properties"] as? Object)?[key] as? Object
      return (property?["items"] as? Object ?? property)?["enum"] as? [String] ?? []
    }
    for kind in ["ninePRequest", "ninePReply", "usedEntry", "sectors", "interrupt"] {
      #expect(words(kind, "changes") == FaultModel.changes(of: kind).map(\.rawValue), "\(kind)")
    }
    #expect(words("descriptor", "fields") == Fault.DescriptorField.allCases.map(\.rawValue))
    #expect(words("ringIndex", "rings") == FaultModel.Ring.allCases.map(\.rawValue))
    #expect(words("sectors", "accesses") == FaultModel.Access.allCases.map(\.rawValue))
    #expect(words("code", "of") == FaultModel.CodeChoice.allCases.map(\.rawValue))
    #expect(Set(words("descriptor", "device")) == Set(MachineSpecification.Device.allCases.map(\.rawValue)))
    // Those that can be named alone are those of which nothing must be said.
    let alone = (definitions["modelName"] as? Object)?["enum"] as? [String] ?? []
    let needy = ["memory", "pageTable", "key", "program"]
    #expect(Set(alone) == Set(FaultModel.kinds).subtracting(needy))
  }

  @Test func thePageNamesEveryKeyAndWord() throws {
    let page = try String(contentsOf: root.appending(path: "docs/campaign-format.md"), encoding: .utf8)
    for key in FaultModel.tables.flatMap(\.keys) + FaultModel.kinds + CampaignFile.table.keys where key != "$schema" {
      #expect(page.contains(key), "\(key)")
    }
    for change in FaultModel.Change.allCases { #expect(page.contains("`\(change.rawValue)`"), "\(change)") }
  }

  @Test func shippedCampaignsAreRead() throws {
    let folder = root.appending(path: "campaigns").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".json") && $0 != "campaign.schema.json"
    }
    for name in names {
      let file = try CampaignFile(path: "\(folder)/\(name)")
      #expect(!file.summary.isEmpty && !file.faults.models.isEmpty, "\(name)")
    }
    #expect(names.count >= 10)
  }
}
