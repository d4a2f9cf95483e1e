/// The kind of an event: one for each case of ``EventPayload``, with the same name.
///
/// Raw values are part of the trace format: they are never used again for something else. A new kind takes the next one.
public enum EventKind: UInt8, CaseIterable, Hashable, Sendable {
  case consoleOutput = 1
  case consoleInput = 2
  case exception = 3
  case accessDenied = 4
  case interrupt = 5
  case tripleFault = 6
  case pkruWrite = 7
  case controlRegisterWrite = 8
  case halt = 9
  case portAccess = 10
  case mmioAccess = 11
  case deviceStatus = 12
  case queueNotify = 13
  case descriptorChain = 14
  case usedChain = 15
  case queueError = 16
  case ninePRequest = 17
  case ninePReply = 18
  case guest = 19
  case sync = 20
  case scriptStep = 21
  case faultInjected = 22
  case debugExit = 23
  case outcome = 24
  case msrWrite = 25
  case descriptorTableWrite = 26
  case crossing = 27
  case guardedAccess = 28

  /// The name that scenarios, JSON and listings use: that of the case.
  public var name: String { Self.names[Int(rawValue)] }

  /// By raw value. To ask a value for its case's name costs a microsecond.
  private static let names: [String] = {
    var names = [String](repeating: "", count: 256)
    for kind in allCases { names[Int(kind.rawValue)] = "\(kind)" }
    return names
  }()

  private static let byName: [String: EventKind] = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

  /// The kind with this name, if there is one.
  public init?(name: String) {
    guard let kind = Self.byName[name] else { return nil }
    self = kind
  }
}

extension EventKind {
  /// Whether the event says who acts (``Event/actor``): what the processor's instructions do.
  public var hasActor: Bool {
    switch self {
    case .exception, .accessDenied, .interrupt, .tripleFault, .pkruWrite, .controlRegisterWrite, .halt, .portAccess,
      .mmioAccess, .guest, .debugExit, .msrWrite, .descriptorTableWrite, .guardedAccess, .consoleOutput,
      .faultInjected:
      true
    default: false
    }
  }

  /// Whether the event says where the instruction is beside its payload (``Event/instructionPointer``); HLT says what follows it.
  public var hasPlace: Bool {
    switch self {
    case .portAccess, .mmioAccess, .guest, .debugExit, .consoleOutput, .halt, .faultInjected: true
    default: false
    }
  }
}

extension EventPayload {
  public var kind: EventKind {
    switch self {
    case .consoleOutput: .consoleOutput
    case .consoleInput: .consoleInput
    case .exception: .exception
    case .accessDenied: .accessDenied
    case .interrupt: .interrupt
    case .tripleFault: .tripleFault
    case .pkruWrite: .pkruWrite
    case .controlRegisterWrite: .controlRegisterWrite
    case .halt: .halt
    case .portAccess: .portAccess
    case .mmioAccess: .mmioAccess
    case .deviceStatus: .deviceStatus
    case .queueNotify: .queueNotify
    case .descriptorChain: .descriptorChain
    case .usedChain: .usedChain
    case .queueError: .queueError
    case .ninePRequest: .ninePRequest
    case .ninePReply: .ninePReply
    case .guest: .guest
    case .sync: .sync
    case .scriptStep: .scriptStep
    case .faultInjected: .faultInjected
    case .debugExit: .debugExit
    case .outcome: .outcome
    case .msrWrite: .msrWrite
    case .descriptorTableWrite: .descriptorTableWrite
    case .crossing: .crossing
    case .guardedAccess: .guardedAccess
    }
  }
}
