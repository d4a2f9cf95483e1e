import Foundation

/// What Package.swift says of the project's targets, read as text: the manifest describes one of two worlds at a time.
struct PackageManifest {
  struct Target {
    var name: String
    /// From the project's root.
    var path: String
    /// Those of the project's own, of either world.
    var dependencies: Set<String>
    var isTest: Bool
  }

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  let targets: [Target]

  init() throws {
    let text = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
    let lists = text.components(separatedBy: "\nlet package = ")[0]
    let head = /(\.target|\.executableTarget|\.systemLibrary|\n  tests)\(\s*(?:name: )?"([\w-]+)"/
    let starts = lists.matches(of: head)
    var found: [Target] = []
    for (index, match) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : lists.endIndex
      let rest = lists[match.range.upperBound..<end]
      let isTest = match.output.1.hasSuffix("tests")
      let name = String(match.output.2)
      let path = rest.firstMatch(of: /path: "([^"]+)"/).map { String($0.output.1) }
      // What follows the dependencies has strings of its own.
      let stop = rest.firstMatch(of: /path:|exclude:|\w+Settings:|pkgConfig:/)?.range.lowerBound ?? rest.endIndex
      let names = rest[..<stop].replacing(/\.product\([^)]*\)/, with: "").matches(of: /"([\w-]+)"/)
      found.append(
        Target(
          name: name, path: path ?? (isTest ? "Tests/" : "Sources/") + name,
          dependencies: Set(names.map { String($0.output.1) } + (isTest ? ["TestSupport"] : [])), isTest: isTest))
    }
    targets = found
  }

  /// The modules of the project that a target's sources import; a target in C has its declared dependencies.
  func imports(of target: Target) throws -> Set<String> {
    let folder = Self.root.appending(path: target.path)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var isSwift = false
    var names: Set<String> = []
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      isSwift = true
      let text = try String(contentsOf: file, encoding: .utf8)
      let imports = text.matches(of: /(?m)^(?:@\w+ )*(?:\w+ )?import (?:\w+ )?(\w+)/)
      names.formUnion(imports.map { String($0.output.1) })
    }
    return (isSwift ? names : target.dependencies).intersection(targets.map(\.name)).subtracting([target.name])
  }

  /// Everything that is linked into a program because of this target.
  func closure(of name: String) -> Set<String> {
    var seen: Set<String> = []
    var open = [name]
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      open += targets.first { $0.name == next }?.dependencies ?? []
    }
    return seen.subtracting([name])
  }
}
