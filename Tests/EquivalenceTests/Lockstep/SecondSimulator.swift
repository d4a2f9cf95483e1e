import SimCPU
import SimMemory
import SimUnicorn

@testable import Equivalence

/// A second simulator in the place of the host's processor, so that comparison is tested on every host; with an error
/// planted in it, if that is wanted.
final class SecondSimulator: SteppedProcessor {
  enum Error {
    /// Bit P of a page fault's error code is wrong.
    case errorCode
    /// ADC leaves the wrong carry.
    case carry
    /// A segment register gets another base.
    case segment
  }

  let memory: GuestMemory
  let hasEmulationGap = false
  private let cpu: UnicornEngine
  private let environment: any CPUEnvironment
  private let planted: Error?

  init(size: UInt64, environment: any CPUEnvironment, cpuid: CPUIDModel, planted: Error? = nil) throws {
    memory = try GuestMemory(size: size)
    cpu = try UnicornEngine(memory: memory, environment: environment, cpuid: cpuid)
    self.environment = environment
    self.planted = planted
  }

  var state: CPUState {
    get { cpu.state }
    set {
      cpu.state = newValue
      // The memory was written from outside, as a real processor would see it.
      for page in 0..<memory.pageCount where memory.translated.contains(page) { memory.onTranslatedPageWritten?(page) }
    }
  }
  var generalState: CPUState {
    get { state }
    set { state = newValue }
  }
  func inject(interrupt vector: UInt8) { cpu.inject(interrupt: vector) }
  func injectNonMaskableInterrupt() { cpu.injectNonMaskableInterrupt() }

  func step() -> EngineStop {
    let before = cpu.instructionPointer
    let opcode = memory.read16(before) ?? 0
    cpu.setHorizon(cpu.instructionsRetired + 1)
    let stop = cpu.run()
    plant(opcode: opcode)
    return stop
  }

  func run(to address: UInt64) -> EngineStop {
    for _ in 0..<20_000 {
      let stop = step()
      if stop != .horizon { return stop }
      if cpu.instructionPointer == address { return .breakpoint }
    }
    return .horizon
  }

  func runToHalt() -> EngineStop {
    for _ in 0..<20_000 {
      let stop = step()
      if stop != .horizon { return stop }
    }
    return .horizon
  }

  private static let pageFaultStub: UInt64 = 0x20000 + 14 * 32
  private static let adcOfQuads: [UInt16] = [0x1148, 0x1149, 0x114c, 0x114d]

  private func plant(opcode: UInt16) {
    switch planted {
    case .errorCode where cpu.instructionPointer == Self.pageFaultStub + 2:
      let at = cpu.state.general[4] + 8
      _ = memory.write64((memory.read64(at) ?? 0) ^ 1, at: at)
    case .carry where Self.adcOfQuads.contains(opcode):
      var changed = cpu.state
      changed.rflags ^= 1
      cpu.state = changed
    case .segment where opcode == 0xe08e:
      var changed = cpu.state
      changed.segments[4].base ^= 0x1000
      cpu.state = changed
    default: break
    }
  }
}

func makeCheck(planting error: SecondSimulator.Error? = nil) throws -> SequenceCheck {
  try SequenceCheck { size, environment, cpuid in
    try SecondSimulator(size: size, environment: environment, cpuid: cpuid, planted: error)
  }
}
