import ArgumentParser
import OutputFiles
import ResultDatabases

/// A database with the files that SQLite may have beside it, and takes away.
func databaseFiles(_ path: String, _ role: String) -> [CommandFile] {
  ResultDatabase.suffixes.map { CommandFile(path + $0, $0.isEmpty ? role : "the journal of \(role)") }
}

extension [CommandFile] {
  /// Whether standard output is one of them, which then holds nothing else.
  var haveStandardOutput: Bool { contains { $0.path == CommandFile.standardOutput } }
}

/// `3/8` of the command line.
@Sendable func parseShard(_ text: String) throws -> Shard {
  guard let shard = Shard(text) else {
    throw ValidationError("\"\(text)\" is no part; write I/N with I from 1 to N, such as 3/8")
  }
  return shard
}
