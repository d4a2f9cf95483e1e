import Foundation
import Testing

/// docs/devices.md names the test that holds each rule: those tests are there.
@Suite struct ConformanceTableTests {
  /// A row of the document's tables: its cells, and where it stands.
  private struct Row {
    var section: String
    var cells: [String]
  }

  /// The rows of tables whose last column names tests.
  private func rows() throws -> [Row] {
    let file = PackageManifest.root.appending(path: "docs/devices.md")
    var rows: [Row] = []
    var section = ""
    var namesTests = false
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
      guard line.hasPrefix("|") else {
        namesTests = false
        continue
      }
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if cells.last == "test" {
        namesTests = true
      } else if namesTests, cells.first?.hasPrefix("---") == false {
        rows.append(Row(section: section, cells: cells))
      }
    }
    return rows
  }

  private func sources(of folder: String) throws -> String {
    let place = PackageManifest.root.appending(path: "Tests/\(folder)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".swift") }
    return try names.sorted().map { try String(contentsOf: place.appending(path: $0), encoding: .utf8) }.joined()
  }

  @Test func everyRuleNamesTestsThatAreThere() throws {
    let rows = try rows()
    #expect(rows.count >= 40, "the tables are not read any more")
    let named = /`([A-Za-z0-9]+)`(?: \(([A-Za-z]+Tests)\))?|([A-Za-z]+Tests)\b/
    for row in rows {
      var count = 0
      for match in (row.cells.last ?? "").matches(of: named) {
        count += 1
        if let test = match.output.1 {
          let folder = match.output.2.map(String.init) ?? "SimVirtioTests"
          let isThere = try sources(of: folder).contains("func \(test)(")
          #expect(isThere, "\(row.section): there is no test \(test) in \(folder)")
        } else if let file = match.output.3 {
          let tests = PackageManifest.root.appending(path: "Tests").path
          let isThere = try FileManager.default.subpathsOfDirectory(atPath: tests).contains {
            $0.hasSuffix("/\(file).swift")
          }
          #expect(isThere, "\(row.section): there is no \(file).swift")
        }
      }
      #expect(count > 0, "\(row.section): no test is named for \(row.cells.first ?? "")")
    }
  }
}
