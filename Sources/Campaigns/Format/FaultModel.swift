import Scenarios
import SimMachine

/// A kind of fault with all places that it can be at.
public enum FaultModel: Equatable, Sendable {
  // MARK: At any instruction

  /// Every changeable bit of some registers.
  case register(names: [String], BitPattern)
  /// Every bit of so many bytes of memory.
  case memory(FaultPlace, count: UInt64, BitPattern)
  /// Every bit of what the interpreter executes of a BPF program, in its memory; the program as the guest's commands name it.
  case program(String, BitPattern)
  /// Bits of the page-table entry that maps a place.
  case pageTable(FaultPlace, level: Int?, bits: [UInt8])
  case skip
  case `repeat`
  case nonMaskableInterrupt
  /// An interrupt that nobody asked for; nil: with the vector of the local APIC's timer.
  case everyInterrupt(vector: UInt8?)

  // MARK: At what happens in the run

  /// Every bit of the instruction that is next, in memory.
  case code(CodeChoice, BitPattern)
  /// Requests or replies of 9P.
  case message(isReply: Bool, names: [String]?, [Change], BitPattern, delay: VirtualDuration)
  /// Every bit of the fields of the descriptors that a device takes.
  case descriptor(QueueChoice, [Fault.DescriptorField])
  case usedEntry(QueueChoice, [DeviceFault.UsedField], [Change], delay: VirtualDuration)
  /// Every bit of the index of the available or used ring.
  case ringIndex(QueueChoice, [Ring])
  case sectors([Access], [Change], BitPattern)
  case shareError([DeviceFault.ShareError])
  /// Every bit of what the device of random numbers gives.
  case randomBytes(BitPattern)
  /// Interrupts that come.
  case interrupt(vectors: [UInt8]?, [Change], delay: VirtualDuration)

  // MARK: Many at once

  /// Faults of these models together, as a seed draws them.
  case swarm([FaultModel])

  /// What can happen to a message, an entry, a sector or an interrupt.
  public enum Change: String, CaseIterable, Sendable {
    case flip, truncate, drop, delay, `repeat`, swap, fail
  }

  /// Whose instructions are changed.
  public enum CodeChoice: String, CaseIterable, Sendable {
    /// Any.
    case all
    /// Those of what was loaded, and not of the guest's image.
    case programs
  }

  public enum Ring: String, CaseIterable, Sendable { case available, used }
  public enum Access: String, CaseIterable, Sendable { case read, write }

  /// The queues that a model is about.
  public struct QueueChoice: Equatable, Sendable {
    /// nil: any device.
    public var device: String?
    /// nil: any queue.
    public var queue: UInt16?

    func contains(_ device: String, _ queue: UInt16) -> Bool {
      (self.device ?? device) == device && (self.queue ?? queue) == queue
    }
  }

  /// Its places are those of operations, of which the fault-free run tells which there are.
  var isOfOperations: Bool {
    switch self {
    case .register, .memory, .program, .pageTable, .skip, .repeat, .nonMaskableInterrupt, .everyInterrupt, .swarm: false
    case .code, .message, .descriptor, .usedEntry, .ringIndex, .sectors, .shareError, .randomBytes, .interrupt: true
    }
  }

  /// Its name in a campaign.
  var kind: String {
    switch self {
    case .register: "register"
    case .memory: "memory"
    case .program: "program"
    case .pageTable: "pageTable"
    case .skip: "skip"
    case .repeat: "repeat"
    case .nonMaskableInterrupt: "nmi"
    case .everyInterrupt: "interrupts"
    case .code: "code"
    case .message(let isReply, _, _, _, _): isReply ? "ninePReply" : "ninePRequest"
    case .descriptor: "descriptor"
    case .usedEntry: "usedEntry"
    case .ringIndex: "ringIndex"
    case .sectors: "sectors"
    case .shareError: "shareError"
    case .randomBytes: "randomBytes"
    case .interrupt: "interrupt"
    case .swarm: "swarm"
    }
  }

  static let general = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
  ]
}

/// The keys of models.
extension FaultModel {
  private static let queue = ["device", "queue"]
  private static let message = ["messages", "changes", "pattern", "delay"]

  static let tables: [KeyTable] = [
    KeyTable(name: "register", keys: ["names", "pattern"]),
    KeyTable(name: "pkru", keys: ["pattern"]),
    KeyTable(name: "memory", keys: Fault.places + ["offset", "count", "pattern"]),
    KeyTable(name: "pageTable", keys: ["symbol", "address", "offset", "level", "bits"]),
    KeyTable(name: "key", keys: ["symbol", "address", "offset"]),
    KeyTable(name: "skip", keys: []), KeyTable(name: "repeat", keys: []), KeyTable(name: "nmi", keys: []),
    KeyTable(name: "code", keys: ["of", "pattern"]),
    KeyTable(name: "program", keys: ["name", "pattern"], required: ["name"]),
    KeyTable(name: "ninePRequest", keys: message), KeyTable(name: "ninePReply", keys: message),
    KeyTable(name: "descriptor", keys: queue + ["fields"]),
    KeyTable(name: "usedEntry", keys: queue + ["fields", "changes", "delay"]),
    KeyTable(name: "ringIndex", keys: queue + ["rings"]),
    KeyTable(name: "sectors", keys: ["accesses", "changes", "pattern"]),
    KeyTable(name: "shareError", keys: ["errors"]),
    KeyTable(name: "randomBytes", keys: ["pattern"]),
    KeyTable(name: "interrupt", keys: ["vectors", "changes", "delay"]),
    KeyTable(name: "swarm", keys: ["models"]),
  ]

  static let kinds = tables.map(\.name)
  static let table = KeyTable(name: "faultModel", keys: kinds)

  /// What a seed of a swarm draws from where the campaign does not say: all that devices and interrupts can do to a guest.
  static let environment: [FaultModel] = [
    .message(
      isReply: false, names: nil, changes(of: "ninePRequest"), .single, delay: delay),
    .message(isReply: true, names: nil, changes(of: "ninePReply"), .single, delay: delay),
    .descriptor(QueueChoice(), Fault.DescriptorField.allCases),
    .usedEntry(QueueChoice(), DeviceFault.UsedField.allCases, changes(of: "usedEntry"), delay: delay),
    .ringIndex(QueueChoice(), Ring.allCases), .sectors(Access.allCases, changes(of: "sectors"), .single),
    .shareError(DeviceFault.ShareError.allCases), .randomBytes(.single),
    .interrupt(vectors: nil, changes(of: "interrupt"), delay: delay),
  ]

  /// How long a delay is where the campaign does not say.
  static let delay = VirtualDuration(nanoseconds: 2_000_000)

  /// All changes that a kind of model has.
  static func changes(of kind: String) -> [Change] {
    switch kind {
    case "usedEntry": [.flip, .drop, .delay, .repeat]
    case "sectors": [.flip, .fail]
    case "interrupt": [.drop, .delay, .repeat]
    default: [.flip, .truncate, .drop, .delay, .swap]
    }
  }
}
