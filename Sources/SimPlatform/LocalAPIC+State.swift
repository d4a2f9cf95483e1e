extension LocalAPIC {
  /// Everything of a local APIC that changes.
  public struct State: PlainState {
    /// IA32_APIC_BASE (MSR 0x1b).
    public var base: UInt64 = LocalAPIC.defaultAddress | Base.enabled | Base.bootstrapProcessor
    public var id: UInt8 = 0
    public var taskPriority: UInt8 = 0
    /// Spurious-interrupt vector register. Bit 8 enables the APIC.
    public var spurious: UInt32 = 0xff
    public var logicalDestination: UInt32 = 0
    public var destinationFormat: UInt32 = .max
    public var commandLow: UInt32 = 0
    public var commandHigh: UInt32 = 0
    /// What reading the error status register gives, and what has been detected since it was last written.
    public var errorStatus: UInt32 = 0
    public var errorsSince: UInt32 = 0
    /// The local vector table, in the order of ``LocalVector``; the last two mean nothing.
    public var localVectors = SIMD8<UInt32>(repeating: LocalAPIC.masked)
    /// The levels at LINT0 (bit 0) and LINT1 (bit 1).
    public var lines: UInt8 = 0
    public var requested = VectorSet()
    public var inService = VectorSet()
    public var levelTriggered = VectorSet()

    /// The time that the APIC has been advanced to, in cycles.
    public var now: UInt64 = 0
    public var initialCount: UInt32 = 0
    public var divideConfiguration: UInt32 = 0
    /// The timer counts; it reaches zero at the cycle `expiry`.
    public var isCounting = false
    public var expiry: UInt64 = 0
    /// IA32_TSC_DEADLINE (MSR 0x6e0): 0 when not armed.
    public var timeStampDeadline: UInt64 = 0
    /// The time stamp counter minus `now`.
    public var timeStampOffset: UInt64 = 0

    public init() {}

    static let wordCount = 18 + LocalVector.allCases.count + 12

    public var words: [UInt64] {
      var words: [UInt64] = [
        base, UInt64(id), UInt64(taskPriority), UInt64(spurious), UInt64(logicalDestination),
        UInt64(destinationFormat), UInt64(commandLow), UInt64(commandHigh), UInt64(errorStatus), UInt64(errorsSince),
        UInt64(lines), now, UInt64(initialCount), UInt64(divideConfiguration), isCounting ? 1 : 0, expiry,
        timeStampDeadline, timeStampOffset,
      ]
      words += LocalVector.allCases.map { UInt64(localVectors[$0.rawValue]) }
      for set in [requested, inService, levelTriggered] {
        for lane in 0..<4 { words.append(set.lanes[lane]) }
      }
      return words
    }

    public init(words: [UInt64]) throws(PlainStateError) {
      var reader = try WordReader(words, expecting: Self.wordCount)
      base = try reader.next(mask: Base.address | Base.mode | Base.bootstrapProcessor)
      // The bit for x2APIC mode is never set alone.
      guard base & Base.mode != Base.x2APIC else { throw .impossibleValue(base, word: 0) }
      id = try reader.next8()
      taskPriority = try reader.next8()
      spurious = try reader.next32(mask: 0x1ff)
      logicalDestination = try reader.next32(mask: 0xff00_0000)
      destinationFormat = try reader.next32()
      commandLow = try reader.next32(mask: LocalAPIC.commandMask)
      commandHigh = try reader.next32(mask: base & Base.mode == Base.mode ? .max : 0xff00_0000)
      errorStatus = try reader.next32(mask: 0xff)
      errorsSince = try reader.next32(mask: 0xff)
      lines = try reader.next8(mask: 3)
      now = try reader.next()
      initialCount = try reader.next32()
      divideConfiguration = try reader.next32(mask: 0xb)
      isCounting = try reader.flag()
      expiry = try reader.next()
      timeStampDeadline = try reader.next()
      timeStampOffset = try reader.next()
      for entry in LocalVector.allCases {
        localVectors[entry.rawValue] = try reader.next32(mask: entry.writable | LocalAPIC.remoteRequest)
      }
      requested = try Self.vectors(&reader)
      inService = try Self.vectors(&reader)
      levelTriggered = try Self.vectors(&reader)
    }

    private static func vectors(_ reader: inout WordReader) throws(PlainStateError) -> VectorSet {
      var set = VectorSet()
      for lane in 0..<4 { set.lanes[lane] = try reader.next() }
      return set
    }
  }
}
