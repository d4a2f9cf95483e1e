import SimEvents

/// Collects where somebody else than the instruction itself looks at registers.
final class OtherReaders: EventSink {
  private let hasSecrets: Bool
  private(set) var reads: [(instruction: UInt64, registers: Range<Int>)] = []

  init(hasSecrets: Bool) { self.hasSecrets = hasSecrets }

  var kinds: EventKinds { EventKinds([.exception, .interrupt, .crossing, .sync]) }

  func record(_ event: Event) {
    let all = 0..<16
    let registers: Range<Int> =
      switch event.payload {
      // Whoever changes over is known by the stack; what an extension leaves behind is searched for secrets.
      case .crossing: hasSecrets ? all : 4..<5
      // A delivery pushes RSP, and the instruction before it may not have come to its end; a digest is of everything.
      default: all
      }
    // A fault before the instruction of this number may be before or after that look: neither it nor an earlier one is taken for
    // the other.
    if event.instruction > 0 { reads.append((event.instruction - 1, registers)) }
    reads.append((event.instruction, registers))
  }
}
