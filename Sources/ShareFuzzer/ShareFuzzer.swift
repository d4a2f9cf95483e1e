import ArgumentParser
import Foundation
import ShareModel

/// `Scripts/fuzz shares`.
@main struct ShareFuzzer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share-fuzz",
    abstract: "Compares random operations on the 9P server with the same operations on a folder of the host.",
    discussion: "Exit status: 0 no difference; 1 one was found, and the shortest history that shows it; 2 wrong usage.")

  @Option(help: "How many operations.") var operations = 1_000_000
  @Option(help: "The seed of the first history.") var seed: UInt64 = 1
  @Option(help: "Where the host's folders are made.") var folder = ShareComparison.usualFolder

  func validate() throws {
    guard operations > 0 else { throw ValidationError("--operations takes at least 1") }
  }

  private static func say(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  func run() throws {
    let isTerminal = isatty(STDERR_FILENO) == 1
    do {
      let comparison = try ShareComparison(folder: folder)
      let report = try comparison.run(operations: operations, seed: seed) { report in
        guard isTerminal, report.histories % 10 == 0 else { return }
        Self.say("\r\(report.operations) of \(operations) operations")
      }
      if isTerminal { Self.say("\r\u{1b}[K") }
      print(
        "fuzz: shares: \(report.operations) operations in \(report.histories) histories from seed \(seed), "
          + "\(report.succeeded) succeeded, \(report.limited) beyond a limit; \(report.differences.count) differences to Linux"
      )
      for difference in report.differences { print(difference) }
      if !report.differences.isEmpty { throw ExitCode(1) }
    } catch let error as ShareComparisonError {
      Self.say("share-fuzz: \(error)\n")
      throw ExitCode(2)
    }
  }
}
