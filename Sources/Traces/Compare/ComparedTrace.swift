import CXXHash
import SimEvents

/// A trace as one side of a comparison.
public struct ComparedTrace {
  /// What messages call it.
  public let name: String
  public let trace: TraceReader
  let symbols: TraceSymbols
  let images: ImageStore

  /// - Parameter images: where the image of a thin trace may be.
  public init(_ trace: TraceReader, name: String, images: ImageStore) throws(TraceError) {
    (self.trace, self.name, self.images) = (trace, name, images)
    symbols = try TraceSymbols(trace, images: images)
  }
}

/// Those events of a trace that a comparison looks at, with what it looks at.
struct ComparedEvents {
  struct Element {
    var numbered: NumberedEvent
    var form: [UInt8]

    /// The same in every process, unlike Swift's own hashes.
    var hash: UInt64 { form.withUnsafeBytes { XXH3_64bits($0.baseAddress, $0.count) } }
  }

  private var events: TraceReader.Events
  private let form: ComparedForm

  init(_ trace: TraceReader, _ form: ComparedForm) throws(TraceError) {
    events = try trace.events()
    self.form = form
  }

  mutating func next() throws(TraceError) -> Element? {
    while true {
      let number = events.number
      guard let event = try events.next() else { return nil }
      if let bytes = form.bytes(of: event) {
        return Element(numbered: NumberedEvent(number: number, event: event), form: bytes)
      }
    }
  }

  mutating func next(_ count: Int) throws(TraceError) -> [Element] {
    var elements: [Element] = []
    while elements.count < count, let element = try next() { elements.append(element) }
    return elements
  }
}
