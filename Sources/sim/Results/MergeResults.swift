import ArgumentParser
import Foundation
import OutputFiles
import ResultDatabases

/// `merge`: one database of the parts that shards have made.
struct MergeResults<Exports: ResultExports>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "merge", abstract: "Put the parts of \(Exports.Store.oneOfThem) together.",
      discussion:
        "Parts of other \(Exports.Store.noun)s, and parts that are missing, there twice or not done are refused.")
  }

  @Argument(help: "The database to make; it must not exist.", completion: .file(extensions: ["db"]))
  var output: String

  @Argument(help: "The databases of all parts.", completion: .file(extensions: ["db"]))
  var parts: [String]

  @OptionGroup var exports: Exports

  func run() throws {
    try Exports.reporting(path: output) {
      guard !FileManager.default.fileExists(atPath: output) else {
        throw CommandFailure(file: output, message: "exists already", remedy: "name another file, or take it away")
      }
      let merged = CommandFile(output, "the merged database")
      try requireSeparate(outputs: [merged] + exports.files, inputs: parts.map { CommandFile($0, "a part") })
      try requireWritable([merged] + exports.files)
      let store = try ShardMerging<Exports.Store>(parts).write(to: output)
      let status = try exports.write(store)
      try store.close()
      if status != 0 { throw ExitCode(status) }
    }
  }
}
