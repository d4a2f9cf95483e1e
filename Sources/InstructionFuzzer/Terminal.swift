import Glibc
import InstructionFuzz

/// What people see.
enum Terminal {
  private static let isTerminal = isatty(STDERR_FILENO) == 1
  /// Causes beyond these are counted only.
  private static let causesMax = 20

  /// Progress, on a terminal only.
  static func show(_ name: String, _ done: UInt64, of count: UInt64) {
    guard isTerminal else { return }
    say("\r\u{1b}[Kfuzz: instructions: \(name): \(done) of \(count)")
  }

  /// The summary line, and the findings by cause. True if there are any.
  static func conclude(_ name: String, _ report: FuzzReport) -> Bool {
    if isTerminal { say("\r\u{1b}[K") }
    print(
      "fuzz: instructions: \(name): \(report.cases) cases, \(report.findings) findings, "
        + "digest \(String(report.digest, radix: 16))")
    let ends = report.ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    print("  ended by \(ends); \(report.instructions) instructions retired")
    for (_, cause) in report.causes.sorted(by: { $0.value.count > $1.value.count }).prefix(causesMax) {
      print("  \(cause.count) times, first: \(cause.first)")
    }
    return report.findings > 0
  }

  static func say(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
