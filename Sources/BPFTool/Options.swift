/// Options with a value, and the operands between them.
struct Options {
  private(set) var operands: [String] = []
  private var values: [String: String] = [:]

  /// `known` names the options that take a value.
  init(_ arguments: [String], known: Set<String>) throws(ToolError) {
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      guard argument.hasPrefix("-") && argument != "-" else {
        operands.append(argument)
        continue
      }
      guard known.contains(argument) else { throw ToolError(message: "unknown option '\(argument)'") }
      guard index < arguments.count else { throw ToolError(message: "option '\(argument)' needs a value") }
      values[argument] = arguments[index]
      index += 1
    }
  }

  /// Whether help is wanted rather than what the arguments say besides.
  static func askForHelp(_ arguments: [String]) -> Bool {
    // A program's own argument may look like anything.
    zip([""] + arguments, arguments).contains { $0 != "--argument" && ["--help", "-h"].contains($1) }
  }

  subscript(_ name: String) -> String? { values[name] }

  /// The one operand that the command takes.
  func file() throws(ToolError) -> String {
    guard operands.count == 1, let file = operands.first else { throw ToolError(message: "expected one file") }
    return file
  }
}
