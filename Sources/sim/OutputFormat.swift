import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json

  /// Whether the command line asks for JSON. Problems with the command line itself are told in it too, when there are no
  /// options yet.
  static let isJSONWanted: Bool = {
    let words = CommandLine.arguments
    return words.contains("--format=json") || zip(words, words.dropFirst()).contains { $0 == ("--format", "json") }
  }()
}
