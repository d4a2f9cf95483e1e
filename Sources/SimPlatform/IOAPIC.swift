/// An I/O APIC with 24 inputs (Intel 82093AA data sheet; version 0x20 adds the EOI register).
///
/// Inputs are told whether they are *asserted*: the polarity that software chooses is taken to be that of the wire.
public struct IOAPIC: Equatable, Sendable {
  public static let defaultAddress: UInt64 = 0xfec0_0000
  /// The bytes that its registers occupy.
  public static let size: UInt64 = 0x1000
  public static let inputCount = 24

  /// Bits of a redirection entry.
  enum Entry {
    static let logical: UInt64 = 1 << 11
    static let remoteRequest: UInt64 = 1 << 14
    static let level: UInt64 = 1 << 15
    static let masked: UInt64 = 1 << 16
    /// Everything but delivery status (12) and remote IRR (14), which software cannot write.
    static let writable: UInt64 = 0xff00_0000_0001_afff
  }

  /// Everything of an I/O APIC that changes.
  public struct State: PlainState {
    public var id: UInt8 = 0
    /// IOREGSEL.
    public var selected: UInt8 = 0
    /// The inputs that are asserted, by bit.
    public var asserted: UInt32 = 0
    /// Edges that have not been delivered, by bit.
    public var edges: UInt32 = 0
    public var entries = [UInt64](repeating: Entry.masked, count: IOAPIC.inputCount)

    public init() {}

    public var words: [UInt64] { [UInt64(id), UInt64(selected), UInt64(asserted), UInt64(edges)] + entries }

    public init(words: [UInt64]) throws(PlainStateError) {
      var reader = try WordReader(words, expecting: 4 + IOAPIC.inputCount)
      id = try reader.next8(mask: 15)
      selected = try reader.next8()
      asserted = try reader.next32(mask: 0xff_ffff)
      edges = try reader.next32(mask: 0xff_ffff)
      for input in 0..<IOAPIC.inputCount {
        entries[input] = try reader.next(mask: Entry.writable | Entry.remoteRequest)
      }
    }
  }

  public var state: State

  public init(state: State = State()) {
    self.state = state
  }

  /// Sets the level of `input`. Call ``deliver(to:)`` afterwards. Inputs that do not exist are ignored.
  public mutating func setInput(_ input: Int, asserted: Bool) {
    guard input >= 0, input < Self.inputCount else { return }
    let bit: UInt32 = 1 &<< UInt32(input)
    guard asserted != (state.asserted & bit != 0) else { return }
    state.asserted ^= bit
    let entry = state.entries[input]
    // Edges at a masked input are not kept (82093AA, redirection table, bit 16).
    if asserted, entry & (Entry.level | Entry.masked) == 0 { state.edges |= bit }
  }

  /// Whether `input` (0…23) was last said to be asserted.
  @inlinable public func isAsserted(_ input: Int) -> Bool {
    state.asserted &>> UInt32(truncatingIfNeeded: input) & 1 != 0
  }

  /// False: ``deliver(to:)`` has nothing to do. True: it may have.
  @inlinable public var mayHavePending: Bool { state.asserted | state.edges != 0 }

  /// Whether `input` (0…23) is not masked.
  public func isUnmasked(_ input: Int) -> Bool { state.entries[input] & Entry.masked == 0 }

  /// Something is to be delivered.
  public var hasPending: Bool {
    (0..<Self.inputCount).contains { isPending($0) }
  }

  /// Sends what is pending to `apic`, in the order of the inputs. Returns the effect of a non-maskable interrupt.
  ///
  /// Remote IRR is set only when the APIC accepted the interrupt; edges that it refused are lost.
  public mutating func deliver(to apic: inout LocalAPIC) -> LocalAPIC.Effect? {
    var effect: LocalAPIC.Effect?
    var candidates = state.asserted | state.edges
    while candidates != 0 {
      let input = candidates.trailingZeroBitCount
      candidates &= candidates &- 1
      guard isPending(input) else { continue }
      let entry = state.entries[input]
      let isLevel = entry & Entry.level != 0
      state.edges &= ~(1 &<< UInt32(input))
      let isForUs = apic.isAddressed(
        by: UInt8(truncatingIfNeeded: entry >> 56), logical: entry & Entry.logical != 0)
      guard isForUs else { continue }
      switch (entry >> 8) & 7 {
      case 0, 1:
        let accepted = apic.accept(UInt8(truncatingIfNeeded: entry), levelTriggered: isLevel)
        if accepted, isLevel { state.entries[input] |= Entry.remoteRequest }
      case 4:
        effect = .nonMaskableInterrupt
        // There is no end of a non-maskable interrupt: it is an edge whatever the trigger mode says.
        if isLevel { state.entries[input] |= Entry.remoteRequest }
      default: break
      }
    }
    return effect
  }

  /// The end of a level-triggered interrupt: inputs with this vector may request again.
  public mutating func endOfInterrupt(vector: UInt8) {
    for input in 0..<Self.inputCount where UInt8(truncatingIfNeeded: state.entries[input]) == vector {
      state.entries[input] &= ~Entry.remoteRequest
    }
  }

  private func isPending(_ input: Int) -> Bool {
    let entry = state.entries[input]
    let bit: UInt32 = 1 &<< UInt32(input)
    guard entry & Entry.masked == 0 else { return false }
    if entry & Entry.level == 0 { return state.edges & bit != 0 }
    return state.asserted & bit != 0 && entry & Entry.remoteRequest == 0
  }
}

/// The registers: a selector, a window on the selected register, and the EOI register.
extension IOAPIC {
  static let version: UInt64 = 0x20

  /// Reads `size` bytes at `offset`. The selector, of whose bits only the lowest eight count, answers every size, the window
  /// four bytes only, as in QEMU; anything else reads as 0.
  public func read(_ offset: UInt64, size: Int) -> UInt64 {
    switch offset {
    case 0x00: UInt64(state.selected)
    case 0x10 where size == 4: window
    default: 0
    }
  }

  /// Writes `size` bytes at `offset`: the selector in any size, other registers four bytes only; anything else is ignored.
  /// Call ``deliver(to:)`` afterwards.
  public mutating func write(_ offset: UInt64, _ value: UInt64, size: Int) {
    switch offset {
    case 0x00: state.selected = UInt8(truncatingIfNeeded: value)
    case 0x10 where size == 4: setWindow(value & 0xffff_ffff)
    case 0x40 where size == 4: endOfInterrupt(vector: UInt8(truncatingIfNeeded: value))
    default: break
    }
  }

  /// The input whose entry is selected, and whether its upper half is.
  private var selectedEntry: (input: Int, isHigh: Bool)? {
    let index = Int(state.selected) - 0x10
    guard index >= 0, index < 2 * Self.inputCount else { return nil }
    return (index / 2, index % 2 == 1)
  }

  private var window: UInt64 {
    if let (input, isHigh) = selectedEntry {
      return isHigh ? state.entries[input] >> 32 : state.entries[input] & 0xffff_ffff
    }
    return switch state.selected {
    case 0, 2: UInt64(state.id) << 24
    case 1: UInt64(Self.inputCount - 1) << 16 | Self.version
    default: 0
    }
  }

  private mutating func setWindow(_ value: UInt64) {
    guard let (input, isHigh) = selectedEntry else {
      if state.selected == 0 { state.id = UInt8(truncatingIfNeeded: value >> 24) & 15 }
      return
    }
    let old = state.entries[input]
    let whole = isHigh ? (old & 0xffff_ffff) | value << 32 : (old & ~0xffff_ffff) | value
    var new = (whole & Entry.writable) | (old & Entry.remoteRequest)
    // Software clears a stuck remote IRR by making the input edge-triggered for a moment.
    if new & Entry.level == 0 { new &= ~Entry.remoteRequest }
    state.entries[input] = new
    // An edge that waits belongs to an edge-triggered, unmasked input.
    if new & (Entry.level | Entry.masked) != 0 { state.edges &= ~(1 &<< UInt32(input)) }
  }
}
