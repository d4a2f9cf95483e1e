import PKRUModel

/// The guest's code: the way to long mode, a loop that sets up each trial from its record, and the handlers that write down
/// what came of it.
///
/// RBX is the next record, R15 the place of the results, R13 how far it moves with each record, R12 how many records are
/// left, R14 whether faults end a trial (else they go on at RDI), RBP where to go after the last. Steps of a program have
/// their number in R9, the address that they access in RSI, the place of a fault in R8.
struct KeyMatrixProgram {
  private typealias Layout = KeyMatrixLayout
  private(set) var main = CodeBuffer(at: Layout.code)
  private(set) var programs = CodeBuffer(at: Layout.programs)
  /// The record's fields, and its size.
  enum Field {
    static let (cr0, cr4, efer, rflags, pkru, entry, start): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) =
      (0, 4, 8, 12, 16, 20, 24)
    static let (stackSelector, codeSelector): (UInt8, UInt8) = (28, 30)
    static let size: UInt64 = 32
  }

  /// The parts of a run: records and results that follow one another.
  struct Part {
    var action: KeyTrial.Action
    var recordCount: Int
    var resultsPerRecord: Int
    /// The ends of the handler stacks of IST 1 and 2.
    var faultStack = Layout.faultStack
    var doubleFaultStack = Layout.doubleFaultStack
  }

  static let localInterrupt: UInt64 = 0x83
  static let handlers: [(vector: Int, name: String, stack: UInt8, isForUsers: Bool)] = [
    (14, "page-fault", 1, false), (8, "double-fault", 2, false), (6, "invalid-opcode", 1, false),
    (13, "general-protection", 1, false), (0x80, "end-of-steps", 1, true), (0x81, "interrupted", 3, true),
    (0x82, "executed", 1, true), (0x83, "device-interrupt", 3, false),
  ]

  init(_ parts: [Part], results: UInt64, supervisorKeys: Bool) {
    writePrograms()
    enterLongMode()
    var (record, result) = (Layout.records, results)
    for (index, part) in parts.enumerated() {
      write(part, index, records: record, results: result)
      record += UInt64(part.recordCount) * Field.size
      result += UInt64(part.recordCount * part.resultsPerRecord)
    }
    let marker = UInt64(KeyMatrixLayout.marker.count)
    finish(results - marker, count: result - results + marker)
    writeLoop(supervisorKeys: supervisorKeys)
    writeHandlers()
    main.resolve()
  }

  /// Flat 32-bit protected mode, as PVH enters.
  private mutating func enterLongMode() {
    func word(_ value: UInt64) -> [UInt8] { CodeBuffer.little(UInt32(truncatingIfNeeded: value)) }
    main.emit([0xfa, 0xbc] + word(Layout.stack))  // CLI; MOV ESP
    main.emit([0x0f, 0x01, 0x15] + word(Layout.gdt + 0x60))  // LGDT
    main.emit([0xb8] + word(KeyTrial.plainCR4) + [0x0f, 0x22, 0xe0])
    main.emit([0xb8] + word(Layout.pml4) + [0x0f, 0x22, 0xd8])
    main.emit([0xb9] + word(0xc000_0080) + [0x31, 0xd2, 0xb8] + word(0x101) + [0x0f, 0x30])  // EFER: LME, SCE
    main.emit([0xb8] + word(0x8000_0033) + [0x0f, 0x22, 0xc0])
    main.emit([0xea] + word(main.here + 7) + CodeBuffer.little(Layout.kernelCode))  // JMP far
    main.emit([0xb8] + word(UInt64(Layout.kernelData)) + [0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0])  // DS, ES, SS
    main.emit([0xb8] + word(UInt64(Layout.taskState)) + [0x0f, 0x00, 0xd8])  // LTR
    main.emit([0x0f, 0x01, 0x1c, 0x25] + word(Layout.gdt + 0x70))  // LIDT
    // A PC's timer interrupts by its old controllers: masked. The local APIC on: SVR = 0x1ff.
    main.emit([0xb0, 0xff, 0xe6, 0x21, 0xe6, 0xa1])
    main.move(.rax, Layout.apic + 0xf0)
    main.emit([0xc7, 0x00] + word(0x1ff))
  }

  private mutating func write(_ part: Part, _ index: Int, records: UInt64, results: UInt64) {
    main.move(.rax, part.faultStack)
    main.storeRAX(Layout.tss + 0x24)
    main.move(.rax, part.doubleFaultStack)
    main.storeRAX(Layout.tss + 0x2c)
    main.move(.rbx, records)
    main.move(.r13, UInt64(part.resultsPerRecord))
    main.move(.r15, results &- UInt64(part.resultsPerRecord))
    main.move(.r12, UInt64(part.recordCount))
    main.move(.r14, part.action == .access ? 0 : 1)
    // LEA RBP, [RIP + length of the jump]
    main.leaRelative(.rbp, 5)
    main.jump("next")
  }

  private mutating func finish(_ results: UInt64, count: UInt64) {
    main.move(.rsi, results)
    main.move(.rcx, count)
    main.move(.rdx, UInt64(Layout.resultPort))
    main.emit([0xf3, 0x6e])  // REP OUTSB
    main.move(.rdx, UInt64(Layout.exitPort))
    main.emit([0x31, 0xc0, 0xef, 0xf4])  // OUT DX, 0; HLT
  }

  private mutating func writeLoop(supervisorKeys: Bool) {
    main.label("next")
    main.move(.rsp, Layout.stack)
    main.move(.rax, KeyTrial.plainCR4 | 1 << 22)
    main.toControl(4)
    // An interrupt that was taken and could not be delivered is still in service.
    main.move(.rax, Layout.apic + 0xb0)
    main.emit([0xc7, 0x00, 0, 0, 0, 0])
    main.test(.r12)
    main.jumpIfNotZero("another")
    main.emit([0xff, 0xe5])  // JMP RBP
    main.label("another")
    main.emit([0x49, 0xff, 0xcc])  // DEC R12
    main.emit([0x31, 0xc9, 0x31, 0xd2])
    main.loadField(Field.pkru)
    main.emit([0x0f, 0x01, 0xef])  // WRPKRU
    main.move(.r8, .rax)
    if supervisorKeys {
      main.emit([0xb9] + CodeBuffer.little(UInt32(0x6e1)) + [0x35] + CodeBuffer.little(KeyTrial.keyMask))  // XOR EAX
      main.emit([0x0f, 0x30])  // WRMSR: IA32_PKRS
    }
    main.emit([0xb9] + CodeBuffer.little(UInt32(0xc000_0080)))
    main.loadField(Field.efer)
    main.emit([0x0f, 0x30])
    main.loadField(Field.entry)
    main.emit([0x48, 0x8b, 0x04, 0xc5] + CodeBuffer.little(UInt32(Layout.entries)))  // MOV RAX, [entries + RAX * 8]
    main.storeRAX(Layout.stackEntry)
    main.loadField(Field.cr0)
    main.toControl(0)
    main.loadField(Field.cr4)
    main.toControl(4)
    main.move(.rax, Layout.pml4)
    main.toControl(3)
    main.loadWordField(Field.stackSelector)
    main.emit([0x50])
    main.move(.rax, Layout.stack)
    main.emit([0x50])
    main.loadField(Field.rflags)
    main.emit([0x50])
    main.loadWordField(Field.codeSelector)
    main.emit([0x50])
    main.loadField(Field.start)
    main.emit([0x50])
    main.emit([0x48, 0x83, 0xc3, UInt8(Field.size)])  // ADD RBX, size
    main.add(.r15, .r13)
    main.emit([0x48, 0xcf])  // IRETQ
  }

  private mutating func writeHandlers() {
    main.label("page-fault")
    main.emit([0x48, 0x8b, 0x04, 0x24])  // MOV RAX, [RSP]: the error code
    main.fromControl(2, to: .r10)
    main.test(.r14)
    main.jumpIfNotZero("page-fault-ends")
    // A step of the matrix: note where it was wrong, go on after it.
    main.compare(.r10, .rsi)
    main.jumpIfZero("address-is-right")
    main.emit([0x0c, KeyResult.otherAddress])  // OR AL, imm8
    main.label("address-is-right")
    main.emit([0x4c, 0x8b, 0x54, 0x24, 0x08])  // MOV R10, [RSP + 8]
    main.compare(.r10, .r8)
    main.jumpIfZero("place-is-right")
    main.emit([0x0c, KeyResult.otherPlace])
    main.label("place-is-right")
    main.emit([0x43, 0x88, 0x04, 0x0f])  // MOV [R15 + R9], AL
    main.emit([0x48, 0x83, 0xc4, 0x08, 0x48, 0x89, 0x3c, 0x24, 0x48, 0xcf])  // drop the code; RIP = RDI; IRETQ
    main.label("page-fault-ends")
    main.compare(.r10, .rsi)
    main.jumpIfNotZero("unexpected")
    main.resultAL()
    main.jump("next")

    main.label("double-fault")
    // Its error code is 0.
    main.emit([0x48, 0x83, 0x3c, 0x24, 0x00])  // CMP qword [RSP], 0
    main.jumpIfNotZero("unexpected")
    main.result(KeyResult.doubleFault)
    main.jump("next")

    main.label("invalid-opcode")
    main.result(KeyResult.invalidOpcode)
    main.jump("next")

    main.label("general-protection")
    main.emit([0x48, 0x83, 0x3c, 0x24, 0x00])
    main.jumpIfNotZero("unexpected")
    main.result(KeyResult.generalProtection)
    main.jump("next")

    main.label("end-of-steps")
    main.jump("next")

    main.label("unexpected")
    main.result(KeyResult.unexpected)
    main.jump("next")

    main.label("executed")
    // What was read or written, RAX, and what is in PKRU must both be R8.
    main.compare(.rax, .r8)
    main.jumpIfNotZero("other-pkru")
    comparePKRU(then: KeyResult.executed)
    main.label("interrupted")
    comparePKRU(then: KeyResult.interrupted)
    main.label("device-interrupt")
    comparePKRU(then: KeyResult.deviceInterrupted)
    main.label("other-pkru")
    main.result(KeyResult.otherPKRU)
    main.jump("next")
  }

  /// The CPU changes no PKRU on the way to a handler.
  private mutating func comparePKRU(then value: UInt8) {
    main.move(.rax, KeyTrial.plainCR4 | 1 << 22)
    main.toControl(4)
    main.emit([0x31, 0xc9, 0x0f, 0x01, 0xee])  // XOR ECX, ECX; RDPKRU
    main.compare(.rax, .r8)
    main.jumpIfNotZero("other-pkru")
    main.result(value)
    main.jump("next")
  }

  private mutating func writePrograms() {
    programs.label("steps")
    for entry in 0..<32 {
      for kind in AccessKind.allCases { writeStep(entry * 3 + Int(kind.rawValue), kind) }
    }
    programs.emit([0xcd, 0x80])
    programs.label("interrupt")
    programs.move(.rsi, Layout.stackPageTop - 8)
    programs.emit([0xcd, 0x81])
    programs.label("fault")
    programs.move(.rsi, Layout.absentPage)
    programs.loadByte(Layout.absentPage)
    programs.label("device")
    programs.move(.rsi, Layout.stackPageTop - 8)
    programs.move(.rax, Layout.apic + 0x300)
    // Fixed delivery of the vector to this processor itself; then wait.
    programs.emit([0xc7, 0x00] + CodeBuffer.little(UInt32(0x4_4000 | Self.localInterrupt)) + [0xeb, 0xfe])
    for operation in 0..<8 {
      programs.label("operation-\(operation)")
      let isRead = operation & 1 != 0
      programs.move(.rcx, UInt64(operation >> 1 & 1))
      programs.move(.rdx, UInt64(operation >> 2 & 1))
      if isRead {
        programs.emit([0x0f, 0x01, 0xee])
      } else {
        programs.move(.rax, 0x5555_5550)
        programs.move(.r8, .rax)
        programs.emit([0x0f, 0x01, 0xef])
      }
      programs.emit([0xcd, 0x82])
    }
    programs.resolve()
  }

  private mutating func writeStep(_ number: Int, _ kind: AccessKind) {
    let page = Layout.testPages + UInt64(number) << 12
    let address = kind == .fetch ? page : page + 0x808
    programs.move(.rsi, address)
    programs.move(.r9, UInt64(number))
    switch kind {
    case .fetch:
      // The page holds JMP RDI; a fault is at the page itself.
      programs.move(.r8, .rsi)
      programs.leaRelative(.rdi, 2)
      programs.emit([0xff, 0xe6])  // JMP RSI
    case .read, .write:
      programs.leaRelative(.rdi, 14)
      programs.leaRelative(.r8, 0)
      if kind == .read { programs.loadByte(address) } else { programs.storeByte(address) }
    }
  }
}
