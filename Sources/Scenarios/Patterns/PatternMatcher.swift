/// Looks for the first place at which a pattern ends in a stream of bytes: Thompson's simulation of all paths at once.
public struct PatternMatcher: Sendable {
  private let program: [Pattern.Instruction]
  /// The places that wait for the next byte: indices of `.byte` and `.lineEnd` instructions, each at most once.
  private var places: [Int] = []
  /// Instructions that are still to be entered; empty between bytes. It stays, as nothing is to be allocated for a byte.
  private var pending: [Int] = []
  /// For each instruction the round in which it was last entered.
  private var entered: [Int]
  private var round = 0
  /// Whether the pattern has been found; stays true.
  public private(set) var isMatched = false

  public init(_ pattern: Pattern) {
    program = pattern.program
    entered = Array(repeating: -1, count: pattern.program.count)
    pending.append(0)
    enterPending(atLineStart: true, atLineEnd: false)
  }

  /// Takes the next byte of the stream; true once the pattern has been found.
  @discardableResult
  public mutating func feed(_ byte: UInt8) -> Bool {
    if isMatched { return true }
    if byte == 0x0a || byte == 0x0d { crossLineEnd() }
    if isMatched { return true }
    // A match may begin anywhere: the start is entered anew after each byte, and last.
    pending.append(0)
    for place in places.reversed() {
      if case .byte(let set) = program[place], set.contains(byte) { pending.append(place + 1) }
    }
    places.removeAll(keepingCapacity: true)
    round += 1
    enterPending(atLineStart: byte == 0x0a, atLineEnd: false)
    return isMatched
  }

  /// The stream ends here, which is the end of a line.
  @discardableResult
  public mutating func finish() -> Bool {
    crossLineEnd()
    return isMatched
  }

  private mutating func crossLineEnd() {
    for place in places.reversed() where program[place] == .lineEnd { pending.append(place + 1) }
    enterPending(atLineStart: false, atLineEnd: true)
  }

  /// Enters what is pending, the last first, and whatever follows without a byte.
  private mutating func enterPending(atLineStart: Bool, atLineEnd: Bool) {
    while let index = pending.popLast() {
      guard entered[index] != round else { continue }
      entered[index] = round
      switch program[index] {
      case .byte: places.append(index)
      case .split(let first, let second):
        pending.append(second)
        pending.append(first)
      case .jump(let target): pending.append(target)
      case .lineStart: if atLineStart { pending.append(index + 1) }
      case .lineEnd: if atLineEnd { pending.append(index + 1) } else { places.append(index) }
      case .match: isMatched = true
      }
    }
  }
}
