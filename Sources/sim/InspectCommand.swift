import ArgumentParser
import Foundation
import ObjectInspection
import OutputFiles
import Scenarios
import Traces

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Show what a trace holds: its inputs, how many events of which kind, and the events; or what an extension's object does.",
    discussion: """
      EXAMPLES
        sim inspect hello.trace
        sim inspect hello.snapshot                               and the run up to it, like a trace
        sim inspect hello.trace --events --kind pkruWrite --kind faults
        sim inspect hello.trace --events --from 100us --to 200us --format json
        sim inspect hello.trace --events --symbol set_count      or a pattern: 'virtio.*'
        sim inspect hello.trace --events --key 0
        sim inspect hello.trace --event 42
        sim inspect hello.trace --at 320us --registers           the state at a virtual time
        sim inspect hello.trace --at 320000 --memory count:8 --memory 0x100000:64
        sim inspect hello.trace --last-writer count              who wrote it last, and what
        sim inspect hello.trace --last-writer 0x10a000:64 --at 320000    in cycles
        sim inspect hello.trace --export perfetto -o hello.json  for ui.perfetto.dev
        sim inspect .build/extensions/own-rights.o               the parts of an object, and its privileged instructions
        sim inspect --bundles .build/bundled/extensions/hello.o  whether it is code in bundles
      """
  )

  @Argument(help: "The trace, the snapshot, or the object.", completion: .file(extensions: ["trace", "snapshot", "o"]))
  var file: String

  @Flag(help: "List the events.")
  var events = false

  @Flag(help: "Of an object: whether the design mpk-bundled takes its code, or what in it breaks a rule.")
  var bundles = false

  @OptionGroup(title: "Filters")
  var filter: EventFilterOptions

  @Option(
    parsing: .unconditional, help: "Show the event with this number, counted from 0, in full.", transform: wholeNumber)
  var event: UInt64?

  @OptionGroup(title: "State at a time")
  var state: StateOptions

  @Option(help: "Write the events for another program: perfetto, as a timeline.")
  var export: ExportForm?

  @Option(name: .shortAndLong, help: "The file to export to.", completion: .file())
  var output: String?

  @Option(help: "text, or json: one object a line.")
  var format = OutputFormat.text

  enum ExportForm: String, ExpressibleByArgument, CaseIterable {
    case perfetto
  }

  func validate() throws {
    let wanted = [
      ("--events", events), ("--event", event != nil), ("--export", export != nil),
      ("--at", state.at != nil && state.lastWriter == nil), ("--last-writer", state.lastWriter != nil),
    ].filter(\.1)
    guard wanted.count <= 1 else {
      throw ValidationError("\(wanted[0].0) and \(wanted[1].0) ask for different things; give one of them")
    }
    try filter.require(events)
    guard (export == nil) == (output == nil) else {
      throw ValidationError("--export needs a file: -o FILE; and -o a form: --export perfetto")
    }
  }

  func run() throws {
    try reportingFailures(path: file) {
      if isObject(file) { return try showObject() }
      if let output {
        try requireSeparate(
          outputs: [CommandFile(output, "-o")], inputs: recordingInputs(file, "the trace"))
      }
      guard !bundles else {
        throw CommandFailure(file: file, message: "is no object; --bundles looks at objects' code")
      }
      let (trace, snapshot) = try openForInspection(file)
      if let event {
        try show(event, of: trace)
      } else if let piece = state.lastWriter {
        try state.showLastWriter(piece, of: trace, path: file, format: format)
      } else if let time = state.at {
        try state.show(time, of: trace, path: file, format: format)
      } else if events {
        try list(trace)
      } else if let output {
        try exportTimeline(of: trace, symbols: symbols(of: trace), to: output)
      } else if let snapshot {
        let summary = try SnapshotSummary(snapshot)
        StandardOutput.show(format == .json ? summary.json.text : summary.text)
      } else {
        let summary = try TraceSummary(trace)
        StandardOutput.show(format == .json ? summary.json.text : summary.text)
      }
    }
  }

  private func showObject() throws {
    guard !events, event == nil, output == nil, state.at == nil, state.lastWriter == nil else {
      throw CommandFailure(file: file, message: "is an object, which has no events and no states; give the file alone")
    }
    let inspection: ObjectInspection
    do {
      inspection = try ObjectInspection(Array(Data(contentsOf: URL(filePath: file))), bundles: bundles)
    } catch let error as ObjectInspection.Refusal {
      throw CommandFailure(file: file, message: "the loader refuses it: \(error.text)")
    }
    StandardOutput.show(format == .json ? inspection.json.text : inspection.text)
  }

  private func symbols(of trace: TraceReader) throws -> TraceSymbols {
    var symbols = try TraceSymbols(trace, images: ImageStore(imageFolders(for: file)))
    symbols.debugFiles = try debugFiles(for: file, trace)
    return symbols
  }

  private func show(_ number: UInt64, of trace: TraceReader) throws {
    var found = try trace.events(from: number)
    guard number < trace.eventCount, let event = try found.next() else {
      throw CommandFailure(file: file, message: "there is no event \(number): the trace has \(trace.eventCount)")
    }
    let numbered = NumberedEvent(number: number, event: event)
    let symbols = try symbols(of: trace)
    StandardOutput.show(
      format == .json ? numbered.json(symbols).text : EventDetail(numbered, of: trace, symbols: symbols).text)
  }

  private func list(_ trace: TraceReader) throws {
    let query = try filter.query(hertz: trace.header.clockHz)
    let symbols = try symbols(of: trace)
    let resolved: ResolvedQuery
    do { resolved = try query.resolved(symbols) } catch { throw CommandFailure(file: file, message: "\(error)") }

    var events = try trace.events(fromTime: query.times.lowerBound)
    while true {
      let number = events.number
      guard let event = try events.next(), event.time <= query.times.upperBound else { return }
      let numbered = NumberedEvent(number: number, event: event)
      guard resolved.matches(numbered) else { continue }
      StandardOutput.show(format == .json ? numbered.json(symbols).text : symbols.text(numbered))
    }
  }
}
