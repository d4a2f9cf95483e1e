/// Looks for the first place at which a pattern ends in a stream of bytes: Thompson's simulation of all paths at once.
public struct PatternMatcher: Sendable {
  private let program: [Pattern.Instruction]
  /// The places that wait for the next byte: indices of `.byte` and `.lineEnd` instructions, each at most once.
  private var places: [Int] = []
  /// For each instruction the round in which it was last entered.
  private var entered: [Int]
  private var round = 0
  /// Whether the pattern has been found; stays true.
  public private(set) var isMatched = false

  public init(_ pattern: Pattern) {
    program = pattern.program
    entered = Array(repeating: -1, count: pattern.program.count)
    enter(from: [0], atLineStart: true, atLineEnd: false)
  }

  /// Takes the next byte of the stream; true once the pattern has been found.
  @discardableResult
  public mutating func feed(_ byte: UInt8) -> Bool {
    if isMatched { return true }
    if byte == 0x0a || byte == 0x0d { crossLineEnd() }
    if isMatched { return true }
    var targets: [Int] = []
    for place in places {
      if case .byte(let set) = program[place], set.contains(byte) { targets.append(place + 1) }
    }
    places.removeAll(keepingCapacity: true)
    // A match may begin anywhere: the start is entered anew after each byte.
    enter(from: targets + [0], atLineStart: byte == 0x0a, atLineEnd: false)
    return isMatched
  }

  /// The stream ends here, which is the end of a line.
  @discardableResult
  public mutating func finish() -> Bool {
    crossLineEnd()
    return isMatched
  }

  private mutating func crossLineEnd() {
    let waiting = places.filter { program[$0] == .lineEnd }
    guard !waiting.isEmpty else { return }
    enter(from: waiting.map { $0 + 1 }, atLineStart: false, atLineEnd: true, newRound: false)
  }

  private mutating func enter(from starts: [Int], atLineStart: Bool, atLineEnd: Bool, newRound: Bool = true) {
    if newRound { round += 1 }
    var stack = Array(starts.reversed())
    while let index = stack.popLast() {
      guard entered[index] != round else { continue }
      entered[index] = round
      switch program[index] {
      case .byte: places.append(index)
      case .split(let first, let second): stack += [second, first]
      case .jump(let target): stack.append(target)
      case .lineStart: if atLineStart { stack.append(index + 1) }
      case .lineEnd: if atLineEnd { stack.append(index + 1) } else { places.append(index) }
      case .match: isMatched = true
      }
    }
  }
}
