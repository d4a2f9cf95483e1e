import Foundation
import SimCPU
import SimEvents
import SimMachine
import Testing

@testable import Scenarios

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

private func schemaDefinitions() throws -> [String: JSONNode] {
  let text = try Data(contentsOf: root.appending(path: "scenarios/scenario.schema.json"))
  let schema = try JSONParser.parse([UInt8](text))
  guard case .object(let members) = schema["$defs"]?.value else { return [:] }
  return Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) })
}

private func keys(of node: JSONNode?) -> Set<String> {
  guard case .object(let members) = node?.value else { return [] }
  return Set(members.map(\.key))
}

private func strings(of node: JSONNode?) -> Set<String> {
  guard case .array(let elements) = node?.value else { return [] }
  return Set(elements.compactMap { if case .string(let text) = $0.value { text } else { nil } })
}

@Test func theSchemaHasTheReadersObjectsKeysAndRequirements() throws {
  let definitions = try schemaDefinitions()
  for table in Scenario.tables {
    let definition = definitions[table.name]
    #expect(keys(of: definition?["properties"]) == Set(table.keys), "\(table.name)")
    #expect(strings(of: definition?["required"]) == Set(table.required), "\(table.name)")
    #expect(definition?["additionalProperties"]?.value == .boolean(false), "\(table.name)")
  }
  let objects = definitions.filter { $0.value["properties"] != nil }.keys
  #expect(Set(objects) == Set(Scenario.tables.map(\.name)))
  print("\(Scenario.tables.count) kinds of objects agree with the schema")
}

@Test func theSchemaHasTheReadersWords() throws {
  let definitions = try schemaDefinitions()
  func words(_ object: String, _ key: String) -> Set<String> {
    strings(of: definitions[object]?["properties"]?[key]?["enum"])
  }
  #expect(strings(of: definitions["eventKind"]?["enum"]) == Set(EventKind.allCases.map(\.name)))
  #expect(words("expect", "outcome") == Set(Outcome.allCases.map(\.rawValue)))
  #expect(words("guest", "variant") == Set(GuestSpecification.Variant.allCases.map(\.rawValue)))
  #expect(words("guest", "design") == Set(GuestSpecification.Design.allCases.map(\.rawValue)))
  #expect(words("guest", "bpf") == Set(GuestSpecification.BPFEngine.allCases.map(\.rawValue)))
  #expect(words("machine", "bootProtocol") == Set(MachineSpecification.BootProtocol.allCases.map(\.rawValue)))
  #expect(words("step", "console") == Set(ConsoleName.allCases.map(\.rawValue)))
  #expect(words("register", "name") == Set(RegisterFile.changeable))
  #expect(words("descriptor", "field") == Set(Fault.DescriptorField.allCases.map(\.rawValue)))
}

@Test func everyKindOfEventCanBeFiltered() {
  #expect(Set(EventVocabulary.samples.map(\.kind)) == Set(EventKind.allCases))
}

@Test func theDocumentNamesEveryKeyKindAndWord() throws {
  let text = try String(contentsOf: root.appending(path: "docs/scenario-format.md"), encoding: .utf8)
  for table in Scenario.tables {
    for key in table.keys { #expect(text.contains(key), "\(table.name).\(key)") }
  }
  for sample in EventVocabulary.samples {
    let fields = sample.fields.map { "`\($0.name)`" }.joined(separator: ", ")
    #expect(text.contains("| `\(sample.kind.name)` | \(fields) |"))
  }
  for outcome in Outcome.allCases { #expect(text.contains("| `\(outcome.rawValue)` |")) }
}
