/// What a fault changes in a machine. Each changes its target and nothing else: neither what the guest's TLB holds nor anything that
/// belongs to another register or page.
public enum FaultEffect: Equatable, Hashable, Sendable {
  /// A register by its name in ``RegisterFile/changeable``.
  case register(String, BitChange)
  /// Bytes of RAM at a linear address under the present page tables.
  case memory(address: UInt64, ByteChange)
  /// Bytes of RAM at a guest-physical address.
  case physicalMemory(address: UInt64, ByteChange)
  /// Bytes of the instruction that is next, from its first byte on.
  case code(offset: Int, ByteChange)
  /// The entry of the page tables that maps a linear address, in memory; what the TLB holds of it stays.
  ///
  /// - Parameter level: 1 for the page table, up to 4 for the PML4; nil for the leaf.
  case pageTableEntry(address: UInt64, level: Int?, EntryChange)
  /// What the guest's TLB holds for a linear address; the page tables stay.
  case translation(address: UInt64, isFetch: Bool, TranslationChange)
  case instruction(InstructionChange)
  /// The function that is about to begin returns at once, with this value in RAX.
  case returns(UInt64)
  /// The next maskable interrupt with this vector.
  case interrupt(vector: UInt8, InterruptFate)
  /// An interrupt that nobody asked for: edge-triggered, as a message of the bus.
  case spuriousInterrupt(vector: UInt8)
  case nonMaskableInterrupt
  /// Time jumps forward, in cycles.
  case clockJump(UInt64)
  /// A virtio device, its queues, or what it gives and takes.
  case device(DeviceFault)

  /// A change of a page-table entry.
  public enum EntryChange: Equatable, Hashable, Sendable {
    case bits(BitChange)
    /// The protection key, 0…15.
    case key(UInt8)
    /// The physical address of the page or table that it leads to, divided by 4096.
    case frame(UInt64)
  }

  /// A change of a cached translation.
  public enum TranslationChange: Equatable, Hashable, Sendable {
    /// The TLB no longer has it.
    case lost
    /// The rights as in ``CachedTranslation/rights``: bit 0 writable, 1 user, 2 no-execute.
    case rights(BitChange)
    case key(UInt8)
    /// The physical address of the 4 KiB page, divided by 4096.
    case frame(UInt64)
    /// Nothing at first: it stays as it is, whatever would make the TLB forget it.
    case stale
  }

  /// What happens to the instruction that is next.
  public enum InstructionChange: Equatable, Hashable, Sendable {
    /// It is passed over.
    case skip
    /// It is executed twice.
    case `repeat`
    /// These bytes are executed in its place, once.
    case replace([UInt8])
  }

  public enum InterruptFate: Equatable, Hashable, Sendable {
    /// It never reaches the processor, and the interrupt controller forgets it.
    case drop
    /// It reaches the processor so many cycles later.
    case delay(UInt64)
    /// It comes a second time.
    case `repeat`
  }
}

/// A fault that has happened, as it was found by reading back what it changed.
public struct Injection: Equatable, Sendable {
  /// What was changed: "register rax", "memory 0x1000 (physical 0x1000)".
  public var target: String
  /// How: "flip 0x1".
  public var change: String
  public var before: String
  public var after: String

  public init(target: String, change: String, before: String, after: String) {
    self.target = target
    self.change = change
    self.before = before
    self.after = after
  }
}

/// Why a fault could not be applied where it should have been.
public struct FaultMissed: Error, Equatable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}
