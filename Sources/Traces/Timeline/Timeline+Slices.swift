import Scenarios
import SimEvents

extension Timeline {
  /// What pairs the begin and the end of a slice that may overlap others.
  struct Overlapping: Hashable, Comparable {
    var category: String
    var id: String

    var members: [(key: String, value: String)] {
      [("cat", JSONText.string(category).text), ("id", JSONText.string(id).text)]
    }

    static func < (left: Self, right: Self) -> Bool { (left.category, left.id) < (right.category, right.id) }
  }

  /// What a console has shown since its last line's end.
  struct ConsoleLine {
    var start: UInt64
    var bytes: [UInt8]
  }

  /// Longer lines are cut in pieces: a guest that never ends one must not fill the host's memory.
  private static let lineBytesMax = 256

  mutating func row(_ group: TimelineGroup, _ title: String) -> TimelineTrack {
    tracks.track(group, title, &output)
  }

  /// The fields of an event, with its number in the trace and the name of its instruction.
  func arguments(_ numbered: NumberedEvent) -> [(key: String, value: JSONText)] {
    let payload = numbered.event.payload
    let symbol = payload.instructionPointer.flatMap { symbols.name(of: $0, at: numbered.number) }
    return [("event", .integer(numbered.number))] + numbered.event.knownFields.map { ($0.name, JSONText($0.value)) }
      + (symbol.map { [("symbol", .string($0))] } ?? [])
  }

  // MARK: Slices that nest

  mutating func enter(
    _ name: String, on track: TimelineTrack, at time: UInt64, _ arguments: [(key: String, value: JSONText)] = []
  ) {
    output.event("B", name, on: track, at: time, arguments: arguments)
    open[track, default: []].append(name)
  }

  /// Ends the innermost slice; without any there is nothing to end.
  mutating func leave(_ track: TimelineTrack, at time: UInt64) {
    if let name = open[track]?.popLast() { output.event("E", name, on: track, at: time) }
  }

  mutating func mark(_ name: String, on track: TimelineTrack, _ numbered: NumberedEvent) {
    output.event(
      "i", name, on: track, at: numbered.event.time, [("s", "\"t\"")], arguments: arguments(numbered))
  }

  // MARK: Slices that may overlap

  mutating func begin(
    _ slice: Overlapping, named name: String, on track: TimelineTrack, _ numbered: NumberedEvent
  ) {
    end(slice, at: numbered.event.time)
    overlapping[slice] = (track, name)
    output.event(
      "b", name, on: track, at: numbered.event.time, slice.members, arguments: arguments(numbered))
  }

  mutating func end(_ slice: Overlapping, _ numbered: NumberedEvent) {
    end(slice, at: numbered.event.time, arguments(numbered))
  }

  mutating func end(_ slice: Overlapping, at time: UInt64, _ arguments: [(key: String, value: JSONText)] = []) {
    guard let (track, name) = overlapping.removeValue(forKey: slice) else { return }
    output.event("e", name, on: track, at: time, slice.members, arguments: arguments)
  }

  // MARK: What events mean

  mutating func recordGuest(_ name: String, _ detail: String, _ numbered: NumberedEvent) {
    let time = numbered.event.time
    let domain = row(.processor, "domain")
    switch GuestRecord(name: name, detail: detail) {
    case .threadSwitched(let next):
      leave(row(.threads, thread), at: time)
      thread = next
      enter("running", on: row(.threads, thread), at: time)
      count(numbered.event)
    case .domainEntered(let program): enter("overlay \(program)", on: domain, at: time)
    // The unikernel is never left.
    case .domainLeft: if (open[domain]?.count ?? 0) > 1 { leave(domain, at: time) }
    case .contained, .panic: mark("\(name) \(detail)", on: row(.processor, "faults"), numbered)
    default: mark("\(name) \(detail)", on: row(.run, name), numbered)
    }
  }

  /// A slice for each time in which PKRU takes any right away.
  mutating func changeRights(_ pkru: UInt32, _ numbered: NumberedEvent) {
    let track = row(.processor, "PKRU")
    leave(track, at: numbered.event.time)
    if pkru != 0 { enter("0x" + String(pkru, radix: 16), on: track, at: numbered.event.time, arguments(numbered)) }
  }

  mutating func show(_ bytes: [UInt8], on console: Console, at time: UInt64) {
    for byte in bytes {
      lines[console, default: ConsoleLine(start: time, bytes: [])].bytes.append(byte)
      if byte == 0x0a || lines[console]?.bytes.count == Self.lineBytesMax { endLine(of: console, at: time) }
    }
  }

  mutating func endLine(of console: Console, at time: UInt64) {
    guard let line = lines.removeValue(forKey: console) else { return }
    let text = String(decoding: line.bytes.filter { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
    output.slice(text, on: row(.consoles, "\(console)"), from: line.start, to: time)
  }

  mutating func count(_ event: Event) {
    let track = TimelineTrack(process: TimelineGroup.processor.rawValue, thread: 0)
    for (name, value) in [("instructions", event.instruction), ("PKRU writes", pkruWrites)] {
      output.event("C", name, on: track, at: event.time, arguments: [(name, .integer(value))])
    }
  }
}
