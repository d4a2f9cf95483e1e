import CXXHash
import GuestOS
import SimEvents

/// A trace as one side of a comparison.
public struct ComparedTrace {
  /// What messages call it.
  public let name: String
  public let trace: TraceReader
  /// Names its addresses; nil if the trace is thin and its image not at hand.
  public let image: GuestImage?

  /// - Parameter images: where the image of a thin trace may be.
  public init(_ trace: TraceReader, name: String, images: ImageStore) throws(TraceError) {
    (self.trace, self.name) = (trace, name)
    var image: GuestImage?
    for (index, file) in trace.header.files.enumerated() where file.role == .image {
      let bytes = try trace.content(ofFile: index) ?? images.image(file)
      image = bytes.flatMap { try? GuestImage($0) }
    }
    self.image = image
  }
}

/// An event and its place in the trace.
public struct NumberedEvent: Equatable, Sendable {
  /// Counted from 0.
  public var number: UInt64
  public var event: Event
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
