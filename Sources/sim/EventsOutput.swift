import OutputFiles
import Scenarios
import SimEvents
import Traces

/// The file of `--events` while a run writes it.
struct EventsOutput {
  private let file: AtomicFile
  private let filtered: FilteredEventLog?
  let sink: any EventSink

  init(_ path: String, _ filter: EventFilterOptions, of inputs: RunInputs) throws {
    file = try AtomicFile(path)
    guard !filter.isEmpty else {
      (filtered, sink) = (nil, EventLog(file))
      return
    }
    let query = try filter.query(hertz: inputs.scenario.machine.clockHertz)
    do throws(QueryError) {
      let log = try FilteredEventLog(file, query: query, image: inputs.image)
      (filtered, sink) = (log, log)
    } catch { throw CommandFailure(message: "\(error)") }
  }

  /// Puts the file in its place; what a query names and the run never had is an error.
  func finish() throws {
    do throws(QueryError) { try filtered?.finish() } catch { throw CommandFailure(message: "\(error)") }
    try file.finish()
  }

  /// Leaves nothing of a file that is not finished.
  func discard() { file.discard() }
}
