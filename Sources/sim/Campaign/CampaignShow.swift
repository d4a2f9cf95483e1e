import ArgumentParser
import Campaigns
import OutputFiles

struct CampaignShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show or export what a campaign's database has so far.")

  @Argument(help: "The database of a campaign.", completion: .file(extensions: ["db"]))
  var database: String

  @OptionGroup var exports: CampaignExports

  func run() throws {
    try reportingCampaign(path: database) {
      try requireSeparate(outputs: exports.files, inputs: databaseFiles(database, "the database"))
      try requireWritable(exports.files)
      let store = try CampaignStore(lookingAt: database)
      let status = try exports.write(store)
      try store.close(isChanged: false)
      if status != 0 { throw ExitCode(status) }
    }
  }
}
