import SimCPU
import SimEvents
import SimMachine

/// A fault injected on purpose: when, and what.
public struct Fault: Equatable, Sendable {
  public enum What: Equatable, Sendable {
    case register(name: String, WordChange)
    case memory(FaultPlace, MemoryChange)
    /// Bytes of the instruction that is next.
    case code(MemoryChange)
    /// The entry that maps a place.
    case pageTable(FaultPlace, level: Int?, FaultEffect.EntryChange)
    case translation(FaultPlace, isFetch: Bool, FaultEffect.TranslationChange)
    case instruction(FaultEffect.InstructionChange)
    case returns(value: UInt64)
    case interrupt(vector: UInt8, InterruptFate)
    case nonMaskableInterrupt
    case clockJump(VirtualDuration)
    /// - Parameter delay: the time of a delay, which the fault itself has in cycles.
    case device(DeviceFault, delay: VirtualDuration?)
    case file(name: String, truncateTo: UInt64?, patch: Patch?)
  }

  /// A new value, bits to invert, or a pattern of bits to invert from one on.
  public enum WordChange: Equatable, Sendable {
    case change(BitChange)
    case bits(from: UInt8, BitPattern)
  }

  /// The same for bytes, whose bits are counted from the first byte's lowest one.
  public enum MemoryChange: Equatable, Sendable {
    case change(offset: UInt64, ByteChange)
    case bits(from: UInt64, BitPattern)
  }

  /// Bytes written over what stood at `offset`.
  public struct Patch: Equatable, Sendable {
    public var offset: UInt64
    public var bytes: [UInt8]
  }

  public enum InterruptFate: Equatable, Sendable {
    case drop
    case delay(VirtualDuration)
    case repeated
    case spurious
  }

  public typealias DescriptorField = DeviceFault.DescriptorField

  public var when: FaultMoment
  public var what: What
  /// For so many instructions the changed bits stay as the fault has made them; 0: they are changed once.
  public var duration: UInt64 = 0
  /// The name of the fault's kind, as in the scenario.
  public var kind: String

  public init(when: FaultMoment, what: What, duration: UInt64 = 0, kind: String) {
    self.when = when
    self.what = what
    self.duration = duration
    self.kind = kind
  }

  /// It damages what the run takes in, not the machine.
  var isOfFile: Bool { if case .file = what { true } else { false } }
}

/// Where in memory a fault is.
public enum FaultPlace: Equatable, Sendable {
  case symbol(String, offset: UInt64)
  /// Linear, under the page tables at the fault's moment.
  case address(UInt64)
  /// Guest-physical.
  case physical(UInt64)
}

/// Bits that change together, as one particle or one broken line changes them.
public enum BitPattern: String, CaseIterable, Equatable, Sendable {
  case single, adjacent2, adjacent3, adjacent4
  /// All bits of the byte that the bit is in.
  case byte

  /// The bits, counted as the first one is.
  func bits(from first: UInt64) -> ClosedRange<UInt64> {
    switch self {
    case .single: first...first
    case .adjacent2: first...first + 1
    case .adjacent3: first...first + 2
    case .adjacent4: first...first + 3
    case .byte: first & ~7...first | 7
    }
  }
}
