import OutputFiles
import SimEvents

/// Writes each event as one line of JSON.
public final class EventLog: EventSink {
  private let file: AtomicFile

  public init(_ file: AtomicFile) {
    self.file = file
  }

  public func record(_ event: Event) {
    file.write(event.json)
    file.write("\n")
  }
}
