import Foundation
import FoundationXML
import TerminalText

@testable import Campaigns

extension CampaignHeader {
  /// A space of 640 faults, of which 7 are samples.
  static let exampleValues = [
    "name": "test", "summary": "what happens", "identity": "00", "part": "1/1", "file": "test.json", "dry": "false",
    "seed": "1", "instructionCount": "10", "locationCount": "64", "operationCount": "0", "spaceSize": "640",
    "sampleCount": "7", "classCount": "5",
    "confidence": "0.95", "goldenOutcome": "completed", "goldenInstructions": "1000", "goldenDigest": "11",
    "goldenFailure": "",
  ]
}

extension ExperimentRecord {
  static func example(
    _ number: Int, _ faultClass: FaultClass, pointer: UInt64, place: String, weight: UInt64 = 1,
    location: String = "rax bit 3", digest: String = "22"
  ) -> ExperimentRecord {
    ExperimentRecord(
      number: number, weight: weight, location: location, group: String(location.prefix { $0 != " " }),
      instruction: 100,
      fault: "{}", faultClass: faultClass, reason: "a reason", evidence: "", place: place, instructionPointer: pointer,
      actor: "gate", before: "0x0", after: "0x8", firstDifference: 7, differenceAt: 110, convergedAt: nil,
      instructions: 900, digest: digest)
  }
}

extension TestFolder {
  func report(
    _ records: [ExperimentRecord], header: [String: String] = CampaignHeader.exampleValues, name: String = "test"
  ) throws -> CampaignReport {
    let store = try CampaignStore(path("\(name).db"))
    guard let header = CampaignHeader(header) else { throw CampaignError("no header") }
    try store.adopt(header)
    try store.add(records)
    return try CampaignReport(store)
  }

  func page(
    _ records: [ExperimentRecord], header: [String: String] = CampaignHeader.exampleValues, name: String = "test"
  ) throws -> String {
    try report(records, header: header, name: name).html
  }
}

/// A page as XML, which a page that is well-formed can be read as.
struct ParsedPage {
  private let document: XMLDocument

  init(_ page: String) throws { document = try XMLDocument(xmlString: page, options: []) }

  /// Those of a name, or of a name in another one.
  func elements(_ names: String) -> [XMLElement] {
    let path = "//" + names.split(separator: " ").joined(separator: "//")
    return ((try? document.nodes(forXPath: path)) ?? []).compactMap { $0 as? XMLElement }
  }

  func texts(_ names: String) -> [String] { elements(names).map { $0.stringValue ?? "" } }

  func values(of attribute: String, in names: String) -> [String] {
    elements(names).compactMap { $0.attribute(forName: attribute)?.stringValue }
  }

  /// All elements with the names of their attributes.
  var shape: [String] {
    elements("*").map { element in
      "\(element.name ?? "") \((element.attributes ?? []).compactMap(\.name).sorted())"
    }
  }
}

extension Unicode.Scalar {
  var operates: Bool { operatesTerminals }
}

extension String {
  /// As a report is to show it.
  var terminalWritten: String { terminalLine.replacing("\u{ffff}", with: "\\uffff") }
}
