/// Stacks as a tree of boxes: callers above what they called, as wide as the cycles that were spent in them and below.
struct FlameGraph {
  struct Box: Equatable {
    var name: String
    /// 0 is the whole.
    var depth: Int
    /// In cycles, from the left.
    var start: UInt64
    var cycles: UInt64
    /// Of the actor that the box is of: its kind.
    var colour: String
  }

  /// Callers before what they called.
  private(set) var boxes: [Box] = []
  private(set) var depth = 0
  /// Boxes of fewer cycles are not drawn, as there would be too many.
  private(set) var leastCycles: UInt64 = 1
  let cycles: UInt64

  /// A page with more boxes is slow to look at.
  static let boxesMax = 4000

  /// - Parameter stacks: sorted, each with the actor first.
  init(_ stacks: [(names: [String], cycles: UInt64)], whole: String) {
    cycles = stacks.reduce(0) { $0 + $1.cycles }
    boxes = [Box(name: whole, depth: 0, start: 0, cycles: cycles, colour: "whole")]
    var open: [Int] = []
    var start: UInt64 = 0
    for (names, cycles) in stacks {
      var shared = 0
      while shared < min(open.count, names.count), boxes[open[shared]].name == names[shared] { shared += 1 }
      open.removeLast(open.count - shared)
      for (level, name) in names.enumerated().dropFirst(shared) {
        open.append(boxes.count)
        let colour = name.hasPrefix("[") && name.hasSuffix("]") ? "event" : Self.colour(names[0])
        boxes.append(Box(name: name, depth: level + 1, start: start, cycles: 0, colour: colour))
      }
      for box in open { boxes[box].cycles += cycles }
      start += cycles
    }
    if boxes.count > Self.boxesMax {
      leastCycles = boxes.map(\.cycles).sorted(by: >)[Self.boxesMax] + 1
      boxes.removeAll { $0.cycles < leastCycles }
    }
    depth = boxes.reduce(0) { max($0, $1.depth) }
  }

  /// The name of a colour for an actor, by the first word.
  static func colour(_ actor: String) -> String {
    switch actor.prefix(while: { $0 != " " }) {
    case "unikernel", "application", "handler", "gate", "extension", "idle": String(actor.prefix { $0 != " " })
    case "host": "function"
    default: "other"
    }
  }
}
