/// What the instruction just before holds off until the next one is done (SDM volume 2, STI; volume 3, 6.8.3).
public struct ExecutionShadow: OptionSet, Hashable, Sendable, Codable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Interrupts, non-maskable ones too: STI, MOV SS and POP SS.
  public static let interrupts = ExecutionShadow(rawValue: 1)
  /// Debug exceptions: MOV SS and POP SS.
  public static let debugExceptions = ExecutionShadow(rawValue: 2)

  /// The data breakpoints that MOV SS or POP SS met, and that are reported later: bit n for DRn.
  public static func heldBreakpoints(_ registers: UInt8) -> ExecutionShadow {
    ExecutionShadow(rawValue: registers << 4)
  }

  /// Whether an instruction can leave this behind it.
  var isPossible: Bool {
    let hasOnlyKnownBits = rawValue & 0xc == 0
    return hasOnlyKnownBits && (contains(.interrupts) || isEmpty)
      && (contains(.debugExceptions) || rawValue >> 4 == 0)
  }
}
