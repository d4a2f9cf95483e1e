import Scenarios
import SimEvents

/// `--follow`: what the consoles print goes to standard output, line by line, while the run is under way.
struct FollowedConsoles {
  private let lines = ConsoleLines(showsInput: true) { FollowedConsoles.show($0) }

  var sink: any EventSink { lines }

  /// Shows what has no end of line when the run has ended, such as a prompt. There is no line of progress meanwhile: both
  /// would be on one terminal.
  func follow<Result>(_ run: () throws -> Result) rethrows -> Result {
    defer { for line in lines.unfinished { Self.show(line) } }
    return try ScenarioRun.withProgress(nil, operation: run)
  }

  private static func show(_ line: ConsoleText.Line) {
    StandardOutput.show("  \(line.shown)")
    StandardOutput.flush()
  }
}
