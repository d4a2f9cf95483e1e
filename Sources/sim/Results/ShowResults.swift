import ArgumentParser
import OutputFiles
import ResultDatabases

/// `show`: what a database has so far.
struct ShowResults<Exports: ResultExports>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show", abstract: "Show or export what the database of \(Exports.Store.oneOfThem) has so far.")
  }

  @Argument(help: "The database of \(Exports.Store.oneOfThem).", completion: .file(extensions: ["db"]))
  var database: String

  @OptionGroup var exports: Exports

  func run() throws {
    try Exports.reporting(path: database) {
      try requireSeparate(outputs: exports.files, inputs: databaseFiles(database, "the database"))
      try requireWritable(exports.files)
      let store = try Exports.Store(lookingAt: database)
      let status = try exports.write(store)
      try store.close(isChanged: false)
      if status != 0 { throw ExitCode(status) }
    }
  }
}
