import ArgumentParser
import OutputFiles
import ResultDatabases

/// How the results of one kind of work are written beside their database. The same results are the same bytes.
protocol ResultExports: ParsableArguments {
  associatedtype Store: ResultStore

  /// What is written, each with its option.
  var files: [CommandFile] { get }

  /// Writes what was asked for, and prints the results.
  ///
  /// - Returns: the exit code.
  func write(_ store: Store) throws -> Int32

  /// Turns what such work can't do into what the user reads.
  static func reporting(path: String, _ body: () throws -> Void) throws
}
