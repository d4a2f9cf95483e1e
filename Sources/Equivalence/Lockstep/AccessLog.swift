import Hexadecimal
import SimCPU
import SimEvents

/// What one instruction asked of its surroundings: answered for the simulator, played back to the other processor.
final class AccessLog {
  struct Access: Equatable, CustomStringConvertible {
    enum Kind: String {
      case deviceRead = "read"
      case deviceWrite = "write"
      case portRead = "in"
      case portWrite = "out"
      case readMSR = "rdmsr"
      case writeMSR = "wrmsr"
    }
    var kind: Kind
    var address: UInt64
    var size: Int
    var value: UInt64
    var isRefused = false

    var description: String {
      "\(kind.rawValue) \(address.hexadecimal) (\(size) bytes) \(value.hexadecimal)"
    }
  }

  private(set) var accesses: [Access] = []
  private var next = 0
  private(set) var mismatches: [String] = []
  /// An exception or interrupt was delivered.
  var hasDelivery = false
  /// Guest memory changed by a device, to be taken over before anything else happens.
  var onDeviceDone: (() -> Void)?

  func clear() {
    accesses.removeAll(keepingCapacity: true)
    mismatches.removeAll(keepingCapacity: true)
    next = 0
    hasDelivery = false
  }

  func note(_ access: Access) { accesses.append(access) }

  /// The other processor's access: the answer is that of the same access of the simulator.
  func replay(_ kind: Access.Kind, _ address: UInt64, _ size: Int, value: UInt64 = 0) -> Access {
    var asked = Access(kind: kind, address: address, size: size, value: value)
    // An MSR that the simulator's CPU has refused by itself, without asking.
    if kind == .readMSR || kind == .writeMSR,
      next >= accesses.count || accesses[next].kind != kind || accesses[next].address != address
    {
      asked.isRefused = true
      return asked
    }
    guard next < accesses.count else {
      mismatches.append("only on the other processor: \(asked)")
      return asked
    }
    var expected = accesses[next]
    next += 1
    // The simulator's library makes two accesses of one with 8 bytes.
    if size == 8, expected.size == 4, next < accesses.count, accesses[next].address == address &+ 4,
      accesses[next].kind == expected.kind
    {
      expected.size = 8
      expected.value |= accesses[next].value << 32
      next += 1
    }
    switch kind {
    case .deviceRead, .portRead, .readMSR: asked.value = expected.value
    case .deviceWrite, .portWrite, .writeMSR: break
    }
    asked.isRefused = expected.isRefused
    if asked != expected { mismatches.append("\(expected) on the simulator, \(asked) on the other processor") }
    return asked
  }

  /// What the other processor left out, once it has done its part.
  var missing: [String] { accesses[min(next, accesses.count)...].map { "only on the simulator: \($0)" } }
}

/// The surroundings of the simulator's CPU, with a log.
final class LoggedEnvironment: CPUEnvironment {
  unowned let machine: any CPUEnvironment
  let log: AccessLog

  init(_ machine: any CPUEnvironment, log: AccessLog) {
    self.machine = machine
    self.log = log
  }

  func deviceRead(_ address: UInt64, size: Int) -> UInt64 {
    let value = machine.deviceRead(address, size: size)
    log.note(.init(kind: .deviceRead, address: address, size: size, value: value))
    log.onDeviceDone?()
    return value
  }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {
    log.note(.init(kind: .deviceWrite, address: address, size: size, value: value))
    machine.deviceWrite(address, size: size, value: value)
    log.onDeviceDone?()
  }
  func portRead(_ port: UInt16, size: Int) -> UInt32 {
    let value = machine.portRead(port, size: size)
    log.note(.init(kind: .portRead, address: UInt64(port), size: size, value: UInt64(value)))
    return value
  }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {
    log.note(.init(kind: .portWrite, address: UInt64(port), size: size, value: UInt64(value)))
    machine.portWrite(port, size: size, value: value)
  }
  func observe(_ event: EventPayload) {
    switch event {
    case .exception, .interrupt: log.hasDelivery = true
    default: break
    }
    machine.observe(event)
  }
  func executed(_ instruction: TimedInstruction) { machine.executed(instruction) }
  func timestampCounter() -> UInt64 { machine.timestampCounter() }
  func randomNumber() -> UInt64 { machine.randomNumber() }
  func readMSR(_ index: UInt32) -> UInt64? {
    let value = machine.readMSR(index)
    log.note(.init(kind: .readMSR, address: UInt64(index), size: 8, value: value ?? 0, isRefused: value == nil))
    return value
  }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool {
    let isTaken = machine.writeMSR(index, value)
    log.note(.init(kind: .writeMSR, address: UInt64(index), size: 8, value: value, isRefused: !isTaken))
    return isTaken
  }
  var taskPriority: UInt64 {
    get { machine.taskPriority }
    set { machine.taskPriority = newValue }
  }
  func breakpointReached(_ address: UInt64) -> Bool { machine.breakpointReached(address) }
}

/// The surroundings of the other processor: the log, played back.
final class ReplayedEnvironment: CPUEnvironment {
  let log: AccessLog
  /// Has a priority of its own: nothing is delivered by it.
  var taskPriority: UInt64 = 0

  init(log: AccessLog) { self.log = log }

  func deviceRead(_ address: UInt64, size: Int) -> UInt64 { log.replay(.deviceRead, address, size).value }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {
    _ = log.replay(.deviceWrite, address, size, value: value)
  }
  func portRead(_ port: UInt16, size: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: log.replay(.portRead, UInt64(port), size).value)
  }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {
    _ = log.replay(.portWrite, UInt64(port), size, value: UInt64(value))
  }
  func observe(_ event: EventPayload) {}
  func timestampCounter() -> UInt64 { 0 }
  func randomNumber() -> UInt64 { 0 }
  func readMSR(_ index: UInt32) -> UInt64? {
    let access = log.replay(.readMSR, UInt64(index), 8)
    return access.isRefused ? nil : access.value
  }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool {
    !log.replay(.writeMSR, UInt64(index), 8, value: value).isRefused
  }
  func breakpointReached(_ address: UInt64) -> Bool { true }
}
