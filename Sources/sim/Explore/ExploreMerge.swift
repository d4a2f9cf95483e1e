import ArgumentParser
import Exploration
import Foundation
import OutputFiles

struct ExploreMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Put the parts of an exploration together.",
    discussion: "Parts of other explorations, and parts that are missing, there twice or not done are refused.")

  @Argument(help: "The database to make; it must not exist.", completion: .file(extensions: ["db"]))
  var output: String

  @Argument(help: "The databases of all parts.", completion: .file(extensions: ["db"]))
  var parts: [String]

  @OptionGroup var exports: ExploreExports

  func run() throws {
    try reportingExploration(path: output) {
      guard !FileManager.default.fileExists(atPath: output) else {
        throw CommandFailure(file: output, message: "exists already", remedy: "name another file, or take it away")
      }
      try requireSeparate(
        outputs: [CommandFile(output, "the merged database")] + exports.files,
        inputs: parts.map { CommandFile($0, "a part") })
      try requireWritable([CommandFile(output, "the merged database")] + exports.files)
      let store = try ExplorationMerging(parts).write(to: output)
      let status = try exports.write(store)
      try store.close()
      if status != 0 { throw ExitCode(status) }
    }
  }
}
