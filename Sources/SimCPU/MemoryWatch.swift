/// A range of memory of which each access is told, with the instruction that made it.
public struct MemoryWatch: Hashable, Sendable {
  /// What addresses mean.
  public enum Space: Sendable {
    /// Linear addresses, under whatever page tables the access is made.
    case linear
    /// Guest-physical addresses: also what devices write is seen.
    case physical
  }

  /// Ways to access memory.
  public struct Accesses: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let read = Accesses(rawValue: 1)
    public static let write = Accesses(rawValue: 2)
    public static let execute = Accesses(rawValue: 4)
  }

  public var space: Space
  public var address: UInt64
  /// In bytes; at least 1, and not past the end of the address space.
  public var count: UInt64
  public var accesses: Accesses

  /// Whether it sees what comes into physical memory, whoever writes it.
  public var isOfPhysicalWrites: Bool { space == .physical && accesses.contains(.write) }

  public init(_ accesses: Accesses, _ space: Space = .linear, at address: UInt64, count: UInt64) {
    precondition(count > 0 && !accesses.isEmpty, "a watch of nothing")
    precondition(!address.addingReportingOverflow(count - 1).overflow, "a watch past the end of the address space")
    self.space = space
    self.address = address
    self.count = count
    self.accesses = accesses
  }

  /// Whether it has bytes in common with `count` bytes from `start`, in its own space.
  public func meets(_ start: UInt64, count other: UInt64) -> Bool {
    start &- address < count || address &- start < other
  }

  /// Whether `hit` is one of this watch.
  public func matches(_ hit: MemoryHit) -> Bool {
    guard !accesses.isDisjoint(with: hit.access) else { return false }
    let from: UInt64
    switch space {
    case .physical: from = hit.physicalAddress
    case .linear:
      guard let linear = hit.address else { return false }
      from = linear
    }
    return meets(from, count: hit.count)
  }
}

/// An access to watched memory.
public struct MemoryHit: Equatable, Sendable {
  /// Who made the access.
  public enum Origin: Sendable {
    /// An instruction, or the delivery of an exception or interrupt before the one with the number.
    case processor
    /// A device, a page walk that marks an entry, or whoever works at the machine from outside.
    case outside
  }

  public var origin: Origin
  /// One of them.
  public var access: MemoryWatch.Accesses
  /// The linear address of the first byte; nil from outside.
  public var address: UInt64?
  public var physicalAddress: UInt64
  /// Of the bytes accessed, whether or not all of them are watched.
  public var count: UInt64
  /// The number of the instruction that made the access, counted from 0; from outside, of the one under way or next.
  public var instruction: UInt64
  public var instructionPointer: UInt64
  /// The rights in force: ``CPUEngine/keyRights``.
  public var pkru: UInt32
  /// The bytes before and after, which are the same for a read; empty for execution.
  public var old: [UInt8]
  public var new: [UInt8]

  public init(
    origin: Origin, access: MemoryWatch.Accesses, address: UInt64?, physicalAddress: UInt64, count: UInt64,
    instruction: UInt64, instructionPointer: UInt64, pkru: UInt32, old: [UInt8], new: [UInt8]
  ) {
    self.origin = origin
    self.access = access
    self.address = address
    self.physicalAddress = physicalAddress
    self.count = count
    self.instruction = instruction
    self.instructionPointer = instructionPointer
    self.pkru = pkru
    self.old = old
    self.new = new
  }
}

/// An engine that can watch memory, and tell whose code runs.
public protocol ObservingEngine: CPUEngine {
  /// Replaces all watches. Not inside the environment's calls.
  func setWatches(_ watches: [MemoryWatch])
  /// The domain of each page of RAM, a byte each, which stay where they are for as long as the engine uses them; nil: domains
  /// are not looked at. Neither this nor a change of them inside the environment's calls.
  func setDomains(_ frames: UnsafePointer<UInt8>?)
  /// The instruction that some bytes begin with, as the processor would take it apart now; nil if they are no whole one.
  func decode(_ code: [UInt8]) -> DecodedInstruction?
}
