import ArgumentParser
import Engines
import Foundation
import OutputFiles
import Scenarios
import Traces

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on from a snapshot to the end of the run, and check what the scenario expects.",
    discussion: """
      Everything comes from the snapshot; the image of a thin one is looked for in images/ beside it, and in the build.
      The result, the events (all of the run, those before the snapshot included) and their digest are those of a run
      that was never stopped.

      EXAMPLES
        sim resume hello.snapshot
        sim resume hello.snapshot --format json
        sim resume hello.snapshot --events events.jsonl

      EXIT CODES
        as for run
      """
  )

  @Argument(help: "The snapshot.", completion: .file(extensions: ["snapshot"]))
  var file: String

  @Option(help: "How the result is printed: text or json.")
  var format = OutputFormat.text

  @Option(help: "Write each event as a line of JSON to this file.", completion: .file())
  var events: String?

  @OptionGroup(title: "Filters")
  var filter: EventFilterOptions

  func validate() throws { try filter.require(events != nil) }

  func run() throws {
    try reportingFailures(path: file) {
      try requireSeparate(
        outputs: events.map { [CommandFile($0, "--events")] } ?? [], inputs: recordingInputs(file, "the snapshot"))
      let (inputs, start) = try readSnapshot(file)
      guard let start else { return }
      let log = try events.map { try EventsOutput($0, filter, of: inputs) }
      defer { log?.discard() }
      let result = try start.resume(inputs, observers: log.map { [$0.sink] } ?? [])
      try log?.finish()
      switch format {
      case .json: StandardOutput.show(result.json.text)
      case .text: StandardOutput.show(result.text(paint: Terminal.paint))
      }
      if result.exitCode != 0 { throw ExitCode(result.exitCode) }
    }
  }
}
