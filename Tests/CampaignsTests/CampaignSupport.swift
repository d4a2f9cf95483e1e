import Campaigns
import Engines
import Foundation
import Scenarios
import SimCPU
import SimUnicorn

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let products = BuildProducts(folder: root.appending(path: ".build"))

/// A folder that is taken away when the test is over.
final class TestFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "campaign-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a campaign on a shipped scenario.
  func campaign(_ members: String, scenario: String = "set-count", name: String = "test") throws -> CampaignFile {
    let text = "{\"scenario\": \"\(root.path)/scenarios/\(scenario).json\", \(members)}"
    try Data(text.utf8).write(to: url.appending(path: "\(name).json"))
    return try CampaignFile(path: path("\(name).json"))
  }
}

extension Campaign {
  static func of(_ file: CampaignFile, isDry: Bool = false) throws -> Campaign {
    try Campaign(file, products: products, isDry: isDry, simulator: "test", engine: .unicorn)
  }

  /// Runs the campaign, or a part of it, into a database.
  @discardableResult
  func store(_ path: String, part: CampaignStore.Part = .whole, workers: Int = 1) throws -> CampaignStore {
    let store = try CampaignStore(path)
    try CampaignRun(self).run(into: store, part: part, workers: workers)
    return store
  }
}

extension CampaignStore {
  /// All experiments as the export has them.
  func lines() throws -> [String] {
    var lines: [String] = []
    try visit { lines.append($0.json.text) }
    return lines
  }
}

extension CampaignSummary {
  func samples(_ faultClass: FaultClass) -> UInt64 { lines.first { $0.faultClass == faultClass }?.samples ?? 0 }
}
