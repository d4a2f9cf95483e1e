import Hexadecimal
import Scenarios
import SimMachine

/// One way in which an operation can go wrong, at each of a number of places.
struct FaultWay: Sendable {
  /// What differs from place to place.
  enum Places: Equatable, Sendable {
    /// There is one.
    case one
    /// The first bit of a pattern, among so many bytes.
    case bits(bytes: Int, BitPattern)
    /// The same in sectors, from the first one on.
    case sectorBits(first: UInt64, bytes: Int, BitPattern)
    /// The bit of a word of so many.
    case word(bits: Int)
    /// To how many of so many bytes a message is cut.
    case cut(bytes: Int)
  }

  /// The key of the fault in a scenario.
  var kind: String
  /// What happens, in a word.
  var change: String
  /// Keys of the fault that are the same at each place.
  var members: [(key: String, value: JSONText)]
  /// What it is a part of, for reports.
  var group: String
  var places: Places

  var count: UInt64 {
    switch places {
    case .one: 1
    case .bits(let bytes, let pattern), .sectorBits(_, let bytes, let pattern): Self.count(bytes, pattern)
    case .word(let bits): UInt64(bits)
    case .cut(let bytes): UInt64(bytes)
    }
  }

  /// Where a pattern fits into so many bytes.
  private static func count(_ bytes: Int, _ pattern: BitPattern) -> UInt64 {
    let bits = 8 * UInt64(bytes)
    switch pattern {
    case .single: return bits
    case .adjacent2: return bits - min(bits, 1)
    case .adjacent3: return bits - min(bits, 2)
    case .adjacent4: return bits - min(bits, 3)
    case .byte: return UInt64(bytes)
    }
  }

  /// The fault at one of the places: what it is, and what people call the place.
  ///
  /// - Parameter nth: which of the operations of its kind it befalls.
  func what(_ place: UInt64, nth: UInt64) -> (what: JSONText, name: String) {
    precondition(place < count, "there are not so many places")
    var all = members
    let name: String
    switch places {
    case .one: name = change
    case .bits(_, let pattern):
      let bit = pattern == .byte ? place * 8 : place
      all += [("bit", .integer(bit))] + Self.json(pattern)
      name = "bit \(bit)"
    case .sectorBits(let first, _, let pattern):
      let bit = pattern == .byte ? place * 8 : place
      let sectorBits: UInt64 = 8 * 512
      all += [("sector", .integer(first + bit / sectorBits)), ("bit", .integer(bit % sectorBits))]
      all += Self.json(pattern)
      name = "bit \(bit)"
    case .word:
      all.append(("flip", .string((UInt64(1) << place).hexadecimal)))
      name = "bit \(place)"
    case .cut:
      all.append(("truncateTo", .integer(place)))
      name = "cut to \(place) bytes"
    }
    if nth > 1 { all.append(("nth", .integer(nth))) }
    return (.object([(kind, .object(all))]), name)
  }

  static func json(_ pattern: BitPattern) -> [(key: String, value: JSONText)] {
    pattern == .single ? [] : [("pattern", .string(pattern.rawValue))]
  }

  /// Two ways of the same operation that have this in common have places in common.
  var identity: String { "\(JSONText.object([(kind, .object(members))]).text) \(places)" }
}
