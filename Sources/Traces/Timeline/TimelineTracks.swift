import Scenarios

/// The groups of rows, in the order in which they are shown.
enum TimelineGroup: Int, CaseIterable {
  case threads = 1
  case processor, consoles, queues, ninep, run

  var title: String {
    switch self {
    case .threads: "threads"
    case .processor: "processor"
    case .consoles: "consoles"
    case .queues: "virtio queues"
    case .ninep: "9P"
    case .run: "run"
    }
  }
}

/// Gives rows their numbers, in the order in which they are first used, and says their names.
struct TimelineTracks {
  private var numbers: [Name: Int] = [:]
  private var counts: [TimelineGroup: Int] = [:]

  private struct Name: Hashable {
    var group: TimelineGroup
    var title: String
  }

  /// The row with this title.
  mutating func track(_ group: TimelineGroup, _ title: String, _ output: inout ChromeTraceEvents) -> TimelineTrack {
    let name = Name(group: group, title: title)
    if let number = numbers[name] { return TimelineTrack(process: group.rawValue, thread: number) }
    let number = counts[group, default: 0] + 1
    (numbers[name], counts[group]) = (number, number)
    let track = TimelineTrack(process: group.rawValue, thread: number)
    if number == 1 {
      output.event("M", "process_name", on: track, at: 0, arguments: [("name", .string(group.title))])
      output.event(
        "M", "process_sort_index", on: track, at: 0, arguments: [("sort_index", .integer(UInt64(group.rawValue)))])
    }
    output.event("M", "thread_name", on: track, at: 0, arguments: [("name", .string(title))])
    output.event("M", "thread_sort_index", on: track, at: 0, arguments: [("sort_index", .integer(UInt64(number)))])
    return track
  }
}
