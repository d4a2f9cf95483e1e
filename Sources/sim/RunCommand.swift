import ArgumentParser
import Engines
import Foundation
import OutputFiles
import Scenarios

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run scenarios and check what they expect.",
    discussion: """
      EXAMPLES
        sim run scenarios/rogue-write.json
        sim run scenarios/hello.json --format json --seed 7
        sim run scenarios/hello.json --events events.jsonl
        sim run scenarios/rogue-write.json --events e.jsonl --kind faults --from 1500ms
        sim run scenarios/endless-loop.json --follow
        sim run scenarios/hello.json --engine kvm
        sim run scenarios/rogue-write.json --design none     the write escapes
        sim run scenarios/bpf-count.json --bpf jit
        sim run scenarios/hello.json --set /machine/memoryMiB=128
        sim run scenarios/*.json --junit report.xml --timeout 60s

      EXIT CODES
        as for all commands (sim --help); of several files the worst: 70, 71, 2, 124, 1, in this order
      """
  )

  @Argument(help: "Scenarios, JSON files (docs/scenario-format.md).", completion: .file(extensions: ["json"]))
  var files: [String]

  @Option(help: "text, or json: one object a scenario, on a line of its own.")
  var format = OutputFormat.text

  @OptionGroup var start: SeedOption

  @OptionGroup var changes: ChangeOptions

  @Flag(help: "Show what the consoles print while they print it.")
  var follow = false

  @Option(help: "Write each event as a line of JSON to this file.", completion: .file())
  var events: String?

  @OptionGroup(title: "Filters")
  var filter: EventFilterOptions

  @Option(
    help: "Write the share as the guest left it to this folder, which must be new or empty.", completion: .directory)
  var exportShare: String?

  @Option(help: "Write the disk as the guest left it to this file.", completion: .file())
  var exportDisk: String?

  @Option(
    help: "Write the results to this file as JUnit's XML, which continuous integration reads.",
    completion: .file(extensions: ["xml"]))
  var junit: String?

  @OptionGroup var time: TimeoutOption
  @OptionGroup var engine: EngineOption

  func validate() throws {
    guard files.count == 1 || events == nil && exportShare == nil && exportDisk == nil else {
      throw ValidationError("--events, --export-share and --export-disk hold one run; name one scenario")
    }
    guard !follow || format == .text else { throw ValidationError("--follow shows text; leave --format json out") }
    try filter.require(events != nil)
  }

  func run() throws {
    try reportingFailures(path: "sim run") {
      try checkOutputs()
      let report = try junit.map { try AtomicFile($0) }
      defer { report?.discard() }
      let (cases, statuses) = try runAll()
      report?.write(JUnitReport(cases).text)
      try report?.finish()
      let status = ExitStatus.worst(statuses)
      if status != 0 { throw ExitCode(status) }
    }
  }
}
