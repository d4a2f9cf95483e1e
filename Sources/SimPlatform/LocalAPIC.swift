/// The local APIC in xAPIC mode (SDM volume 3, chapter 11 "APIC"): one processor, physical ID 0.
///
/// A plain value: it has no clock and calls nobody. The machine tells it the time and asks what it wants.
public struct LocalAPIC: Equatable, Sendable {
  /// A set of the 256 vectors.
  public struct VectorSet: Equatable, Sendable {
    public internal(set) var words: [UInt32] = .init(repeating: 0, count: 8)

    public init() {}

    func contains(_ vector: UInt8) -> Bool { words[Int(vector >> 5)] >> UInt32(vector & 31) & 1 != 0 }
    mutating func insert(_ vector: UInt8) { words[Int(vector >> 5)] |= 1 << UInt32(vector & 31) }
    mutating func remove(_ vector: UInt8) { words[Int(vector >> 5)] &= ~(1 << UInt32(vector & 31)) }

    /// The vector of highest priority.
    var highest: UInt8? {
      for index in stride(from: 7, through: 0, by: -1) where words[index] != 0 {
        return UInt8(index * 32 + 31 - words[index].leadingZeroBitCount)
      }
      return nil
    }
  }

  /// The entries of the local vector table, by register offset: timer, thermal, performance, LINT0, LINT1, error.
  static let localVectorTable: [UInt32] = [0x320, 0x330, 0x340, 0x350, 0x360, 0x370]
  static let masked: UInt32 = 1 << 16

  public internal(set) var requested = VectorSet()
  public internal(set) var inService = VectorSet()
  /// The vectors that are level-triggered: their EOI goes to the I/O APIC.
  public internal(set) var levelTriggered = VectorSet()
  public internal(set) var taskPriority: UInt8 = 0
  public internal(set) var spurious: UInt32 = 0xff
  public internal(set) var logicalDestination: UInt32 = 0
  public internal(set) var destinationFormat: UInt32 = 0xffff_ffff
  public internal(set) var errorStatus: UInt32 = 0
  public internal(set) var interruptCommand: UInt64 = 0
  public internal(set) var localVectors: [UInt32] = .init(repeating: masked, count: 6)
  public internal(set) var divideConfiguration: UInt32 = 0
  public internal(set) var initialCount: UInt32 = 0
  /// When the count was last loaded, in cycles.
  public internal(set) var loadedAt: UInt64 = 0
  /// When the timer fires next, in cycles; nil while it is stopped.
  public internal(set) var deadline: UInt64?

  public init() {}

  var isEnabled: Bool { spurious & 0x100 != 0 }
  /// The class and subclass that an interrupt must exceed (11.8.3.1).
  var processorPriority: UInt8 {
    let service = inService.highest ?? 0
    return taskPriority >> 4 >= service >> 4 ? taskPriority : service & 0xf0
  }

  /// The vector that the processor would take now.
  public var pendingVector: UInt8? {
    guard isEnabled, let vector = requested.highest, vector >> 4 > processorPriority >> 4 else { return nil }
    return vector
  }

  /// The processor takes the pending vector.
  public mutating func acknowledge() -> UInt8? {
    guard let vector = pendingVector else { return nil }
    requested.remove(vector)
    inService.insert(vector)
    return vector
  }

  /// An interrupt message arrives. Vectors below 16 are illegal.
  public mutating func accept(_ vector: UInt8, isLevel: Bool) {
    guard isEnabled else { return }
    guard vector >= 16 else {
      errorStatus |= 1 << 6
      return
    }
    requested.insert(vector)
    if isLevel { levelTriggered.insert(vector) } else { levelTriggered.remove(vector) }
  }

  /// The task priority, as CR8 has it: its class only.
  public var cr8: UInt64 {
    get { UInt64(taskPriority >> 4) }
    set { taskPriority = UInt8(truncatingIfNeeded: newValue << 4) }
  }
}

// MARK: - The timer

extension LocalAPIC {
  /// Cycles for one step of the count (11.5.4).
  var divisor: UInt64 {
    let code = (divideConfiguration & 3) | (divideConfiguration >> 1 & 4)
    return code == 7 ? 1 : 2 << UInt64(code)
  }

  var isPeriodic: Bool { localVectors[0] >> 17 & 3 == 1 }
  private var period: UInt64 { UInt64(initialCount) &* divisor }

  /// When the timer next has something to do, in cycles.
  public var nextDeadline: UInt64? { deadline }

  /// Lets the timer fire if its time has come. A periodic timer that missed several periods fires once and keeps its
  /// phase, as the request bit of its vector can hold no more.
  public mutating func advance(to now: UInt64) {
    guard let due = deadline, now >= due else { return }
    if localVectors[0] & Self.masked == 0 { accept(UInt8(truncatingIfNeeded: localVectors[0]), isLevel: false) }
    guard isPeriodic, period > 0 else {
      deadline = nil
      return
    }
    loadedAt = due &+ (now &- due) / period &* period
    deadline = loadedAt &+ period
  }

  private func currentCount(_ now: UInt64) -> UInt32 {
    guard let due = deadline, due > now else { return 0 }
    return UInt32(clamping: (due &- now &+ divisor &- 1) / divisor)
  }

  private mutating func loadTimer(_ count: UInt32, at now: UInt64) {
    initialCount = count
    loadedAt = now
    deadline = count == 0 ? nil : now &+ period
  }
}

// MARK: - Registers

extension LocalAPIC {
  /// What a register access asks of the rest of the machine.
  public enum Effect: Equatable, Sendable {
    case none
    /// A level-triggered interrupt is over: the I/O APIC must be told.
    case endOfInterrupt(vector: UInt8)
  }

  /// Reads the register at `offset` (0…0xfff). Registers are 4 bytes at multiples of 16.
  public func read(_ offset: UInt32, at now: UInt64) -> UInt32 {
    switch offset {
    case 0x30: 0x0005_0014  // version 0x14, 6 entries in the local vector table
    case 0x80: UInt32(taskPriority)
    case 0xa0: UInt32(processorPriority)
    case 0xd0: logicalDestination
    case 0xe0: destinationFormat
    case 0xf0: spurious
    case 0x100...0x17f: Self.word(inService, offset)
    case 0x180...0x1ff: Self.word(levelTriggered, offset)
    case 0x200...0x27f: Self.word(requested, offset)
    case 0x280: errorStatus
    case 0x300: UInt32(truncatingIfNeeded: interruptCommand)
    case 0x310: UInt32(truncatingIfNeeded: interruptCommand >> 32)
    case 0x380: initialCount
    case 0x390: currentCount(now)
    case 0x3e0: divideConfiguration
    default: Self.localVectorTable.firstIndex(of: offset).map { localVectors[$0] } ?? 0
    }
  }

  private static func word(_ set: VectorSet, _ offset: UInt32) -> UInt32 {
    offset & 0xf == 0 ? set.words[Int(offset >> 4 & 7)] : 0
  }

  public mutating func write(_ offset: UInt32, _ value: UInt32, at now: UInt64) -> Effect {
    switch offset {
    case 0x80: taskPriority = UInt8(truncatingIfNeeded: value)
    case 0xb0: return endInterrupt()
    case 0xd0: logicalDestination = value & 0xff00_0000
    case 0xe0: destinationFormat = value | 0x0fff_ffff
    case 0xf0:
      spurious = value & 0x1ff
      if !isEnabled { localVectors = localVectors.map { $0 | Self.masked } }
    case 0x280: errorStatus = 0
    case 0x300: send(value)
    case 0x310: interruptCommand = interruptCommand & 0xffff_ffff | UInt64(value & 0xff00_0000) << 32
    case 0x380: loadTimer(value, at: now)
    case 0x3e0:
      let remaining = currentCount(now)
      divideConfiguration = value & 0xb
      if deadline != nil { deadline = now &+ UInt64(remaining) &* divisor }
    default:
      guard let index = Self.localVectorTable.firstIndex(of: offset) else { break }
      localVectors[index] = value & 0x7_f7ff | (isEnabled ? 0 : Self.masked)
    }
    return .none
  }

  private mutating func endInterrupt() -> Effect {
    guard let vector = inService.highest else { return .none }
    inService.remove(vector)
    guard levelTriggered.contains(vector) else { return .none }
    levelTriggered.remove(vector)
    return .endOfInterrupt(vector: vector)
  }

  /// The interrupt command register: with one processor, only what reaches itself has an effect (11.6.1).
  private mutating func send(_ low: UInt32) {
    interruptCommand = interruptCommand & ~0xffff_ffff | UInt64(low & ~(1 << 12))
    guard low >> 8 & 7 == 0 else { return }  // fixed delivery only
    let shorthand = low >> 18 & 3
    let destination = UInt8(truncatingIfNeeded: interruptCommand >> 56)
    let isLogical = low >> 11 & 1 != 0
    let hitsSelf =
      isLogical ? UInt32(destination) << 24 & logicalDestination != 0 : destination == 0 || destination == 0xff
    guard shorthand == 1 || shorthand == 2 || (shorthand == 0 && hitsSelf) else { return }
    accept(UInt8(truncatingIfNeeded: low), isLevel: false)
  }
}
