import CUnicornSeams
import PKRUModel
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
    c.control_check = { engine($0).mayWrite($2, to: $1) }
    c.msr_read = { context, index, out in
      guard let value = engine(context).environment.readMSR(index) else { return false }
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
    c.cr8_read = { engine($0).environment.taskPriority }
    c.tsc = { engine($0).environment.timestampCounter() }
    c.random = { engine($0).environment.randomNumber() }
    c.watched = { engine($0).environment.watched(MemoryHit($1!.pointee)) }
    c.domain = { engine($0).environment.domainChanged(from: UInt8(exactly: $1), to: UInt8(truncatingIfNeeded: $2)) }
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

  private static let physicalAddressExtension: UInt64 = 1 << 5
  private static let longModeEnabled: UInt64 = 1 << 8
  private static let longModeActive: UInt64 = 1 << 10

  private static let paging: UInt64 = 1 << 31
  /// The L bit of a code segment's attributes.
  private static let code64: UInt32 = 1 << 21

  /// Whether a write of a control register is no #GP: no reserved bits; long mode keeps PAE, and 64-bit code keeps paging
  /// (SDM volume 2B, MOV to control registers).
  fileprivate func mayWrite(_ value: UInt64, to which: UInt32) -> Bool {
    guard Self.isLegal(value, in: which) else { return false }
    if Int(which) == SEAMS_EFER, seams_control(seams, 0) & Self.paging != 0,
      (value ^ seams_control(seams, which)) & Self.longModeEnabled != 0
    {
      return false
    }
    guard seams_control(seams, 16) & Self.longModeActive != 0 else { return true }
    return switch which {
    case 0: value & Self.paging != 0 || state.segments[1].attributes & Self.code64 == 0
    case 3: value >> CPUIDModel.physicalAddressBits == 0
    case 4: value & Self.physicalAddressExtension != 0
    default: true
    }
  }

  /// The bits that may be set, by register (SDM volume 3, 2.5); others are reserved, and raise #GP.
  ///
  ///     CR4: VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT UMIP FSGSBASE OSXSAVE SMEP SMAP PKE
  static func isLegal(_ value: UInt64, in which: UInt32) -> Bool {
    switch which {
    // PG needs PE, NW needs CD.
    case 0:
      value >> 32 == 0 && !(value >> 31 & 1 == 1 && value & 1 == 0) && !(value >> 29 & 1 == 1 && value >> 30 & 1 == 0)
    case 4: value & ~0x75_0fff == 0
    case 8: value & ~0xf == 0
    case 16: value & ~0xd01 == 0
    default: true
    }
  }
}
