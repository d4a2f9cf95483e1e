import Scenarios
import SimMachine
import TerminalText

/// What a run shows to those outside of the machine.
struct RunOutput: Equatable, Sendable {
  var outcome: Outcome
  var consoles: String
  /// Expectations that did not hold.
  var failures: [String]
  var shareDigest: String?
  var diskDigest: String?

  init(_ result: RunResult, share: String?, disk: String?) {
    outcome = result.outcome
    consoles = result.transcriptText
    // A fault that did not happen is no output.
    failures = result.failures.filter { !$0.hasPrefix("faults[") }
    shareDigest = share
    diskDigest = disk
  }

  /// The first thing that is different, in one line; nil if nothing is.
  func difference(to golden: RunOutput) -> String? {
    if consoles != golden.consoles { return "the consoles show something else: \(firstLine(golden))" }
    if failures != golden.failures {
      let new = failures.first { !golden.failures.contains($0) }
      return new.map { "an expectation does not hold: \($0)" } ?? "an expectation holds that did not"
    }
    if shareDigest != golden.shareDigest { return "the share has other contents" }
    if diskDigest != golden.diskDigest { return "the disk has other contents" }
    return nil
  }

  private func firstLine(_ golden: RunOutput) -> String {
    let (ours, theirs) = (consoles.split(separator: "\n"), golden.consoles.split(separator: "\n"))
    let place = zip(ours, theirs).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let at = place ?? min(ours.count, theirs.count)
    // A database cuts texts at a NUL.
    func line(_ lines: [Substring]) -> String { at < lines.count ? "\"\(String(lines[at]).terminalLine)\"" : "nothing" }
    return "\(line(ours)) instead of \(line(theirs))"
  }
}
