import Foundation
import Testing

/// What docs/architecture.md shows is what the sources import and the manifest declares.
@Suite struct BoundaryTests {
  private let manifest: PackageManifest

  init() throws { manifest = try PackageManifest() }

  /// The picture's lines: a module, and what it imports.
  private static func drawn() throws -> [(module: String, imports: Set<String>)] {
    let page = try String(contentsOf: PackageManifest.root.appending(path: "docs/architecture.md"), encoding: .utf8)
    let picture = try #require(page.firstMatch(of: /```\n(sim [^`]*)```/)).output.1
    var lines: [(String, Set<String>)] = []
    for line in picture.split(separator: "\n") {
      let words = line.matches(of: /[\w-]*\w/).map { String($0.output) }
      if line.hasPrefix(" ") {
        lines[lines.count - 1].1.formUnion(words)
      } else {
        lines.append((words[0], Set(words.dropFirst())))
      }
    }
    return lines
  }

  @Test func everyTargetIsFound() throws {
    #expect(manifest.targets.count > 50)
    #expect(Set(manifest.targets.map(\.name)).isSuperset(of: ["sim", "CXXHash", "SimCPU", "uio-guest", "SimCPUTests"]))
    let kvm = try #require(manifest.targets.first { $0.name == "SimKVM" })
    #expect(try manifest.imports(of: kvm) == ["CKVM", "SimCPU", "SimEvents", "SimMemory"])
  }

  @Test func everyImportIsDeclared() throws {
    for target in manifest.targets {
      let undeclared = try manifest.imports(of: target).subtracting(target.dependencies)
      #expect(undeclared.isEmpty, "\(target.name) imports \(undeclared.sorted()), which Package.swift does not say")
    }
  }

  @Test func thePictureShowsTheImports() throws {
    let drawn = try Self.drawn()
    let modules = manifest.targets.filter { !$0.isTest && $0.name != "TestSupport" }
    #expect(drawn.map(\.module).sorted() == modules.map(\.name).sorted())
    for module in modules {
      let shown = drawn.first { $0.module == module.name }?.imports ?? []
      let found = try manifest.imports(of: module)
      #expect(shown == found, "\(module.name): docs/architecture.md and the sources differ")
    }
  }

  /// A module knows only what stands below it.
  @Test func thePictureHasNoWayUp() throws {
    var above: Set<String> = []
    for line in try Self.drawn() {
      above.insert(line.module)
      #expect(line.imports.isDisjoint(with: above), "\(line.module)")
    }
  }

  /// Whoever needs no engine of the simulator's links none.
  @Test(arguments: ["SimCPU", "SimMachine", "SimKVM", "SimQEMU", "Scenarios"])
  func noEngineComesAlong(_ module: String) {
    #expect(manifest.closure(of: module).isDisjoint(with: ["SimUnicorn", "CUnicornSeams", "Engines"]))
    #expect(module == "SimKVM" || !manifest.closure(of: module).contains("SimKVM"))
  }
}
