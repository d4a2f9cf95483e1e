/// One programmable interrupt controller (Intel 8259A data sheet). A PC has two: ``PICPair``.
public struct PIC8259: Equatable, Sendable {
  /// Which initialisation command word the next write to the upper port is.
  public enum Expectation: UInt8, Sendable {
    /// None: it is the mask (OCW1).
    case none, icw2, icw3, icw4
  }

  /// Everything of a controller that changes.
  public struct State: PlainState {
    public var requests: UInt8 = 0
    public var inService: UInt8 = 0
    /// Set bits are masked inputs. Firmware leaves all of them masked.
    public var mask: UInt8 = 0xff
    /// The levels of the inputs.
    public var lines: UInt8 = 0
    /// The vector of input 0; a multiple of 8.
    public var vectorBase: UInt8 = 0
    /// The input with the lowest priority; the one after it has the highest.
    public var lowest: UInt8 = 7
    public var expectation = Expectation.none
    public var needsICW4 = false
    public var isSingle = false
    public var endsAutomatically = false
    public var rotatesAutomatically = false
    public var isSpecialMask = false
    public var isSpecialFullyNested = false
    /// The lower port shows what is in service instead of the requests.
    public var showsInService = false
    /// The next read of the lower port is a poll.
    public var isPolling = false
    /// Set bits are level-triggered inputs: the edge/level control register of EISA.
    public var levelTriggered: UInt8 = 0

    public init() {}

    static let wordCount = 16

    public var words: [UInt64] {
      let flags = [
        needsICW4, isSingle, endsAutomatically, rotatesAutomatically, isSpecialMask, isSpecialFullyNested,
        showsInService, isPolling,
      ]
      return [requests, inService, mask, lines, vectorBase, lowest, expectation.rawValue, levelTriggered]
        .map(UInt64.init) + flags.map { $0 ? 1 : 0 }
    }

    public init(words: [UInt64]) throws(PlainStateError) {
      var reader = try WordReader(words, expecting: Self.wordCount)
      requests = try reader.next8()
      inService = try reader.next8()
      mask = try reader.next8()
      lines = try reader.next8()
      vectorBase = try reader.next8(mask: 0xf8)
      lowest = try reader.next8(mask: 7)
      expectation = Expectation(rawValue: try reader.next8(mask: 3)) ?? .none
      levelTriggered = try reader.next8()
      needsICW4 = try reader.flag()
      isSingle = try reader.flag()
      endsAutomatically = try reader.flag()
      rotatesAutomatically = try reader.flag()
      isSpecialMask = try reader.flag()
      isSpecialFullyNested = try reader.flag()
      showsInService = try reader.flag()
      isPolling = try reader.flag()
    }
  }

  public var state: State

  public init(state: State = State()) {
    self.state = state
  }

  // MARK: Requests

  /// Sets the level of `input` (0…7). An edge stays requested until it is taken, also when the line falls meanwhile.
  public mutating func setInput(_ input: Int, high: Bool) {
    let bit: UInt8 = 1 &<< UInt8(truncatingIfNeeded: input)
    let wasHigh = state.lines & bit != 0
    state.lines = high ? state.lines | bit : state.lines & ~bit
    if state.levelTriggered & bit != 0 {
      state.requests = high ? state.requests | bit : state.requests & ~bit
    } else if high, !wasHigh {
      state.requests |= bit
    }
  }

  /// The place of the set bit with the highest priority; 8 if there is none. Smaller is higher.
  private func priority(of bits: UInt8) -> UInt8 {
    guard bits != 0 else { return 8 }
    let shift = (state.lowest &+ 1) & 7
    let rotated = shift == 0 ? bits : bits >> shift | bits << (8 - shift)
    return UInt8(rotated.trailingZeroBitCount)
  }

  /// The input that would be taken now, if any.
  ///
  /// - Parameter cascade: the input that another controller is at: in special fully nested mode what it has in service
  ///   does not hold back more of it.
  func pendingInput(cascade: Int? = nil) -> Int? {
    let place = priority(of: state.requests & ~state.mask)
    guard place < 8 else { return nil }
    var blocking = state.inService
    if state.isSpecialMask { blocking &= ~state.mask }
    if state.isSpecialFullyNested, let cascade { blocking &= ~(1 &<< UInt8(cascade)) }
    guard place < priority(of: blocking) else { return nil }
    return Int((place &+ state.lowest &+ 1) & 7)
  }

  /// The processor takes `input`.
  mutating func acknowledge(_ input: Int) {
    let bit: UInt8 = 1 &<< UInt8(truncatingIfNeeded: input)
    if state.levelTriggered & bit == 0 { state.requests &= ~bit }
    if !state.endsAutomatically {
      state.inService |= bit
    } else if state.rotatesAutomatically {
      state.lowest = UInt8(truncatingIfNeeded: input)
    }
  }

  // MARK: Registers

  /// Reads the lower (false) or the upper port.
  mutating func read(upper: Bool, cascade: Int? = nil) -> UInt8 {
    if state.isPolling {
      // A poll takes the request as an interrupt would (data sheet, "Poll Command").
      state.isPolling = false
      guard let input = pendingInput(cascade: cascade) else { return 7 }
      acknowledge(input)
      return 0x80 | UInt8(input)
    }
    if upper { return state.mask }
    return state.showsInService ? state.inService : state.requests
  }

  mutating func write(upper: Bool, _ value: UInt8) {
    if upper {
      writeUpper(value)
    } else if value & 0x10 != 0 {
      initialize(value)
    } else if value & 0x08 != 0 {
      writeOCW3(value)
    } else {
      writeOCW2(value)
    }
  }

  /// ICW1: everything but the lines and the edge/level control begins anew.
  private mutating func initialize(_ value: UInt8) {
    var fresh = State()
    (fresh.mask, fresh.expectation) = (0, .icw2)
    (fresh.lines, fresh.levelTriggered, fresh.vectorBase) = (state.lines, state.levelTriggered, state.vectorBase)
    // A level that is there is a request again; an edge that has passed is not.
    fresh.requests = state.lines & state.levelTriggered
    fresh.needsICW4 = value & 1 != 0
    fresh.isSingle = value & 2 != 0
    state = fresh
  }

  private mutating func writeUpper(_ value: UInt8) {
    switch state.expectation {
    case .none: state.mask = value
    case .icw2:
      state.vectorBase = value & 0xf8
      state.expectation = state.isSingle ? (state.needsICW4 ? .icw4 : .none) : .icw3
    case .icw3: state.expectation = state.needsICW4 ? .icw4 : .none  // where the other controller is: wired
    case .icw4:
      state.endsAutomatically = value & 2 != 0
      state.isSpecialFullyNested = value & 0x10 != 0
      state.expectation = .none
    }
  }

  private mutating func writeOCW3(_ value: UInt8) {
    if value & 2 != 0 { state.showsInService = value & 1 != 0 }
    if value & 4 != 0 { state.isPolling = true }
    if value & 0x40 != 0 { state.isSpecialMask = value & 0x20 != 0 }
  }

  /// The end of an interrupt, and which input has the lowest priority from now on.
  private mutating func writeOCW2(_ value: UInt8) {
    let level = value & 7
    switch value >> 5 {
    case 0, 4: state.rotatesAutomatically = value >> 5 == 4
    case 1, 5:
      let place = priority(of: state.inService)
      guard place < 8 else { return }
      let input = (place &+ state.lowest &+ 1) & 7
      state.inService &= ~(1 &<< input)
      if value >> 5 == 5 { state.lowest = input }
    case 3, 7:
      state.inService &= ~(1 &<< level)
      if value >> 5 == 7 { state.lowest = level }
    case 6: state.lowest = level
    default: break
    }
  }
}
