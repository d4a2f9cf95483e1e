import ArgumentParser
import Equivalence
import Foundation
import Scenarios
import Traces

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run what a trace recorded again, and compare every event.",
    discussion: """
      Everything comes from the trace; the image of a thin one is looked for in images/ beside the trace, and in the
      build.

      EXAMPLES
        sim replay hello.trace
        sim replay traces/*.trace

      EXIT CODES
        0  the same    1  different: the first different event is named    2  a trace can't be read
      """
  )

  @Argument(help: "Traces.", completion: .file(extensions: ["trace"]))
  var files: [String]

  func run() throws {
    var isDifferent = false
    for file in files {
      try reportingInputErrors(path: file) {
        let trace = try TraceReader(path: file)
        try trace.verify()
        guard !RealRun.isOne(trace) else {
          throw InputError(description: "\(file): records a run of a real engine; sim verify compares it")
        }
        let inputs = try trace.inputs(path: file, images: ImageStore(imageFolders(for: file)))
        if let divergence = try replay(trace, inputs: inputs) {
          isDifferent = true
          print("\(file): \(Terminal.paint("DIFFERENT", false)): \(divergence.text(image: inputs.image))")
          if trace.header.simulatorVersion != simulatorVersion {
            print("  recorded by version \(trace.header.simulatorVersion), replayed by version \(simulatorVersion)")
          }
        } else {
          print("\(file): \(Terminal.paint("same", true)): \(trace.eventCount) events, digest \(trace.eventDigest)")
        }
      }
    }
    if isDifferent { throw ExitCode(1) }
  }
}

/// Where the image of a thin trace may be.
func imageFolders(for trace: String) -> [URL] {
  [URL(fileURLWithPath: trace).deletingLastPathComponent().appending(path: "images")]
    + ((try? buildProducts()).map { [$0.images] } ?? [])
}
