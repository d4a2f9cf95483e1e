import ArgumentParser
import Exploration
import OutputFiles

struct ExploreShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show or export what an exploration's database has so far.")

  @Argument(help: "The database of an exploration.", completion: .file(extensions: ["db"]))
  var database: String

  @OptionGroup var exports: ExploreExports

  func run() throws {
    try reportingExploration(path: database) {
      try requireSeparate(outputs: exports.files, inputs: databaseFiles(database, "the database"))
      try requireWritable(exports.files)
      let store = try ExplorationStore(lookingAt: database)
      let status = try exports.write(store)
      try store.close(isChanged: false)
      if status != 0 { throw ExitCode(status) }
    }
  }
}
