@preconcurrency import Glibc
import TerminalText

/// What was meant for standard output and did not arrive there.
struct LostOutput: Error, CustomStringConvertible {
  var description: String
}

/// Standard output. Failures are forgotten until `finish` finds them.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Prints text for people, or JSON, and ends the line. What would operate the terminal is written out, but for our own
  /// colours: a name that nobody thought of is caught here.
  static func show(_ text: String) { write(Terminal.shown(text) + "\n") }

  /// Writes bytes as they are: results that are no text.
  static func write(_ bytes: [UInt8]) { _ = fwrite(bytes, 1, bytes.count, stdout) }

  private static func write(_ text: String) { write([UInt8](text.utf8)) }

  /// Hands what has been written so far to the operating system, if it takes it (``finish()`` tells).
  static func flush() { fflush(stdout) }

  /// Hands everything written so far to the operating system.
  ///
  /// - Throws: that some of it, now or earlier, was not taken.
  static func finish() throws(LostOutput) {
    let isFlushed = fflush(stdout) == 0
    let reason = isFlushed ? "" : ": \(String(cString: strerror(errno)))"
    guard isFlushed && ferror(stdout) == 0 else { throw LostOutput(description: "can't write the output\(reason)") }
  }
}

/// Standard error, for what a person should know. If nobody takes it there is nobody left to tell.
enum StandardError {
  /// Tells a person something, and ends the line. What would operate the terminal is written out.
  static func show(_ text: String) { fputs(text.terminalText + "\n", stderr) }

  /// Writes text that operates the terminal on purpose.
  static func operate(_ text: String) { fputs(text, stderr) }

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

enum StandardStreams {
  /// Keeps the numbers of closed standard streams from files opened later, into which results would then be written.
  /// What takes their places can be read (as empty) but not written, so that lost output shows.
  static func reserveClosed() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
      // The lowest free number is taken, which is this one.
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
