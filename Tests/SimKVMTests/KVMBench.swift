import SimCPU
import SimEvents
import SimMemory
import Testing

@testable import SimKVM

/// Why KVM cannot be used here, or nil.
let kvmProblem: String? = {
  do throws(KVMHost.Unavailable) {
    _ = try KVMHost()
    return nil
  } catch { return error.description }
}()
let isKVMUsable: Bool = {
  if let kvmProblem { print("tests on KVM cannot run here: \(kvmProblem)") }
  return kvmProblem == nil
}()

/// A processor on KVM with flat 32-bit segments, and an environment that notes what is asked of it.
final class KVMBench: CPUEnvironment {
  struct Access: Equatable {
    var address: UInt64
    var size: Int
    var value: UInt64
    var isWrite: Bool
  }

  static let code: UInt64 = 0x1000
  let memory: GuestMemory
  private(set) var cpu: KVMEngine!
  var ports: [Access] = []
  var devices: [Access] = []
  var events: [EventPayload] = []
  var msrs: [UInt32: UInt64] = [:]
  var taskPriority: UInt64 = 0
  var answer: UInt64 = 0
  var onAccess: (() -> Void)?

  init(_ code: [UInt8]) throws {
    memory = try GuestMemory(size: 1 << 20)
    _ = memory.write(code, at: Self.code)
    cpu = try KVMEngine(memory: memory, environment: self, cpuid: CPUIDModel(clockHz: 1_000_000_000))
    var state = CPUState()
    state.segments = (0..<6).map { _ in .flatData(16) }
    state.segments[1] = .flatCode(8, is64Bit: false)
    state.tr = CPUState.Segment(selector: 0, limit: 0xffff, attributes: 0x8b00)
    state.cr0 = 0x11
    state.rip = Self.code
    state.general[4] = 0x8000
    cpu.state = state
    cpu.setHorizon(.max)
  }

  /// Makes a gate for `vector` whose handler is `code` at `address`.
  func setHandler(_ vector: UInt8, _ code: [UInt8], at address: UInt64) {
    _ = memory.write(code, at: address)
    _ = memory.write64(0x00cf_9b00_0000_ffff, at: 0x508)
    _ = memory.write64(0x00cf_9300_0000_ffff, at: 0x510)
    _ = memory.write64(address & 0xffff | 8 << 16 | 0x8e00 << 32, at: 0x600 + UInt64(vector) * 8)
    var state = cpu.state
    state.gdt = (0x500, 23)
    state.idt = (0x600, 0x7ff)
    cpu.state = state
  }

  func deviceRead(_ address: UInt64, size: Int) -> UInt64 {
    devices.append(Access(address: address, size: size, value: answer, isWrite: false))
    onAccess?()
    return answer
  }
  func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {
    devices.append(Access(address: address, size: size, value: value, isWrite: true))
    onAccess?()
  }
  func portRead(_ port: UInt16, size: Int) -> UInt32 {
    ports.append(Access(address: UInt64(port), size: size, value: answer, isWrite: false))
    return UInt32(truncatingIfNeeded: answer)
  }
  func portWrite(_ port: UInt16, size: Int, value: UInt32) {
    ports.append(Access(address: UInt64(port), size: size, value: UInt64(value), isWrite: true))
    onAccess?()
  }
  func observe(_ event: EventPayload) { events.append(event) }
  func timestampCounter() -> UInt64 { 0 }
  func randomNumber() -> UInt64 { 0 }
  func readMSR(_ index: UInt32) -> UInt64? { msrs[index] }
  func writeMSR(_ index: UInt32, _ value: UInt64) -> Bool {
    guard msrs[index] != nil else { return false }
    msrs[index] = value
    return true
  }
  func breakpointReached(_ address: UInt64) -> Bool { true }
}
