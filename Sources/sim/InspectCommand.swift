import ArgumentParser
import SimEvents
import Traces

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a trace holds: its inputs, how many events of which kind, and the events.",
    discussion: """
      EXAMPLES
        sim inspect hello.trace
        sim inspect hello.trace --events --kind pkruWrite --kind exception
        sim inspect hello.trace --events --from 100000 --to 200000 --format json
        sim inspect hello.trace --event 42
      """
  )

  @Argument(help: "The trace.", completion: .file(extensions: ["trace"]))
  var file: String

  @Flag(help: "List the events.")
  var events = false

  @Option(help: "List events of this kind only; may be given several times.")
  var kind: [String] = []

  @Option(help: "List events from this virtual time on, in cycles.")
  var from: UInt64 = 0

  @Option(help: "List events up to this virtual time, in cycles.")
  var to: UInt64 = .max

  @Option(help: "Show the event with this number, counted from 0.")
  var event: UInt64?

  @Option(help: "text, or json: one object a line.")
  var format = OutputFormat.text

  func run() throws {
    try reportingInputErrors(path: file) {
      let kinds = try kind.map { name in
        guard let kind = EventKind(name: name) else {
          throw InputError(description: "--kind \(name): there is no such kind; known: \(Self.kindNames)")
        }
        return kind
      }
      let trace = try TraceReader(path: file)
      try trace.verify()
      if let event {
        var found = try trace.events(from: event)
        guard let found = try found.next(), event < trace.eventCount else {
          throw InputError(description: "\(file): there is no event \(event): the trace has \(trace.eventCount)")
        }
        show(found, event)
      } else if events {
        try list(trace, kinds: Set(kinds))
      } else {
        let summary = try TraceSummary(trace)
        print(format == .json ? summary.json.text : summary.text)
      }
    }
  }

  private static var kindNames: String { EventKind.allCases.map(\.name).joined(separator: ", ") }

  private func list(_ trace: TraceReader, kinds: Set<EventKind>) throws {
    var events = try trace.events(fromTime: from)
    while true {
      let number = events.number
      guard let event = try events.next(), event.time <= to else { return }
      if kinds.isEmpty || kinds.contains(event.payload.kind) { show(event, number) }
    }
  }

  private func show(_ event: Event, _ number: UInt64) {
    print(format == .json ? event.json : "\(number): \(event.text)")
  }
}
