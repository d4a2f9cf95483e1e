import Scenarios

/// Writes events in Chrome's trace event format (its JSON object form), which Perfetto's UI opens.
///
/// Times in the file are microseconds, written exactly to the nanosecond.
struct ChromeTraceEvents {
  private let write: (String) -> Void
  private let clockHz: UInt64
  private var isFirst = true

  init(clockHz: UInt64, write: @escaping (String) -> Void) {
    (self.clockHz, self.write) = (clockHz, write)
    write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")
  }

  /// - Parameters:
  ///   - phase: "B", "E" a slice's begin and end; "X" a whole slice; "b", "e" the same of slices that may overlap;
  ///     "i" a moment; "C" a counter; "M" a name.
  ///   - time: cycles.
  ///   - members: more that the phase needs.
  mutating func event(
    _ phase: String, _ name: String, on track: TimelineTrack, at time: UInt64,
    _ members: [(key: String, value: String)] = [], arguments: [(key: String, value: JSONText)] = []
  ) {
    var line = isFirst ? "\n" : ",\n"
    isFirst = false
    line +=
      "{\"ph\":\"\(phase)\",\"name\":\(JSONText.string(name).text),\"pid\":\(track.process),\"tid\":\(track.thread)"
    line += ",\"ts\":\(microseconds(time))"
    for (key, value) in members { line += ",\"\(key)\":\(value)" }
    if !arguments.isEmpty { line += ",\"args\":\(JSONText.object(arguments).text)" }
    write(line + "}")
  }

  /// Of a whole slice.
  mutating func slice(_ name: String, on track: TimelineTrack, from start: UInt64, to end: UInt64) {
    // The difference of the rounded times: the slice's end is where it would stand as an event of its own.
    let (first, last) = (nanoseconds(cycles: start, hertz: clockHz), nanoseconds(cycles: end, hertz: clockHz))
    let length = last >= first ? last - first : 0
    event("X", name, on: track, at: start, [("dur", Self.microseconds(nanoseconds: length))])
  }

  mutating func finish(_ properties: [(key: String, value: JSONText)]) {
    write("\n],\"otherData\":\(JSONText.object(properties).text)}\n")
  }

  private func microseconds(_ cycles: UInt64) -> String {
    Self.microseconds(nanoseconds: nanoseconds(cycles: cycles, hertz: clockHz))
  }

  private static func microseconds(nanoseconds: UInt64) -> String {
    let fraction = "\(nanoseconds % 1_000)"
    return "\(nanoseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}

/// A row of the timeline: in the format's words a thread of a process.
struct TimelineTrack: Hashable, Comparable {
  var process: Int
  var thread: Int

  static func < (left: Self, right: Self) -> Bool {
    (left.process, left.thread) < (right.process, right.thread)
  }
}
