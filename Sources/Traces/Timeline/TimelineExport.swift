import OutputFiles
import Scenarios

/// Writes a trace as a timeline in Chrome's trace event format, which Perfetto's UI (ui.perfetto.dev) opens.
///
/// - Throws: ``TraceError`` or ``OutputError``; no file is left behind then.
public func exportTimeline(of trace: TraceReader, symbols: TraceSymbols, to path: String) throws {
  let file = try AtomicFile(path)
  var timeline = Timeline(trace.header, symbols: symbols) { file.write($0) }
  var events = try trace.events()
  while true {
    let number = events.number
    guard let event = try events.next() else { break }
    timeline.record(NumberedEvent(number: number, event: event))
  }
  timeline.finish(trace.header)
  try file.finish()
}
