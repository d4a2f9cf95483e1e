import GuestOS
import OutputFiles
import Scenarios
import SimEvents

/// Writes the events of a run that a query asks for, each as one line of JSON, while the run is under way.
public final class FilteredEventLog: EventSink {
  private let log: EventLog
  private let query: EventQuery
  private var symbols: TraceSymbols
  /// Nil as long as what the query names is not there: it may be a program that is loaded later.
  private var resolved: ResolvedQuery?
  private var unresolved: QueryError?
  private var number: UInt64 = 0

  /// - Throws: what is wrong with the query, whatever the run does.
  public init(_ file: AtomicFile, query: EventQuery, image: GuestImage) throws(QueryError) {
    log = EventLog(file)
    self.query = query
    symbols = TraceSymbols(image: image)
    try resolve()
  }

  private func resolve() throws(QueryError) {
    do throws(QueryError) {
      resolved = try query.resolved(symbols)
      unresolved = nil
    } catch {
      guard error.isAboutName else { throw error }
      unresolved = error
    }
  }

  public func record(_ event: Event) {
    defer { number += 1 }
    if symbols.note(event, number) {
      do { try resolve() } catch { unresolved = error }
    }
    if resolved?.matches(NumberedEvent(number: number, event: event)) == true { log.record(event) }
  }

  /// - Throws: that what the query names was never there.
  public func finish() throws(QueryError) {
    if resolved == nil, let unresolved { throw unresolved }
  }
}
