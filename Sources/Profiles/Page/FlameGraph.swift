/// Stacks as a tree of boxes: callers above what they called, as wide as the cycles that were spent in them and below.
struct FlameGraph {
  struct Box: Equatable {
    var name: String
    /// 0 is the whole.
    var depth: Int
    /// Where it is drawn, from the left, and how wide: as many as its cycles, but fewer for idle time that is drawn narrower.
    var start: UInt64
    var width: UInt64
    var cycles: UInt64
    /// Of the actor that the box is of: its kind.
    var colour: String
  }

  /// Callers before what they called.
  private(set) var boxes: [Box] = []
  private(set) var depth = 0
  /// Boxes of fewer cycles are not drawn, as there would be too many.
  private(set) var leastCycles: UInt64 = 1
  /// The width of the whole.
  private(set) var width: UInt64 = 0
  /// Whether idle time is drawn narrower than it is.
  let isIdleNarrow: Bool

  /// A page with more boxes is slow to look at.
  static let boxesMax = 4000

  /// In a run that mostly waits nothing else could be seen: idle time has at most this part of the width that others have.
  private static let idlePart: UInt64 = 8

  /// - Parameter stacks: sorted, each with the actor first; the time in which nobody acted has the name `idle` and no other.
  init(_ stacks: [(names: [String], cycles: UInt64)], whole: String) {
    let cycles = stacks.reduce(0) { $0 + $1.cycles }
    let idle = stacks.first { $0.names == Self.idle }?.cycles ?? 0
    let idleWidth = idle == cycles ? idle : min(idle, max((cycles - idle) / Self.idlePart, 1))
    isIdleNarrow = idleWidth < idle
    width = cycles - idle + idleWidth
    boxes = [Box(name: whole, depth: 0, start: 0, width: width, cycles: cycles, colour: "whole")]
    var open: [Int] = []
    var start: UInt64 = 0
    for (names, cycles) in stacks {
      let width = names == Self.idle ? idleWidth : cycles
      var shared = 0
      while shared < min(open.count, names.count), boxes[open[shared]].name == names[shared] { shared += 1 }
      open.removeLast(open.count - shared)
      for (level, name) in names.enumerated().dropFirst(shared) {
        open.append(boxes.count)
        let colour = name.hasPrefix("[") && name.hasSuffix("]") ? "event" : Self.colour(names[0])
        boxes.append(Box(name: name, depth: level + 1, start: start, width: 0, cycles: 0, colour: colour))
      }
      for box in open {
        boxes[box].cycles += cycles
        boxes[box].width += width
      }
      start += width
    }
    if boxes.count > Self.boxesMax {
      leastCycles = boxes.map(\.cycles).sorted(by: >)[Self.boxesMax] + 1
      boxes.removeAll { $0.cycles < leastCycles }
    }
    depth = boxes.reduce(0) { max($0, $1.depth) }
  }

  private static let idle = ["idle"]

  /// The name of a colour for an actor, by the first word.
  static func colour(_ actor: String) -> String {
    switch actor.prefix(while: { $0 != " " }) {
    case "unikernel", "application", "handler", "gate", "extension", "idle": String(actor.prefix { $0 != " " })
    case "host": "function"
    default: "other"
    }
  }
}
