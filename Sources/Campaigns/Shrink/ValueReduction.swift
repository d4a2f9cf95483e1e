import Scenarios

/// How a value of a scenario is made smaller, where smaller means something.
///
/// Limits are not among them: with little patience every run fails. Nor are moments and places, which say which fault it is.
enum ValueReduction: Equatable {
  /// A whole number, towards another.
  case number(UInt64)
  /// A span of time, towards none.
  case duration
  /// Fewer of a number's bits are set.
  case bits
  /// Fewer bytes in hexadecimal digits.
  case bytes
  /// The same, and fewer of their bits are set.
  case bytesAndBits
  /// Fewer words.
  case words
  /// Fewer words, and of a long text fewer characters.
  case line
  /// Fewer lines, words and characters.
  case text

  /// - Parameter place: the keys that lead to the value, "*" for any element of a list.
  init?(at place: [String]) {
    switch place.count {
    case 3... where place.starts(with: ["faults", "*"]):
      guard let reduction = Self.ofFault(Array(place.dropFirst(2))) else { return nil }
      self = reduction
    case 3 where place.starts(with: ["share", "files"]): self = .text
    default:
      guard let found = Self.table.first(where: { $0.place == place }) else { return nil }
      self = found.reduction
    }
  }

  private static let table: [(place: [String], reduction: ValueReduction)] = [
    (["seed"], .number(0)), (["machine", "memoryMiB"], .number(8)), (["machine", "disk", "sizeKiB"], .number(1)),
    (["guest", "commandLine"], .words), (["script", "*", "send"], .line), (["script", "*", "wait"], .duration),
    (["script", "*", "hits"], .number(1)), (["script", "*", "waitForEvent", "count"], .number(1)),
    (["secrets", "*", "size"], .number(8)),
  ]

  /// Faults that change bytes; all others change a number.
  private static let ofBytes: Set = [
    "memory", "code", "configuration", "ninePRequest", "ninePReply", "sectors", "randomBytes",
  ]

  /// - Parameter place: within the fault.
  private static func ofFault(_ place: [String]) -> ValueReduction? {
    switch place {
    case ["when", "nth"], ["when", "access", "count"]: return .number(1)
    default: break
    }
    guard place.count == 3, place[0] == "what" else { return nil }
    switch place[2] {
    case "for", "times", "count": return .number(1)
    case "value": return .number(0)
    case "delay", "jump": return .duration
    case "set": return .bits
    case "flip": return Self.ofBytes.contains(place[1]) ? .bytesAndBits : .bits
    case "bytes": return .bytes
    default: return nil
    }
  }
}
