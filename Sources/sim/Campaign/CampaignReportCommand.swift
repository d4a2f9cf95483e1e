import ArgumentParser
import Campaigns
import OutputFiles

struct CampaignReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Make a page for people of what a campaign's database has so far.",
    discussion: """
      One HTML file that needs no network and no scripts: the classes with their intervals, maps of where in the code and in which bits \
      the faults were, time lines, and the failures with the commands that replay them. Exit code 0 whatever the campaign has found.
      """)

  @Argument(help: "The database of a campaign.", completion: .file(extensions: ["db"]))
  var database: String

  @Option(name: .shortAndLong, help: "The page to write.", completion: .file(extensions: ["html"]))
  var output: String

  func run() throws {
    try CampaignExports.reporting(path: database) {
      try requireSeparate(
        outputs: [CommandFile(output, "--output")], inputs: databaseFiles(database, "the database"))
      let store = try CampaignStore(lookingAt: database)
      let page = try CampaignReport(store).html
      try store.close(isChanged: false)
      try AtomicFile.write(page, to: output)
    }
  }
}
