import SimEvents
import Testing

@testable import Scenarios

private let rogue = JudgedEvents.rogue

private func store(_ what: String, _ access: String = "write") -> EventPayload {
  .guardedAccess(
    what: what, access: access, address: 0x5000, old: [1, 0], new: [2, 0], instructionPointer: 0x8000_0010, pkru: 2)
}

@Suite struct InvariantTests {
  // MARK: I1

  @Test func rightsAreThoseOfTheDesign() {
    var run = JudgedEvents()
    run.enter()
    run.add(.pkruWrite(old: 2, new: 2, instructionPointer: 1), by: rogue)
    run.add(.pkruWrite(old: 2, new: 0xffff_ffff, instructionPointer: 1), by: rogue)
    run.add(.pkruWrite(old: 2, new: 0, instructionPointer: 1), by: .gate(of: "rogue.o"))
    run.add(.pkruWrite(old: 0, new: 0, instructionPointer: 1), by: .unikernel)
    #expect(run.rules.isEmpty, "fewer rights, and the rights of others")
    run.add(.pkruWrite(old: 2, new: 0, instructionPointer: 1), by: rogue)
    #expect(run.rules == [.rights])
    #expect(run.oracle.broken[0].actor == rogue && run.oracle.broken[0].event == 5)
  }

  @Test func rightsAreLookedAtWhereverAnExtensionGoesOn() {
    for how: Crossing in [.back, .resume, .ungated] {
      var run = JudgedEvents()
      run.enter()
      run.cross(how, .gate(of: "rogue.o"), rogue, pkru: 0)
      #expect(run.rules == [.rights], "\(how)")
    }
  }

  @Test func aWindowGivesTheRightToWriteUntilItIsClosed() {
    var run = JudgedEvents()
    run.enter()
    run.cross(.open, rogue, .gate(of: "rogue.o"))
    run.cross(.back, .gate(of: "rogue.o"), rogue, pkru: 0)
    #expect(run.rules.isEmpty)
    run.cross(.close, rogue, .gate(of: "rogue.o"), pkru: 0)
    run.cross(.back, .gate(of: "rogue.o"), rogue, pkru: 0)
    #expect(run.rules == [.rights], "the gate left the window open")
  }

  @Test func aWindowEndsWithItsExtension() {
    var run = JudgedEvents()
    run.enter()
    run.cross(.open, rogue, .gate(of: "rogue.o"))
    run.abort()
    run.enter()
    run.add(store("count"), by: rogue)
    #expect(run.rules == [.stores])
  }

  // MARK: I2

  @Test func guardedMemoryIsWrittenInAWindowOnly() {
    var run = JudgedEvents()
    run.enter()
    run.add(store("count"), by: .application)
    run.add(store("count"), by: .unikernel)
    run.cross(.open, rogue, .gate(of: "rogue.o"))
    run.add(store("count"), by: rogue)
    #expect(run.rules.isEmpty)
    run.cross(.close, rogue, .gate(of: "rogue.o"))
    run.add(store("count"), by: rogue)
    #expect(run.rules == [.stores])
  }

  @Test func withoutKeysWhoeverAskedMayWrite() {
    var windows = OpenWindows(answering: [0x2000])
    func cross(_ how: Crossing, at address: UInt64) {
      let payload = EventPayload.crossing(
        how: how, from: .unikernel, to: rogue, instructionPointer: address, pkru: 0)
      windows.fold(Event(time: 0, instruction: 0, payload: payload))
    }
    cross(.enter, at: 1)
    cross(.gate, at: 0x1000)
    #expect(!windows.isOpen, "another gate")
    cross(.gate, at: 0x2000)
    cross(.back, at: 1)
    #expect(windows.isOpen)
    cross(.close, at: 0x3000)
    #expect(windows.isOpen, "the answer stays what it was")
    cross(.leave, at: 1)
    cross(.enter, at: 1)
    #expect(!windows.isOpen, "the next one has not asked")
  }

  @Test func noDeviceWritesWhatIsGuarded() {
    var run = JudgedEvents(.none)
    run.add(store("count", "dma"), by: .unikernel)
    #expect(run.rules == [.stores])
  }

  @Test func nobodyWritesOnBehalfOfAnExtension() {
    var run = JudgedEvents()
    run.enter()
    run.cross(.open, rogue, .gate(of: "rogue.o"))
    run.add(store("count"), by: .hostFunction(of: "rogue.o"))
    #expect(run.rules == [.stores], "a window is the extension's own")
    var gate = JudgedEvents()
    gate.add(store("count"), by: .gate(of: "rogue.o"))
    #expect(gate.rules == [.stores], "no gate has business there")
  }

  // MARK: I3

  @Test(arguments: [
    EventPayload.controlRegisterWrite(register: "cr0", old: 0x8001_0011, new: 0x8000_0011, instructionPointer: 1),
    .controlRegisterWrite(register: "cr3", old: 0x1000, new: 0x2000, instructionPointer: 1),
    .controlRegisterWrite(register: "cr8", old: 0, new: 15, instructionPointer: 1),
    .controlRegisterWrite(register: "xcr0", old: 1, new: 0x201, instructionPointer: 1),
    .msrWrite(index: 0xc000_0082, value: 0x8000_0000, instructionPointer: 1),
    .descriptorTableWrite(register: "idtr", selector: 0, base: 0, limit: 0, instructionPointer: 1),
  ])
  func systemRegistersStay(_ payload: EventPayload) {
    var run = JudgedEvents()
    run.enter()
    run.add(payload, by: .unikernel)
    run.add(payload, by: .handler)
    #expect(run.rules.isEmpty)
    run.add(payload, by: rogue)
    #expect(run.rules == [.systemRegisters])
    var free = JudgedEvents(.none)
    free.add(payload, by: rogue)
    #expect(free.rules.isEmpty, "without isolation nothing of this is promised")
  }

  @Test func whatChangesNothingIsNoOffence() {
    var run = JudgedEvents()
    run.add(.controlRegisterWrite(register: "cr0", old: 0x11, new: 0x11, instructionPointer: 1), by: rogue)
    run.add(.msrWrite(index: 0x186, value: 1, instructionPointer: 1), by: rogue)
    #expect(run.rules.isEmpty, "a register that stays, and a performance counter")
  }

  /// Whoever jumps to a gate's WRMSR sets what they choose, as whoever the jump makes them.
  @Test(arguments: [Actor.gate(of: "rogue.o"), .unikernel])
  func whatAGatesWRMSRHasSetIsGivenBack(by actor: Actor) {
    let enter = EventPayload.crossing(
      how: .enter, from: .unikernel, to: rogue, instructionPointer: 0x8000_0000, pkru: 0x195)
    func verdict(_ payloads: [EventPayload], _ promise: DesignPromise = .pksHardened) -> String? {
      var invariant = SystemRegistersInvariant(promise, registerWrites: [0x1000]) { _ in false }
      var text: String?
      for payload in payloads + [enter] {
        text = text ?? invariant.fold(Event(time: 1, instruction: 1, payload: payload, actor: actor))
      }
      return text
    }
    func write(_ index: UInt32, _ value: UInt64, at place: UInt64 = 0x1000) -> EventPayload {
      .msrWrite(index: index, value: value, instructionPointer: place)
    }
    #expect(verdict([write(0x6e1, 0)]) == nil, "rights are what it is for")
    #expect(verdict([write(0x1b, 0)])?.contains("MSR 0x1b becomes 0x0") == true)
    #expect(verdict([write(0x1b, 0), write(0x1b, 0xfee0_0900, at: 0x2000)]) == nil)
    #expect(verdict([write(0x1b, 0), write(0xc000_0082, 0, at: 0x2000)]) != nil, "another register")
    #expect(verdict([write(0x1b, 0), write(0x1b, 1)]) != nil, "by the gate itself")
    #expect(verdict([write(0x10, 0), write(0x3b, 0, at: 0x2000)]) == nil, "the counter's offset")
    #expect(verdict([write(0x186, 1)]) == nil, "a performance counter")
    #expect(verdict([write(0x1b, 0)], .none) == nil)
    func efer(_ old: UInt64, _ new: UInt64) -> EventPayload {
      .controlRegisterWrite(register: "efer", old: old, new: new, instructionPointer: 0x1000)
    }
    #expect(verdict([efer(0xd00, 0x500)])?.contains("efer was 0xd00 and becomes 0x500") == true)
    #expect(verdict([efer(0xd00, 0x500), efer(0x500, 0xd00)]) == nil)
    #expect(verdict([efer(0xd00, 0x500), efer(0x500, 0xd01)]) != nil)
  }

  @Test func rightsOfSupervisorPagesAreThoseOfTheDesign() {
    func rules(_ payload: EventPayload, _ promise: DesignPromise) -> [Rule] {
      var run = JudgedEvents(promise)
      run.add(payload, by: rogue)
      return run.rules
    }
    let write = EventPayload.msrWrite(index: 0x6e1, value: 0, instructionPointer: 1)
    #expect(rules(write, .pksHardened).contains(.rights) && !rules(write, .mpkHardened).contains(.rights))
    #expect(rules(.pkruWrite(old: 0, new: 0, instructionPointer: 1), .pksHardened).isEmpty, "PKRU binds nothing there")
  }

  @Test func aBreakpointIsItsOwnersAffair() {
    func rules(at address: UInt64) -> [Rule] {
      var run = JudgedEvents()
      run.add(.controlRegisterWrite(register: "dr1", old: 0, new: address, instructionPointer: 1), by: rogue)
      run.add(.controlRegisterWrite(register: "dr7", old: 0x400, new: 0x404, instructionPointer: 1), by: rogue)
      return run.rules
    }
    #expect(rules(at: 0x8000_0016).isEmpty)
    #expect(rules(at: 0x10_1000) == [.systemRegisters])
    var off = JudgedEvents()
    off.add(.controlRegisterWrite(register: "dr1", old: 0, new: 0x10_1000, instructionPointer: 1), by: rogue)
    off.add(.controlRegisterWrite(register: "dr7", old: 0x400, new: 0x401, instructionPointer: 1), by: rogue)
    #expect(off.rules.isEmpty, "the breakpoint that is enabled is another one")
    off.add(.controlRegisterWrite(register: "dr0", old: 0, new: 0x10_1000, instructionPointer: 1), by: rogue)
    #expect(off.rules == [.systemRegisters], "moved while it is enabled")
  }

  // MARK: I4, I5, I6

  @Test func codeThatCanBeWrittenDoesNotRun() {
    var run = JudgedEvents()
    run.add(store("code", "execute"), by: rogue)
    #expect(run.rules == [.writableCode])
    var free = JudgedEvents(.none)
    free.add(store("code", "execute"), by: rogue)
    #expect(free.rules.isEmpty)
  }

  @Test(arguments: [GuardedRange.pageTables, GuardedRange.descriptorTables, GuardedRange.gateData])
  func tablesStayInAWindowToo(_ table: String) {
    var run = JudgedEvents()
    run.enter()
    run.cross(.open, rogue, .gate(of: "rogue.o"))
    run.add(store(table), by: .unikernel)
    run.add(store(table), by: .hostFunction(of: "rogue.o"))
    #expect(run.rules.isEmpty, "they are the unikernel's to change")
    run.add(store(table), by: rogue)
    #expect(run.rules == [.tables])
  }

  @Test func devicesAreTheUnikernels() {
    func rules(_ payload: EventPayload, _ promise: DesignPromise = .uioMPK, by actor: Actor = rogue) -> [Rule] {
      var run = JudgedEvents(promise)
      run.add(payload, by: actor)
      return run.rules
    }
    let port = EventPayload.portAccess(port: 0x21, size: 1, value: 0, isWrite: true)
    let register = EventPayload.mmioAccess(address: 0xfee0_0080, size: 4, value: 255, isWrite: true)
    let console = EventPayload.consoleOutput(console: .serial, bytes: [0x31])
    for payload in [port, register] {
      #expect(rules(payload) == [.devices])
      #expect(rules(payload, .none).isEmpty)
      #expect(rules(payload, by: .hostFunction(of: "rogue.o")).isEmpty)
    }
    #expect(rules(console) == [.devices] && rules(console, .none) == [.devices], "the application's own console")
    #expect(rules(.portAccess(port: 0x80, size: 1, value: 0, isWrite: true)).isEmpty, "nothing is there")
    #expect(rules(.portAccess(port: 0x21, size: 1, value: 0, isWrite: false)).isEmpty, "reading")
    #expect(rules(.guest(name: "contained", detail: "")).isEmpty, "the trace port")
  }

  // MARK: I7

  @Test func aSecretIsReadByNobodyWhoServesAnExtension() {
    for actor in [rogue, .hostFunction(of: "rogue.o"), .gate(of: "rogue.o")] {
      var run = JudgedEvents(.none)
      run.add(store("the secret key", "read"), by: .application)
      #expect(run.rules.isEmpty)
      run.add(store("the secret key", "read"), by: actor)
      #expect(run.rules == [.secrets])
    }
  }

  @Test func aSecretIsFoundInWhatIsShown() {
    let secret = Secret(name: "key", address: 0, count: 32, seed: 7)
    #expect(secret == Secret(name: "key", address: 0, count: 32, seed: 7))
    #expect(secret.bytes != Secret(name: "key", address: 0, count: 32, seed: 8).bytes)
    for start in [0, 11, 24] {
      var run = JudgedEvents(secrets: [secret])
      // Split between two events, and between other bytes.
      run.add(.consoleOutput(console: .virtio, bytes: [1, 2] + secret.bytes[start..<start + 3]))
      run.add(.consoleOutput(console: .serial, bytes: [9]))
      run.add(.consoleOutput(console: .virtio, bytes: Array(secret.bytes[start + 3..<start + 7])))
      #expect(run.rules.isEmpty, "seven bytes")
      run.add(.consoleOutput(console: .virtio, bytes: [secret.bytes[start + 7]]))
      #expect(run.rules == [.secrets])
    }
  }
}
