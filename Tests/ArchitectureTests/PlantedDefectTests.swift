import Foundation
import Testing

/// The defects of Scripts/mutants fit the sources as they are: a run of the script takes an hour, and is rarely made.
@Suite struct PlantedDefectTests {
  private struct Defect: Decodable {
    var name: String
    var file: String
    var from: String
    var to: String
    var tests: String
  }

  private func defects() throws -> [Defect] {
    let file = PackageManifest.root.appending(path: "Tests/mutants.json")
    return try JSONDecoder().decode([Defect].self, from: Data(contentsOf: file))
  }

  @Test func eachFitsOnePlace() throws {
    for defect in try defects() {
      let file = PackageManifest.root.appending(path: defect.file)
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      let count = text.components(separatedBy: defect.from).count - 1
      #expect(count == 1, "\"\(defect.name)\" fits \(count) places of \(defect.file)")
      #expect(defect.from != defect.to)
    }
  }

  @Test func namesAreThereOnceAndModulesHaveSome() throws {
    let defects = try defects()
    #expect(Set(defects.map(\.name)).count == defects.count && defects.count >= 40)
    let folders = Set(defects.map { $0.file.split(separator: "/")[1] })
    #expect(folders.count >= 15, "\(folders.sorted())")
    let readme = try String(contentsOf: PackageManifest.root.appending(path: "README.md"), encoding: .utf8)
    #expect(readme.contains("plants \(defects.count) defects"), "README.md says another number")
  }
}
