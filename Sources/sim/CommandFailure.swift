import BPFTool
import OutputFiles
import Scenarios
import TerminalText

/// Why there is no result, or not the one that was asked for: the user's input, the host, or the time.
struct CommandFailure: Error, CustomStringConvertible {
  /// Never empty.
  var problems: [Problem]
  /// The exit code that it brings.
  var status = ExitStatus.badInput

  init(file: String? = nil, message: String, remedy: String? = nil, status: Int32 = ExitStatus.badInput) {
    problems = [Problem(file: file, message: message, remedy: remedy)]
    self.status = status
  }

  init(_ problems: ScenarioProblems) {
    self.problems = problems.problems.map(Problem.init)
    status = problems.isHostShortage ? ExitStatus.hostShortage : ExitStatus.badInput
  }

  init(_ error: OutputError) {
    self.init(file: error.path.isEmpty ? nil : error.path, message: error.problem)
  }

  init(_ error: ToolError) {
    self.init(file: error.file, message: error.message)
    if let line = error.line, let column = error.column { problems[0].position = .init(line: line, column: column) }
  }

  init(wrongUsage message: String) {
    let words = CommandLine.arguments.dropFirst().prefix { !$0.hasPrefix("-") && !$0.contains(".") }.prefix(2)
    self.init(message: message, remedy: "see sim help" + words.map { " \($0)" }.joined())
  }

  /// What a report calls it.
  var kind: String {
    switch status {
    case ExitStatus.hostShortage: "host"
    case ExitStatus.timeout: "timeout"
    default: "input"
    }
  }

  /// A line for each problem.
  var description: String { problems.map(\.description).joined(separator: "\n") }

  /// Tells the user in the format that was asked for: JSON is the command's output, text goes beside it.
  ///
  /// - Parameter members: what the object says besides.
  func show(_ members: [(key: String, value: JSONText)] = []) {
    guard OutputFormat.isJSONWanted else {
      for problem in problems { StandardError.show(problem.description.terminalLine) }
      return
    }
    let rest: [(key: String, value: JSONText)] = [
      ("exitCode", .integer(UInt64(status))), ("problems", .array(problems.map(\.json))),
    ]
    StandardOutput.show(JSONText.object(members + rest).text)
  }
}

/// One thing that is in the way; what is not known of it is nil.
struct Problem: CustomStringConvertible {
  var file: String?
  var position: JSONPosition?
  /// Where in the file's value: `$.script[2].within`.
  var path: String?
  var message: String
  var remedy: String?

  init(file: String?, message: String, remedy: String? = nil) {
    (self.file, self.message, self.remedy) = (file, message, remedy)
  }

  init(_ problem: ScenarioProblem) {
    (file, position, path) = (problem.file, problem.position, problem.path)
    (message, remedy) = (problem.problem, problem.remedy)
  }

  /// `FILE:LINE:COLUMN: PATH: message; remedy`.
  var description: String {
    let place = file.map { file in position.map { "\(file):\($0)" } ?? file }
    return [place ?? "sim", path, message].compactMap { $0 }.joined(separator: ": ") + (remedy.map { "; \($0)" } ?? "")
  }

  var json: JSONText {
    let members: [(key: String, value: JSONText?)] = [
      ("file", file.map { .string($0) }), ("line", position.map { .integer(UInt64($0.line)) }),
      ("column", position.map { .integer(UInt64($0.column)) }), ("path", path.map { .string($0) }),
      ("message", .string(message)), ("remedy", remedy.map { .string($0) }),
    ]
    return .object(members.compactMap { member in member.value.map { (member.key, $0) } })
  }
}
