import CUnicornSeams
import PKRUModel
import SimCPU
import SimEvents

/// The engine behind a callback's context, for what is called often: it outlives its callbacks, so references are not counted.
private func lentEngine(_ context: UnsafeMutableRawPointer?) -> Unmanaged<UnicornEngine> { .fromOpaque(context!) }

/// The engine behind a callback's context.
private func engine(_ context: UnsafeMutableRawPointer?) -> UnicornEngine {
  Unmanaged<UnicornEngine>.fromOpaque(context!).takeUnretainedValue()
}

extension UnicornEngine {
  static func makeCallbacks() -> seams_callbacks {
    var c = seams_callbacks()
    c.translate = { context, address, access, index, out, fault in
      lentEngine(context)._withUnsafeGuaranteedRef {
        $0.translate(
          address, kind: AccessKind(rawValue: UInt8(truncatingIfNeeded: access)) ?? .read, mmuIndex: index,
          into: &out!.pointee, fault: &fault!.pointee)
      }
    }
    c.device_read = { engine($0).environment.deviceRead($1, size: Int($2)) }
    c.device_write = { engine($0).environment.deviceWrite($1, size: Int($2), value: $3) }
    c.port_read = { engine($0).environment.portRead(UInt16(truncatingIfNeeded: $1), size: Int($2)) }
    c.port_write = { engine($0).environment.portWrite(UInt16(truncatingIfNeeded: $1), size: Int($2), value: $3) }
    c.exception = { context, vector, errorCode, address in
      let cpu = engine(context)
      cpu.environment.observe(
        .exception(
          vector: UInt8(truncatingIfNeeded: vector), errorCode: errorCode, instructionPointer: cpu.instructionPointer,
          address: address))
    }
    c.interrupt = { context, vector in
      let cpu = engine(context)
      cpu.environment.observe(
        .interrupt(vector: UInt8(truncatingIfNeeded: vector), instructionPointer: cpu.instructionPointer))
    }
    c.pkru_write = { context, old, new in
      let cpu = engine(context)
      cpu.environment.observe(.pkruWrite(old: old, new: new, instructionPointer: cpu.instructionPointer))
    }
    c.control_write = { engine($0).controlWritten($1, old: $2, new: $3) }
    c.msr_written = { context, index, value in
      let cpu = engine(context)
      cpu.environment.observe(.msrWrite(index: index, value: value, instructionPointer: cpu.instructionPointer))
    }
    c.table_write = { context, which, selector, base, limit in
      let cpu = engine(context)
      cpu.environment.observe(
        .descriptorTableWrite(
          register: ["gdtr", "idtr", "ldtr", "tr"][Int(which)], selector: UInt16(truncatingIfNeeded: selector),
          base: base, limit: limit, instructionPointer: cpu.instructionPointer))
    }
    c.control_check = { engine($0).mayWrite($2, to: $1) }
    c.msr_read = { context, index, out in
      guard let value = engine(context).environment.readMSR(index) else { return false }
      out!.pointee = value
      return true
    }
    c.counter_read = { context, number, out in
      guard let value = engine(context).environment.readPerformanceCounter(number) else { return false }
      out!.pointee = value
      return true
    }
    c.msr_write = { engine($0).environment.writeMSR($1, $2) }
    c.cpuid = { context, leaf, subleaf, out in
      let cpu = engine(context)
      let answer = cpu.cpuid.leaf(
        leaf, subleaf, cr4: seams_control(cpu.seams, 4), xcr0: seams_control(cpu.seams, UInt32(SEAMS_XCR0)),
        hasLocalAPIC: cpu.environment.isLocalAPICEnabled)
      (out![0], out![1], out![2], out![3]) = (answer.eax, answer.ebx, answer.ecx, answer.edx)
    }
    c.executed = { context, number in
      guard let instruction = TimedInstruction(rawValue: number) else { return }
      engine(context).environment.executed(instruction)
    }
    c.cr8_read = { engine($0).environment.taskPriority }
    c.tsc = { engine($0).environment.timestampCounter() }
    c.random = { engine($0).environment.randomNumber() }
    c.watched = { engine($0).environment.watched(MemoryHit($1!.pointee)) }
    c.domain = {
      Int32(
        engine($0).environment.domainChanged(
          from: UInt8(exactly: $1), to: UInt8(truncatingIfNeeded: $2), at: $3, pkru: $4))
    }
    c.breakpoint = { engine($0).environment.breakpointReached($1) }
    return c
  }

  /// The names of registers in events, by the number that the seams report them with.
  private static func registerName(_ which: UInt32) -> String {
    switch Int(which) {
    case SEAMS_EFER: "efer"
    case SEAMS_XCR0: "xcr0"
    case SEAMS_DR0..<SEAMS_DR0 + 8: "dr\(Int(which) - SEAMS_DR0)"
    default: "cr\(which)"
    }
  }

  private func controlWritten(_ which: UInt32, old: UInt64, new: UInt64) {
    switch Int(which) {
    case 8: environment.taskPriority = new
    case 0, 4, SEAMS_EFER: renewAccessTable()
    default: break
    }
    environment.observe(
      .controlRegisterWrite(
        register: Self.registerName(which), old: old, new: new, instructionPointer: instructionPointer)
    )
  }

  /// The L bit of a code segment's attributes.
  private static let code64: UInt32 = 1 << 21

  fileprivate func mayWrite(_ value: UInt64, to which: UInt32) -> Bool {
    // Others (XCR0, debug registers) are checked by the seams.
    guard let register = ControlRegister(rawValue: which) else { return true }
    return register.mayBecome(
      value, cr0: seams_control(seams, 0), efer: seams_control(seams, UInt32(SEAMS_EFER)), cpuid: cpuid,
      isIn64BitCode: rawState.segment.1.attributes & Self.code64 != 0)
  }
}
