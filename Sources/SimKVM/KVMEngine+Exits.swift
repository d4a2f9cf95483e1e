import CKVM
import SimCPU
import SimEvents
import SimMemory

/// What makes the processor leave the guest, and who answers.
extension KVMEngine {
  /// For how long the guest has not left for anything but the timer. One that is silent for too long is not waited for:
  /// it loses the time up to the horizon, so that no scenario takes the host for ever.
  struct Silence {
    /// The host looks at a silent guest so often.
    static let roundNanoseconds: UInt64 = 1_000_000_000
    static let insideMax: UInt64 = 30_000_000_000
    static let wallMax: UInt64 = 300_000_000_000
    /// Nanoseconds of the processor inside the guest, and those that went by.
    var inside: UInt64 = 0
    var wall: UInt64 = 0

    var isTooLong: Bool { inside > Self.insideMax || wall > Self.wallMax }
  }

  /// A string instruction asks for its next part before it ends; so many parts are completed at once.
  private static let partsMax = 4096

  /// Runs up to the next exit, within the horizon. nil if the guest may go on.
  func enter() -> EngineStop? {
    let left = clock.nanoseconds(forCycles: horizon &- clock.cycles)
    let (exit, stop) = enterOnce(nanoseconds: min(max(left, 1), Silence.roundNanoseconds))
    if exit != CKVM_INTERRUPTED {
      silence = Silence()
    } else if silence.isTooLong {
      clock.skip(to: horizon)
      silence = Silence()
    }
    return stop
  }

  /// - Returns: the exit, and why to stop if there is a reason.
  func enterOnce(nanoseconds: UInt64) -> (exit: ckvm_stop, stop: EngineStop?) {
    let priority = environment.taskPriority
    ckvm_set_cr8(cpu, priority)
    var exit = ckvm_exit()
    ckvm_run(cpu, false, nanoseconds, &exit)
    isIncomplete = false
    clock.advance(nanoseconds: exit.run_ns)
    silence.inside &+= exit.run_ns
    silence.wall &+= exit.wall_ns
    if ckvm_cr8(cpu) != priority { environment.taskPriority = ckvm_cr8(cpu) }
    return (exit.stop, handle(exit))
  }

  /// Ends the instruction that an exit has interrupted, so that registers are those between two instructions.
  func complete(_ stop: EngineStop) -> EngineStop {
    var parts = 0
    while isIncomplete, parts < Self.partsMax {
      var exit = ckvm_exit()
      ckvm_run(cpu, true, 0, &exit)
      isIncomplete = false
      if exit.stop != CKVM_INTERRUPTED, let other = handle(exit) { return other }
      parts += 1
    }
    ckvm_want_interrupt_window(cpu, false)
    return stop
  }

  private func handle(_ exit: ckvm_exit) -> EngineStop? {
    switch exit.stop {
    case CKVM_PORT: accessPort(exit)
    case CKVM_DEVICE: accessDevice(exit)
    case CKVM_READ_MSR, CKVM_WRITE_MSR: accessMSR(exit)
    case CKVM_HALT: return isStaleHalt() ? nil : .halt
    case CKVM_SHUTDOWN: return .shutdown
    case CKVM_INTERRUPT_WINDOW:
      ckvm_want_interrupt_window(cpu, false)
      return .horizon
    case CKVM_DEBUG: return reachedBreakpoint()
    case CKVM_FAILED:
      hasEmulationGap = exit.reason == Self.internalError && exit.detail == Self.emulationFailure
      return .defect(explain(exit))
    default: break  // interrupted, or CR8 was lowered: the caller looks at the horizon
    }
    return nil
  }

  /// A step over HLT does not halt, but some KVMs remember it, and halt after the next instruction that is not stepped.
  private func isStaleHalt() -> Bool {
    guard hasStepped else { return false }
    hasStepped = false
    let registers = registers
    let paging = PagingState(cr0: registers.cr0, cr3: registers.cr3, cr4: registers.cr4, efer: registers.efer)
    let walk = PageWalker.walk(registers.rip &- 1, paging, in: memory)
    return walk.hasTranslation && memory.read8(walk.physicalAddress) != 0xf4
  }

  private func accessPort(_ exit: ckvm_exit) {
    isIncomplete = true
    let (size, port) = (Int(exit.bytes), UInt16(truncatingIfNeeded: exit.address))
    for item in 0..<Int(exit.count) {
      let place = UnsafeMutableRawBufferPointer(start: exit.data + item * size, count: size)
      if exit.is_write {
        environment.portWrite(port, size: size, value: UInt32(truncatingIfNeeded: Self.load(place)))
      } else {
        Self.store(UInt64(environment.portRead(port, size: size)), place)
      }
    }
  }

  private func accessDevice(_ exit: ckvm_exit) {
    isIncomplete = true
    let place = UnsafeMutableRawBufferPointer(start: exit.data, count: Int(exit.bytes))
    if exit.is_write {
      environment.deviceWrite(exit.address, size: place.count, value: Self.load(place))
    } else {
      Self.store(environment.deviceRead(exit.address, size: place.count), place)
    }
  }

  private func accessMSR(_ exit: ckvm_exit) {
    isIncomplete = true
    let place = UnsafeMutableRawBufferPointer(start: exit.data, count: 8)
    let index = UInt32(truncatingIfNeeded: exit.address)
    if exit.stop == CKVM_WRITE_MSR {
      exit.refused.pointee = environment.writeMSR(index, Self.load(place)) ? 0 : 1
    } else if let value = environment.readMSR(index) {
      Self.store(value, place)
      exit.refused.pointee = 0
    } else {
      exit.refused.pointee = 1
    }
  }

  private static func load(_ place: UnsafeMutableRawBufferPointer) -> UInt64 {
    place.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func store(_ value: UInt64, _ place: UnsafeMutableRawBufferPointer) {
    for index in place.indices { place[index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }

  /// KVM_INTERNAL_ERROR_EMULATION: an instruction that KVM's emulator does not have.
  private static let emulationFailure: UInt32 = 1
  private static let internalError: Int32 = 17

  private func explain(_ exit: ckvm_exit) -> String {
    let place = "at 0x\(String(instructionPointer, radix: 16))"
    if hasEmulationGap {
      return "this host's KVM cannot emulate the instruction \(place)"
    }
    return exit.reason < 0
      ? "KVM_RUN failed with error \(-exit.reason) \(place)"
      : "KVM left the guest for the reason \(exit.reason) (\(exit.detail)) \(place)"
  }
}
