import ArgumentParser
import Scenarios

/// Refuses names of subcommands that do not exist, with the nearest one that does.
///
/// The parser's own `help` shows the nearest parent's help for them and ends with 0.
enum SubcommandNames {
  /// - Parameter words: the command line without the program's name.
  /// - Throws: ``CommandFailure`` for `sim nosuch` and `sim help bpf nosuch`.
  static func check(_ words: ArraySlice<String>) throws(CommandFailure) {
    var words = words
    let isHelp = words.first == "help"
    if isHelp { words = words.dropFirst() }
    var command: any ParsableCommand.Type = Sim.self
    var path = ""
    for word in words {
      let children = command.configuration.subcommands
      // What follows are the command's own arguments.
      guard !word.hasPrefix("-"), !children.isEmpty || isHelp else { return }
      if word == "help" { continue }
      let named = children.first { $0.configuration.commandName == word }
      guard let named else {
        // The word is an argument of the one that need not be named.
        if command.configuration.defaultSubcommand != nil, !isHelp { return }
        let known = children.compactMap { $0.configuration.commandName }
        throw CommandFailure(
          message: "sim\(path) has no subcommand \"\(word)\": "
            + remedyForName(word, among: known, noun: "subcommand"), remedy: "see sim help\(path)")
      }
      command = named
      path += " \(word)"
    }
  }
}
