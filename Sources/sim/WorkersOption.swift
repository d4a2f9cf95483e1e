import ArgumentParser
import Foundation

/// How many threads run machines.
struct WorkersOption: ParsableArguments {
  @Option(name: .customLong("workers"), help: "How many threads run machines. Default: one for each processor.")
  var given: Int?

  var workers: Int { given ?? ProcessInfo.processInfo.activeProcessorCount }

  func validate() throws {
    if let given, !(1...1024).contains(given) { throw ValidationError("--workers is 1 to 1024") }
  }
}
