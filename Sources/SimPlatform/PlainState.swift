/// The whole changeable state of a device as plain numbers, for snapshots that another build can read.
///
/// A device keeps nothing that changes outside its state.
public protocol PlainState: Equatable, Sendable {
  /// Every field, in a fixed order.
  var words: [UInt64] { get }

  /// The state that `words` describes. Throws when their number is wrong or a value cannot occur.
  init(words: [UInt64]) throws(PlainStateError)
}

public enum PlainStateError: Error, Equatable, CustomStringConvertible {
  case wrongCount(found: Int, expected: Int)
  /// The word at this place has a value that the device can never have.
  case impossibleValue(UInt64, word: Int)

  public var description: String {
    switch self {
    case .wrongCount(let found, let expected): "the device's state has \(found) words instead of \(expected)"
    case .impossibleValue(let value, let word): "the value \(value) in word \(word) of the device's state is impossible"
    }
  }
}

/// Reads words one after the other, each checked against the largest value that it may have.
struct WordReader {
  private let words: [UInt64]
  private var position = 0

  init(_ words: [UInt64], expecting count: Int) throws(PlainStateError) {
    guard words.count == count else { throw .wrongCount(found: words.count, expected: count) }
    self.words = words
  }

  /// The next word, all of whose bits must be among `mask`.
  mutating func next(mask: UInt64 = .max) throws(PlainStateError) -> UInt64 {
    guard position < words.count else { throw .wrongCount(found: words.count, expected: position + 1) }
    let value = words[position]
    guard value & ~mask == 0 else { throw .impossibleValue(value, word: position) }
    position += 1
    return value
  }

  mutating func next32(mask: UInt32 = .max) throws(PlainStateError) -> UInt32 {
    UInt32(truncatingIfNeeded: try next(mask: UInt64(mask)))
  }

  mutating func next32(max: UInt32) throws(PlainStateError) -> UInt32 {
    let value = try next()
    guard value <= UInt64(max) else { throw .impossibleValue(value, word: position - 1) }
    return UInt32(value)
  }

  mutating func next8(mask: UInt8 = .max) throws(PlainStateError) -> UInt8 {
    UInt8(truncatingIfNeeded: try next(mask: UInt64(mask)))
  }

  mutating func flag() throws(PlainStateError) -> Bool {
    try next(mask: 1) == 1
  }
}
