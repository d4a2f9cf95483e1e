import Foundation
import Testing

@testable import Scenarios

/// A guest whose shell gets one command after the other.
struct CommandScenario: Sendable, CustomTestStringConvertible {
  var variant = "ushellmpk"
  var design = "uio-mpk"
  var commandLine = ""
  /// How long the script waits behind the last prompt.
  var patience = "1100ms"
  /// Written into the share before, by name.
  var files: [String: [UInt8]] = [:]
  var testDescription: String { "\(variant), \(design)" }

  /// Types the commands, each after the next prompt, and waits: for long enough, if nothing else is asked, that the application has
  /// had the time for a number.
  func run(_ commands: [String], extensions: [String]) throws -> RunResult {
    let script = commands.map { #"{"send": "\#($0)"}, {"expect": "> ", "within": "20s"}"# }
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "share"), withIntermediateDirectories: true)
    for (name, bytes) in files { try Data(bytes).write(to: folder.url.appending(path: "share/\(name)")) }
    let list = extensions.map { "\"\($0)\"" }.joined(separator: ", ")
    let file = try folder.write(
      "scenario.json",
      """
      {"guest": {"variant": "\(variant)", "design": "\(design)", "commandLine": "\(commandLine)"},
       "share": {"folder": "share", "extensions": [\(list)]},
       "script": [{"expect": "> ", "within": "2s"}, \(script.joined(separator: ", ")), {"wait": "\(patience)"}]}
      """)
    return try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run()
  }
}

extension RunResult {
  /// What the consoles showed, line by line.
  var consoleText: String { console.map(\.text).joined(separator: "\n") }
}
