import SimEvents
import SimMachine
import TerminalText

/// A profile by stacks of names: actor, calls from the outermost on, and what the time was for where that was no instruction.
struct FoldedStacks {
  /// In an order of their own: by names.
  private(set) var stacks: [(names: [String], cycles: UInt64)] = []

  init(_ profile: TimeProfile) {
    var cycles: [[String]: UInt64] = [:]
    for entry in profile.entries { cycles[profile.names(of: entry), default: 0] += entry.cycles }
    stacks = cycles.map { ($0.key, $0.value) }.sorted { $0.names.lexicographicallyPrecedes($1.names) }
  }

  /// A line for each stack, as Brendan Gregg's tools take it: names with semicolons between them, a space, cycles.
  var text: String {
    stacks.map { stack in
      // A semicolon in a name would be two names.
      let names = stack.names.map { $0.terminalLine.map { $0 == ";" ? ":" : String($0) }.joined() }
      return names.joined(separator: ";") + " \(stack.cycles)\n"
    }.joined()
  }
}

extension TimeProfile {
  /// The names of an entry's stack.
  func names(of entry: Entry) -> [String] {
    if entry.use == .idle { return ["idle"] }
    var names = [entry.actor.description] + frames(of: entry.stack).map { name(of: $0) }
    if entry.use != .unplaced { names.append(functions[functionOfPlace[entry.place]]) }
    if let use = entry.use.frameName { names.append(use) }
    return names
  }

  /// Folded stacks (``FoldedStacks``).
  public var folded: String { FoldedStacks(self).text }
}
