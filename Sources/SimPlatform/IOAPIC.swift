/// The I/O APIC (82093AA): 24 inputs, each with a redirection entry.
///
/// A plain value; the messages that it sends to the local APIC are what its functions return.
public struct IOAPIC: Equatable, Sendable {
  /// An interrupt message.
  public struct Message: Equatable, Sendable {
    public var vector: UInt8
    public var isLevel: Bool
  }

  public static let inputCount = 24
  private static let masked: UInt64 = 1 << 16
  private static let level: UInt64 = 1 << 15
  private static let remoteIRR: UInt64 = 1 << 14
  private static let activeLow: UInt64 = 1 << 13

  public internal(set) var selected: UInt8 = 0
  public internal(set) var redirections: [UInt64] = .init(repeating: masked, count: inputCount)
  /// The inputs as the devices drive them, active or not.
  public internal(set) var lines: [Bool] = .init(repeating: false, count: inputCount)
  /// Edges that came while their input was masked are lost, as on the chip.
  public init() {}

  /// Reads IOREGSEL (offset 0) or IOWIN (offset 0x10).
  public func read(_ offset: UInt32) -> UInt32 {
    switch offset {
    case 0: return UInt32(selected)
    case 0x10: return window
    default: return 0
    }
  }

  private var window: UInt32 {
    switch selected {
    case 0, 2: return 0  // ID and arbitration ID
    case 1: return 0x11 | UInt32(Self.inputCount - 1) << 16
    default:
      guard let input = selectedInput else { return 0 }
      return UInt32(truncatingIfNeeded: selected & 1 == 0 ? redirections[input] : redirections[input] >> 32)
    }
  }

  private var selectedInput: Int? {
    let index = (Int(selected) - 0x10) / 2
    return selected >= 0x10 && index < Self.inputCount ? index : nil
  }

  /// Writes a register. Returns the messages that the write lets through.
  public mutating func write(_ offset: UInt32, _ value: UInt32) -> [Message] {
    guard offset == 0x10 else {
      if offset == 0 { selected = UInt8(truncatingIfNeeded: value) }
      return []
    }
    guard let input = selectedInput else { return [] }
    if selected & 1 == 0 {
      let kept = redirections[input] & (0xffff_ffff_0000_0000 | Self.remoteIRR | 1 << 12)
      redirections[input] = kept | UInt64(value) & 0x1_afff
      if redirections[input] & Self.level == 0 { redirections[input] &= ~Self.remoteIRR }
    } else {
      redirections[input] = redirections[input] & 0xffff_ffff | UInt64(value & 0xff00_0000) << 32
    }
    return evaluate(input, isEdge: false)
  }

  /// A device drives its line. Returns the messages that go out.
  public mutating func setLine(_ input: Int, _ isActive: Bool) -> [Message] {
    guard lines.indices.contains(input), lines[input] != isActive else { return [] }
    lines[input] = isActive
    return evaluate(input, isEdge: isActive)
  }

  /// The local APIC has finished a level-triggered vector.
  public mutating func endOfInterrupt(_ vector: UInt8) -> [Message] {
    var messages: [Message] = []
    for input in redirections.indices where UInt8(truncatingIfNeeded: redirections[input]) == vector {
      guard redirections[input] & Self.remoteIRR != 0 else { continue }
      redirections[input] &= ~Self.remoteIRR
      messages += evaluate(input, isEdge: false)
    }
    return messages
  }

  private mutating func evaluate(_ input: Int, isEdge: Bool) -> [Message] {
    let entry = redirections[input]
    guard entry & Self.masked == 0 else { return [] }
    let isLevel = entry & Self.level != 0
    if isLevel {
      guard lines[input], entry & Self.remoteIRR == 0 else { return [] }
      redirections[input] |= Self.remoteIRR
    } else if !isEdge {
      return []
    }
    return [Message(vector: UInt8(truncatingIfNeeded: entry), isLevel: isLevel)]
  }
}
