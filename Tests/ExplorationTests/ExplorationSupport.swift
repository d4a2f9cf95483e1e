import Engines
import Foundation
import ResultDatabases
import Scenarios
import SimUnicorn

@testable import Exploration

let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
let built = BuildProducts(folder: root.appending(path: ".build"))

/// A folder with explorations that is taken away when the test is over.
final class ExplorationFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "exploration-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: url.appending(path: name)) }

  /// An exploration of a shipped scenario.
  func file(_ members: String, scenario: String = "hello", name: String = "test") throws -> ExplorationFile {
    let place = scenario.hasSuffix(".json") ? scenario : "\(root.path)/scenarios/\(scenario).json"
    try write("{\"scenario\": \"\(place)\", \(members)}", "\(name).json")
    return try ExplorationFile(path: path("\(name).json"))
  }

  /// What is wrong with an exploration.
  func problems(_ members: String, scenario: String = "hello") -> String {
    do {
      let file = try file(members, scenario: scenario)
      _ = try Exploration(file, products: built, simulator: "test", engine: .unicorn)
      return ""
    } catch { return "\(error)" }
  }
}

extension Exploration {
  static func of(_ file: ExplorationFile) throws -> Exploration {
    try Exploration(file, products: built, simulator: "test", engine: .unicorn)
  }

  @discardableResult
  func store(_ path: String, shard: Shard = .whole, workers: Int = 1) throws -> ExplorationStore {
    let store = try ExplorationStore(path)
    try ExplorationRun(self).run(into: store, shard: shard, workers: workers)
    return store
  }
}

extension ExplorationStore {
  /// All runs as the exports have them.
  func exports() throws -> [String] {
    var lines: [String] = []
    let export = try ExplorationExport(self, ExplorationResults(self))
    try export.visitJSONLines { lines.append($0) }
    try export.visitCSV { lines.append($0) }
    return lines
  }
}
