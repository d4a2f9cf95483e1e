import ArgumentParser
import Exploration
import OutputFiles
import Scenarios

struct ExploreReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Make a page for people of what an exploration's database has so far.",
    discussion: """
      One HTML file that needs no network and no scripts. With --compare two databases of the same points are set beside each other, \
      and the differences that are more than noise are printed.
      """)

  @Argument(help: "The database of an exploration.", completion: .file(extensions: ["db"]))
  var database: String?

  @Option(name: .shortAndLong, help: "The page to write.", completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Two databases: before and after.", valueName: "db"),
    completion: .file(extensions: ["db"]))
  var compare: [String] = []

  @Option(help: ArgumentHelp("With --compare: this result; may be given several times.", valueName: "name"))
  var result: [String] = []

  @Option(help: "With --compare: text, or json.")
  var format = OutputFormat.text

  func validate() throws {
    if compare.isEmpty {
      guard database != nil, output != nil else {
        throw ValidationError("name a database and the page to write: sim explore report x.db --output x.html")
      }
    } else {
      guard compare.count == 2, database == nil, output == nil else {
        throw ValidationError("--compare takes two databases and nothing else: --compare before.db after.db")
      }
    }
  }

  func run() throws {
    if compare.isEmpty { try writePage(database ?? "", output ?? "") } else { try showDifferences() }
  }

  private func writePage(_ database: String, _ output: String) throws {
    try ExploreExports.reporting(path: database) {
      try requireSeparate(
        outputs: [CommandFile(output, "--output")], inputs: databaseFiles(database, "the database"))
      let store = try ExplorationStore(lookingAt: database)
      let page = try ExplorationReport(store).html
      try store.close(isChanged: false)
      try AtomicFile.write(page, to: output)
    }
  }

  private func showDifferences() throws {
    try ExploreExports.reporting(path: compare[1]) {
      let results = try compare.map { path in
        let store = try ExplorationStore(lookingAt: path)
        let results = try ExplorationResults(store)
        try store.close(isChanged: false)
        return results
      }
      do throws(ExplorationComparison.Refusal) {
        let comparison = try ExplorationComparison(results[0], results[1], results: result)
        StandardOutput.show(format == .json ? comparison.json.text : comparison.text)
      } catch { throw CommandFailure(file: compare[1], message: error.description) }
    }
  }
}
