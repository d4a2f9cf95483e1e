import SimCPU
import SimEvents
import SimPlatform
import SimVirtio

/// The machine behind the context of a bus function. It lives as long as its engine.
private func machine(_ context: UnsafeMutableRawPointer?) -> Unmanaged<Machine> { .fromOpaque(context!) }

/// What the CPU reaches outside itself.
extension Machine: CPUEnvironment {
  public func observe(_ event: EventPayload) {
    emit(event, by: event.instructionPointer.map { actor(at: $0) })
    let costs = configuration.costs
    switch event {
    case .exception(_, _, let address, _):
      charge(costs.exception, for: .exception)
      noteDelivery(at: address)
    case .interrupt(_, let address):
      charge(costs.interrupt, for: .interrupt)
      noteDelivery(at: address)
    case .pkruWrite: charge(costs.wrpkru, for: .wrpkru)
    case .controlRegisterWrite: charge(costs.controlRegister, for: .controlRegister)
    case .msrWrite: charge(costs.msr, for: .msr)
    default: return
    }
    reschedule()
  }

  public func executed(_ instruction: TimedInstruction) {
    let costs = configuration.costs
    switch instruction {
    case .systemCall: charge(costs.systemCall, for: .instruction)
    case .rdpkru: charge(costs.rdpkru, for: .instruction)
    case .cpuid: charge(costs.cpuid, for: .instruction)
    case .invlpg: charge(costs.invlpg, for: .instruction)
    }
    reschedule()
  }

  public func timestampCounter() -> UInt64 {
    defer {
      charge(configuration.costs.timestampCounter, for: .instruction)
      reschedule()
    }
    return timeStamp
  }

  /// The TSC.
  var timeStamp: UInt64 { time &+ localAPIC.state.timeStampOffset }
  public var isLocalAPICEnabled: Bool { localAPIC.isEnabled }

  public func randomNumber() -> UInt64 {
    charge(configuration.costs.rdrand, for: .instruction)
    reschedule()
    return randomNumbers.next()
  }

  public func breakpointReached(_ address: UInt64) -> Bool {
    if let witness, witness.gates.returns.contains(address) { noteReturn(at: address) }
    return agenda.arrive(at: address)
  }

  public var taskPriority: UInt64 {
    get { localAPIC.cr8 }
    set { localAPIC.cr8 = newValue }
  }

  public var busFunctions: BusFunctions? {
    BusFunctions(
      context: Unmanaged.passUnretained(self).toOpaque(),
      deviceRead: { context, address, size in
        machine(context)._withUnsafeGuaranteedRef { $0.deviceRead(address, size: Int(size)) }
      },
      deviceWrite: { context, address, size, value in
        machine(context)._withUnsafeGuaranteedRef { $0.deviceWrite(address, size: Int(size), value: value) }
      },
      portRead: { context, port, size in
        machine(context)._withUnsafeGuaranteedRef { $0.portRead(UInt16(truncatingIfNeeded: port), size: Int(size)) }
      },
      portWrite: { context, port, size, value in
        machine(context)._withUnsafeGuaranteedRef {
          $0.portWrite(UInt16(truncatingIfNeeded: port), size: Int(size), value: value)
        }
      },
      domainChanged: { context, from, to, address, pkru in
        machine(context)._withUnsafeGuaranteedRef {
          Int32(
            $0.domainChanged(
              from: UInt8(exactly: from), to: UInt8(truncatingIfNeeded: to), at: address, pkru: pkru))
        }
      },
      executed: { context, instruction in
        guard let instruction = TimedInstruction(rawValue: instruction) else { return }
        machine(context)._withUnsafeGuaranteedRef { $0.executed(instruction) }
      })
  }

  // MARK: Ports

  public func portRead(_ port: UInt16, size: Int) -> UInt32 {
    defer { update() }
    charge(configuration.costs.portAccess, for: .exit)
    if size == 1, let register = serialRegister(port) {
      let value = uart.read(register)
      noteSerialRegister(port, value, isWrite: false)
      return UInt32(value)
    }
    if size > 1, hasByteDevice(port, size: size) { return readBytes(port, size: size) }
    let nothing: UInt32 = size == 1 ? 0xff : size == 2 ? 0xffff : 0xffff_ffff
    let legacy = size == 1 ? readLegacyPort(port).map(UInt32.init) : nil
    let value = legacy ?? readTestPort(port, size: size) ?? nothing
    emit(.portAccess(port: port, size: UInt8(size), value: value, isWrite: false))
    return value
  }

  public func portWrite(_ port: UInt16, size: Int, value: UInt32) {
    defer { update() }
    switch port {
    case Platform.tracePort where size == 1:
      trace(UInt8(truncatingIfNeeded: value))
      // Free of charge for the unikernel, as it is not there on other platforms. An extension that floods it pays as for any port.
      guard currentActor.isExtension else { return }
    case Platform.debugExitPort:
      emit(.debugExit(value: value))
      end = .exited(value)
    default:
      if size > 1, hasByteDevice(port, size: size) {
        writeBytes(port, size: size, value)
      } else if size == 1, let register = serialRegister(port) {
        let byte = UInt8(truncatingIfNeeded: value)
        if let sent = uart.write(register, byte) {
          emit(.consoleOutput(console: .serial, bytes: [sent]))
        } else {
          noteSerialRegister(port, byte, isWrite: true)
        }
      } else {
        if size == 1 { writeLegacyPort(port, UInt8(truncatingIfNeeded: value)) }
        writeTestPort(port, size: size, value)
        emit(.portAccess(port: port, size: UInt8(size), value: value, isWrite: true))
      }
    }
    charge(configuration.costs.portAccess, for: .exit)
  }

  /// The unikernel asks for the port's state before each byte: of its own accesses only what the port sends is an event.
  private func noteSerialRegister(_ port: UInt16, _ value: UInt8, isWrite: Bool) {
    guard currentActor.isExtension else { return }
    emit(.portAccess(port: port, size: 1, value: UInt32(value), isWrite: isWrite))
  }

  // A wider access to a device of eight bits becomes one for each byte, at ports that follow one another, as on an ISA bus.

  private func hasByteDevice(_ port: UInt16, size: Int) -> Bool {
    (0..<UInt16(size)).contains { serialRegister(port &+ $0) != nil || Self.hasLegacyDevice(at: port &+ $0) }
  }

  private func readBytes(_ port: UInt16, size: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<UInt16(size) {
      let place = port &+ index
      let byte = serialRegister(place).map { uart.read($0) } ?? readLegacyPort(place) ?? 0xff
      value |= UInt32(byte) << (8 * UInt32(index))
    }
    emit(.portAccess(port: port, size: UInt8(size), value: value, isWrite: false))
    return value
  }

  private func writeBytes(_ port: UInt16, size: Int, _ value: UInt32) {
    emit(.portAccess(port: port, size: UInt8(size), value: value, isWrite: true))
    for index in 0..<UInt16(size) {
      let place = port &+ index
      let byte = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index)))
      guard let register = serialRegister(place) else {
        writeLegacyPort(place, byte)
        continue
      }
      if let sent = uart.write(register, byte) { emit(.consoleOutput(console: .serial, bytes: [sent])) }
    }
  }

  private func serialRegister(_ port: UInt16) -> UInt16? {
    port >= Platform.serialPort && port < Platform.serialPort + 8 ? port - Platform.serialPort : nil
  }

  // MARK: Device registers

  public func deviceRead(_ address: UInt64, size: Int) -> UInt64 {
    charge(configuration.costs.deviceAccess, for: .exit)
    let now = instructions
    if isLocalAPIC(address), let value = localAPIC.steadyRegister(address & 0xfff, size: size) {
      emitDeviceAccess(address, size: size, value: UInt64(value), isWrite: false, at: now)
      // Only time has passed, and that the timers are told when one is due.
      reschedule(at: now)
      return UInt64(value)
    }
    let value = readRegister(address, size)
    emitDeviceAccess(address, size: size, value: value, isWrite: false, at: now)
    update(at: now)
    return value
  }

  @inline(__always)
  private func isLocalAPIC(_ address: UInt64) -> Bool {
    localAPIC.isMemoryMapped && address & ~0xfff == localAPIC.address
  }

  private func readRegister(_ address: UInt64, _ size: Int) -> UInt64 {
    switch address {
    case _ where isLocalAPIC(address):
      advanceTimers()
      return localAPIC.read(address & 0xfff, size: size)
    case Platform.ioapicBase..<Platform.ioapicBase + 0x1000: return ioapic.read(address & 0xfff, size: size)
    default:
      if let testDevice, let offset = TestDevice.offset(address, size: size) {
        return testDevice.read(offset, size: size)
      }
      if let (slot, offset) = slot(address) { return slot.read(offset: offset, size: size) }
      if let offset = emptySlotOffset(address) { return EmptyTransport.read(offset: offset, size: size) }
      return size == 8 ? .max : (1 << UInt64(size * 8)) - 1
    }
  }

  public func deviceWrite(_ address: UInt64, size: Int, value: UInt64) {
    charge(configuration.costs.deviceAccess, for: .exit)
    let now = instructions
    emitDeviceAccess(address, size: size, value: value, isWrite: true, at: now)
    switch address {
    case _ where isLocalAPIC(address):
      advanceTimers(at: now)
      carryOut(localAPIC.write(address & 0xfff, value, size: size))
    case Platform.ioapicBase..<Platform.ioapicBase + 0x1000:
      advanceTimers()
      ioapic.write(address & 0xfff, value, size: size)
      deliverInterrupts()
    default:
      if testDevice != nil, let offset = TestDevice.offset(address, size: size) {
        testDevice?.write(offset, size: size, value)
      } else if let (slot, offset) = slot(address) {
        slot.write(offset: offset, size: size, value: value)
      }
    }
    update(at: now)
  }

  /// The offset in a slot that the machine has and no device is in.
  private func emptySlotOffset(_ address: UInt64) -> UInt64? {
    let slots = UInt64(Platform.virtioSlotMax) * Platform.virtioSpacing
    guard address >= Platform.virtioBase, address < Platform.virtioBase + slots else { return nil }
    return (address - Platform.virtioBase) % Platform.virtioSpacing
  }

  private func slot(_ address: UInt64) -> (slot: MMIOTransport, offset: UInt64)? {
    guard address >= Platform.virtioBase else { return nil }
    let (index, offset) = (address - Platform.virtioBase).quotientAndRemainder(dividingBy: Platform.virtioSpacing)
    return index < UInt64(slots.count) ? (slots[Int(index)], offset) : nil
  }
}
