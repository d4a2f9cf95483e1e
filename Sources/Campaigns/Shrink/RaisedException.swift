import GuestOS
import Scenarios
import SimEvents

/// An exception of a run, and the instruction that raised it.
struct RaisedException: Equatable, Sendable {
  var vector: UInt8
  /// The symbol or the program of the instruction with the offset in it; nil where it has no name.
  var place: String?
}

/// Keeps the last exception of a run.
final class ExceptionWatch: EventSink {
  private(set) var last: RaisedException?
  private var names: AddressNames

  init(_ image: GuestImage) { names = AddressNames(image) }

  var kinds: EventKinds { EventKinds([.exception, .guest]) }

  func record(_ event: Event) {
    if case .exception(let vector, _, let pointer, _) = event.payload {
      last = RaisedException(vector: vector, place: names.place(pointer))
    } else if !event.actor.isExtension, let record = event.payload.guestRecord {
      _ = names.note(record)
    }
  }
}
