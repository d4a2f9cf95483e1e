import Foundation

/// A scenario and the folder that its relative paths start from.
public struct ScenarioFile: Sendable {
  /// A scenario is written by people: more is a mistake, such as naming an image.
  static let bytesMax = 1 << 20

  /// The path as the user gave it, for messages only: it never reaches the run.
  public var path: String
  public var folder: URL
  /// The file as it was read, or as the changes made it.
  public var text: [UInt8]
  public var scenario: Scenario
  /// The path of the cost table that the scenario names, whose values are in ``text`` now; nil if it names none.
  var costFile: String?

  /// A scenario that no file holds.
  ///
  /// - Parameter name: for messages.
  package init(name: String, text: [UInt8], folder: URL) throws(ScenarioProblems) {
    (path, self.folder) = (name, folder)
    (scenario, self.text, costFile) = try Self.read(text, [], folder: folder, file: name)
    if scenario.name.isEmpty { scenario.name = name }
  }

  /// A scenario whose file was read earlier.
  ///
  /// - Parameters:
  ///   - path: as the user gave it.
  ///   - changes: made in this order before anything is checked.
  package init(path: String, text: [UInt8], folder: URL, changes: [ScenarioChange]) throws(ScenarioProblems) {
    (self.path, self.folder) = (path, folder)
    let tree = try ScenarioChange.apply(changes, to: Scenario.tree(text, file: path), file: path)
    scenario = try Scenario.read(tree, file: path)
    self.text = Array(tree.text.utf8)
    if scenario.name.isEmpty {
      scenario.name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    }
  }

  /// - Parameter changes: made in this order before anything is checked.
  public init(path: String, changes: [ScenarioChange] = []) throws(ScenarioProblems) {
    self.path = path
    let url = URL(filePlace: path)
    folder = url.deletingLastPathComponent()
    let text = [UInt8](
      try readFile(url, bytesMax: Self.bytesMax) { problem, remedy in
        ScenarioProblem(file: path, position: nil, path: "$", problem: problem, remedy: remedy)
      })
    (scenario, self.text, costFile) = try Self.read(text, changes, folder: folder, file: path)
    if scenario.name.isEmpty { scenario.name = url.deletingPathExtension().lastPathComponent }
  }

  /// - Returns: the scenario, its text as it then is, and the cost table that it names.
  private static func read(
    _ text: [UInt8], _ changes: [ScenarioChange], folder: URL, file: String
  ) throws(ScenarioProblems) -> (Scenario, text: [UInt8], costFile: String?) {
    var tree = try Scenario.tree(text, file: file)
    if !changes.isEmpty { tree = try ScenarioChange.apply(changes, to: tree, file: file) }
    let taken = try Scenario.takingInCosts(tree, folder: folder, file: file)
    if let taken { tree = taken.tree }
    let isChanged = !changes.isEmpty || taken != nil
    return (try Scenario.read(tree, file: file), isChanged ? Array(tree.text.utf8) : text, taken?.path)
  }
}

/// The published schema lies beside the scenarios and is easily taken along with them by `*.json`.
public enum ScenarioSchema {
  /// Whether a file is a JSON Schema rather than a scenario. False for whatever can't be read.
  public static func isSchema(_ path: String) -> Bool {
    guard
      let text = try? readFile(
        URL(filePlace: path), bytesMax: ScenarioFile.bytesMax,
        describe: { .init(file: path, position: nil, path: "$", problem: $0, remedy: $1) }),
      let root = try? JSONParser.parse([UInt8](text)), case .string(let name) = root["$schema"]?.value
    else { return false }
    return name.hasPrefix("https://json-schema.org/")
  }
}

/// The bytes of a file that people write, such as a campaign or a fault; not of a pipe, which might never end.
public func readText(path: String, bytesMax: Int) throws(ScenarioProblems) -> [UInt8] {
  [UInt8](
    try readFile(URL(filePlace: path), bytesMax: bytesMax) { problem, remedy in
      ScenarioProblem(file: path, position: nil, path: "$", problem: problem, remedy: remedy)
    })
}

/// The content of a file; whatever is in the way becomes a problem of the scenario that names it.
func readFile(
  _ url: URL, bytesMax: Int, describe: (_ problem: String, _ remedy: String) -> ScenarioProblem
) throws(ScenarioProblems) -> Data {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
    throw ScenarioProblems([describe("there is no file \(url.lastPathComponent)", "check the path")])
  }
  if isFolder.boolValue {
    throw ScenarioProblems([describe("\(url.lastPathComponent) is a folder", "name a file in it")])
  }
  let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
  guard let type = attributes?[.type] as? FileAttributeType, type == .typeRegular else {
    throw ScenarioProblems([describe("\(url.lastPathComponent) is no regular file", "name one")])
  }
  if let size = attributes?[.size] as? Int, size > bytesMax {
    throw ScenarioProblems([
      describe("\(url.lastPathComponent) has \(size) bytes", "at most \(bytesMax) make sense here")
    ])
  }
  do {
    return try Data(contentsOf: url)
  } catch {
    throw ScenarioProblems([describe("\(url.lastPathComponent) can't be read", "check its permissions")])
  }
}
