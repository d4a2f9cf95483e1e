/// The two interrupt controllers of a PC: the second one is at input 2 of the first, so there are 15 lines.
public struct PICPair: Equatable, Sendable {
  /// The input of the first controller that the second one is at.
  static let cascade = 2

  public struct State: PlainState {
    public var first = PIC8259.State()
    public var second = PIC8259.State()

    public init() {
      // As firmware leaves them.
      first.vectorBase = 0x08
      second.vectorBase = 0x70
    }

    public var words: [UInt64] { first.words + second.words }

    public init(words: [UInt64]) throws(PlainStateError) {
      let count = PIC8259.State.wordCount
      guard words.count == 2 * count else { throw .wrongCount(found: words.count, expected: 2 * count) }
      first = try PIC8259.State(words: Array(words.prefix(count)))
      second = try PIC8259.State(words: Array(words.suffix(count)))
    }
  }

  private var first: PIC8259
  private var second: PIC8259

  public init(state: State = State()) {
    (first, second) = (PIC8259(state: state.first), PIC8259(state: state.second))
  }

  public var state: State {
    get {
      var state = State()
      (state.first, state.second) = (first.state, second.state)
      return state
    }
    set { self = PICPair(state: newValue) }
  }

  /// Sets the level of `line` (0…15); line 2 is the cascade's, and others do not exist.
  public mutating func setLine(_ line: Int, high: Bool) {
    switch line {
    case Self.cascade: return
    case 0..<8: first.setInput(line, high: high)
    case 8..<16:
      second.setInput(line - 8, high: high)
      first.setInput(Self.cascade, high: second.pendingInput() != nil)
    default: return
    }
  }

  /// Whether an interrupt on `line` would reach the processor, as far as masks say.
  public func isUnmasked(_ line: Int) -> Bool {
    line < 8
      ? first.state.mask & (1 &<< UInt8(line)) == 0
      : second.state.mask & (1 &<< UInt8(line & 7)) == 0 && first.state.mask & (1 << UInt8(Self.cascade)) == 0
  }

  /// The output: an interrupt waits for the processor.
  @inline(__always) public var isRequesting: Bool {
    first.state.requests & ~first.state.mask != 0 && first.pendingInput(cascade: Self.cascade) != nil
  }

  /// The processor takes the interrupt and gets its vector; the vector of input 7 if it has gone meanwhile.
  public mutating func acknowledge() -> UInt8 {
    guard let input = first.pendingInput(cascade: Self.cascade) else { return first.state.vectorBase | 7 }
    first.acknowledge(input)
    guard input == Self.cascade else { return first.state.vectorBase | UInt8(input) }
    defer { renewCascade() }
    guard let other = second.pendingInput() else { return second.state.vectorBase | 7 }
    second.acknowledge(other)
    return second.state.vectorBase | UInt8(other)
  }

  // MARK: Registers

  /// The inputs of each controller that may be level-triggered: those of ISA's system devices may not.
  private static let levelCapable: (first: UInt8, second: UInt8) = (0xf8, 0xde)

  /// Whether `port` is one of the controllers': 20H, 21H, A0H, A1H, and the edge/level control at 4D0H and 4D1H.
  public static func hasPort(_ port: UInt16) -> Bool {
    switch port {
    case 0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1: true
    default: false
    }
  }

  /// Reads a port; nil if it is none of theirs.
  public mutating func read(_ port: UInt16) -> UInt8? {
    switch port {
    case 0x20, 0x21: return first.read(upper: port & 1 != 0, cascade: Self.cascade)
    case 0xa0, 0xa1:
      defer { renewCascade() }
      return second.read(upper: port & 1 != 0)
    case 0x4d0: return first.state.levelTriggered
    case 0x4d1: return second.state.levelTriggered
    default: return nil
    }
  }

  /// Writes a port. Others than theirs are ignored.
  public mutating func write(_ port: UInt16, _ value: UInt8) {
    switch port {
    case 0x20, 0x21: first.write(upper: port & 1 != 0, value)
    case 0xa0, 0xa1: second.write(upper: port & 1 != 0, value)
    case 0x4d0: first.state.levelTriggered = value & Self.levelCapable.first
    case 0x4d1: second.state.levelTriggered = value & Self.levelCapable.second
    default: return
    }
    renewCascade()
  }

  /// The second controller's output at the first one's input. It falls between two interrupts, so that each is an edge.
  private mutating func renewCascade() {
    first.setInput(Self.cascade, high: false)
    first.setInput(Self.cascade, high: second.pendingInput() != nil)
  }
}
