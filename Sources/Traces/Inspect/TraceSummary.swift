import Scenarios
import SimEvents
import TerminalText

/// What a trace holds, in short.
public struct TraceSummary: Sendable {
  private let header: TraceHeader
  private let eventCount: UInt64
  private let digest: FileDigest
  private let counts: [(kind: EventKind, count: UInt64)]
  private let last: Event?

  /// Reads all events.
  public init(_ trace: TraceReader) throws(TraceError) {
    (header, eventCount, digest) = (trace.header, trace.eventCount, trace.eventDigest)
    var counts: [EventKind: UInt64] = [:]
    var last: Event?
    var events = try trace.events()
    while let event = try events.next() {
      counts[event.payload.kind, default: 0] += 1
      last = event
    }
    self.last = last
    self.counts = EventKind.allCases.compactMap { kind in counts[kind].map { (kind, $0) } }
  }

  public var text: String {
    var lines = [
      "scenario      \(header.scenario.terminalLine), seed \(header.seed)",
      "recorded by   version \(header.simulatorVersion.terminalLine)",
      "run           \(last?.instruction ?? 0) instructions, \(last?.time ?? 0) cycles at \(header.clockHz / 1_000_000) MHz",
      "events        \(eventCount), digest \(digest)",
    ]
    lines += counts.map { "  \($0.kind.name): \($0.count)" }
    lines.append("files")
    lines += header.files.map { file in
      "  \(file.role) \(file.name.isEmpty ? "" : file.name.terminalLine + " ")\(file.size) bytes, \(file.digest)"
        + (file.isIncluded ? "" : ", not in the trace")
    }
    return lines.joined(separator: "\n")
  }

  public var json: JSONText {
    .object([
      ("scenario", .string(header.scenario)), ("seed", .integer(header.seed)),
      ("simulatorVersion", .string(header.simulatorVersion)), ("clockHz", .integer(header.clockHz)),
      ("instructions", .integer(last?.instruction ?? 0)), ("cycles", .integer(last?.time ?? 0)),
      ("eventCount", .integer(eventCount)), ("digest", .string(digest.description)),
      ("events", .object(counts.map { ($0.kind.name, .integer($0.count)) })),
      (
        "files",
        .array(
          header.files.map { file in
            .object([
              ("role", .string("\(file.role)")), ("name", .string(file.name)), ("size", .integer(file.size)),
              ("digest", .string(file.digest.description)), ("included", .boolean(file.isIncluded)),
            ])
          })
      ),
    ])
  }
}
