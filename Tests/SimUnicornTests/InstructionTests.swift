import SimCPU
import SimEvents
import SimMemory
import Testing

/// Instructions that reach outside the CPU, or whose rights the seams decide.
@Suite struct InstructionTests {
  private typealias Place = CPUBench.Place
  private typealias Exception = CPUBench.Exception

  /// Runs `code` behind one NOP; handlers halt. Returns the bench, stopped by HLT.
  private static func run(_ code: Code, cpl: UInt8 = 0, _ prepare: (CPUBench) -> Void = { _ in }) throws -> CPUBench {
    let bench = try CPUBench()
    bench.handle(6, Asm.hlt)
    bench.handle(13, Asm.hlt)
    let start = cpl == 0 ? Place.code : Place.user
    bench.place(Asm.nop, code, Asm.hlt, at: start)
    bench.enter(start, cpl: cpl)
    prepare(bench)
    #expect(bench.run() == .halt)
    return bench
  }

  private static func withoutKeys(_ bench: CPUBench) { bench.change { $0.cr4 = 0x620 } }
  private static func registers(_ rcx: UInt64, _ rdx: UInt64) -> Code {
    Asm.mov(.rcx, rcx) + Asm.mov(.rdx, rdx) + Asm.mov(.rax, 0)
  }
  /// Where an exception after the NOP and the three MOVs of ``registers(_:_:)`` is.
  private static func fault(_ vector: UInt8, cpl: UInt8 = 0) -> [Exception] {
    [Exception(vector: vector, instructionPointer: (cpl == 0 ? Place.code : Place.user) + 31, retired: 4)]
  }

  @Test(arguments: [0, 3] as [UInt8])
  func wrpkruAndRdpkruWorkAtAnyPrivilege(cpl: UInt8) throws {
    let code = Asm.setPKRU(0xaaaa_5554) + Asm.mov(.rax, 0) + Asm.mov(.rdx, 7) + Asm.rdpkru
    let bench = try Self.run(code + (cpl == 0 ? [] : Asm.ud2), cpl: cpl)
    #expect(bench.register(.rax) == 0xaaaa_5554)
    #expect(bench.register(.rdx) == 0)
    #expect(bench.cpu.keyRights == 0xaaaa_5554)
    #expect(bench.vectors == (cpl == 0 ? [] : [6]))
  }

  @Test(arguments: [0, 3] as [UInt8])
  func wrpkruWantsECXAndEDXToBeZero(cpl: UInt8) throws {
    for (rcx, rdx) in [(1, 0), (0, 1), (0x8000_0000, 0)] as [(UInt64, UInt64)] {
      let bench = try Self.run(Self.registers(rcx, rdx) + Asm.wrpkru, cpl: cpl)
      #expect(bench.exceptions == Self.fault(13, cpl: cpl))
      #expect(bench.cpu.keyRights == 0)
    }
    // The upper halves do not count.
    let bench = try Self.run(
      Asm.mov(.rcx, 1 << 32) + Asm.mov(.rdx, 1 << 32) + Asm.mov(.rax, 1 << 32 | 4) + Asm.wrpkru + Asm.ud2, cpl: cpl)
    #expect(bench.vectors == [6])
    #expect(bench.cpu.keyRights == 4)
  }

  @Test func rdpkruWantsECXToBeZero() throws {
    let bench = try Self.run(Self.registers(1, 5) + Asm.rdpkru)
    #expect(bench.exceptions == Self.fault(13))
    #expect(bench.register(.rdx) == 5)
  }

  @Test func withoutPKEBothAreInvalid() throws {
    for code in [Asm.wrpkru, Asm.rdpkru] {
      let bench = try Self.run(Self.registers(1, 1) + code, Self.withoutKeys)
      #expect(bench.exceptions == Self.fault(6))
    }
  }

  @Test func theTSCIsTheEnvironmentsAtThatInstruction() throws {
    let bench = try Self.run(Asm.nop + Asm.nop + Asm.rdtsc)
    #expect(bench.register(.rdx) == 0x1_0000)
    #expect(bench.register(.rax) == 3 * 7)
    let other = try Self.run(Asm.nop + Asm.rdtscp) { bench in bench.change { $0.modelSpecific[5] = 0x77 } }
    #expect(other.register(.rax) == 2 * 7)
    #expect(other.register(.rcx) == 0x77)
  }

  @Test func theTSCIsForbiddenToUsersByTSD() throws {
    let bench = try Self.run(Asm.rdtsc, cpl: 3) { bench in bench.change { $0.cr4 |= 4 } }
    #expect(bench.exceptions == [Exception(vector: 13, instructionPointer: Place.user + 1, retired: 1)])
  }

  @Test func performanceCountersAreTheEnvironmentsAndForbiddenToUsersWithoutPCE() throws {
    let rdpmc: [UInt8] = [0x0f, 0x33]
    let bench = try Self.run(Asm.mov(.rcx, 1) + rdpmc)
    #expect(bench.register(.rax) == 7 && bench.register(.rdx) == 1)
    #expect(try Self.run(Asm.mov(.rcx, 2) + rdpmc).exceptions.map(\.vector) == [13])
    let forbidden = try Self.run(Asm.mov(.rcx, 0) + rdpmc, cpl: 3)
    #expect(forbidden.exceptions.map(\.vector) == [13])
    let allowed = try Self.run(Asm.mov(.rcx, 0) + rdpmc, cpl: 3) { bench in bench.change { $0.cr4 |= 1 << 8 } }
    #expect(allowed.register(.rax) == 7)
  }

  @Test func randomNumbersAreTheEnvironments() throws {
    let bench = try Self.run(
      Asm.rdrandRAX + Asm.mov(.r8, .rax) + Asm.rdseedRAX + Asm.mov(.r9, .rax) + Asm.rdrandRAX + [0x0f, 0x92, 0xc3]
    ) { $0.randomNumbers = [0x1111_2222_3333_4444, 5, 6] }
    #expect(bench.register(.r8) == 0x1111_2222_3333_4444)
    #expect(bench.register(.r9) == 5)
    #expect(bench.register(.rax) == 6)
    #expect(bench.register(.rbx) == 1, "CF says success")
  }

  @Test func cpuidIsTheModels() throws {
    for (leaf, subleaf) in [(0, 0), (1, 0), (7, 0), (7, 1), (0x15, 0), (0x8000_0001, 0), (99, 0)] as [(UInt32, UInt32)]
    {
      let bench = try Self.run(Asm.mov(.rax, UInt64(leaf)) + Asm.mov(.rcx, UInt64(subleaf)) + Asm.cpuid)
      let expected = CPUIDModel(clockHz: 1_000_000_000).leaf(leaf, subleaf, cr4: bench.cpu.state.cr4)
      let actual = [.rax, .rbx, .rcx, .rdx].map { (r: Register) in bench.register(r) }
      #expect(actual == [expected.eax, expected.ebx, expected.ecx, expected.edx].map(UInt64.init))
    }
    let keys = try Self.run(Asm.mov(.rax, 7) + Asm.mov(.rcx, 0) + Asm.cpuid)
    #expect(keys.register(.rcx) & 0x18 == 0x18, "PKU and OSPKE")
    let noKeys = try Self.run(Asm.mov(.rax, 7) + Asm.mov(.rcx, 0) + Asm.cpuid, Self.withoutKeys)
    #expect(noKeys.register(.rcx) & 0x18 == 0x08, "OSPKE follows CR4.PKE")
  }

  @Test func unknownMSRsAreGeneralProtection() throws {
    for code in [Asm.rdmsr, Asm.wrmsr] {
      let bench = try Self.run(Self.registers(0x1234_5678, 0) + code)
      #expect(bench.exceptions == Self.fault(13))
    }
  }

  @Test func knownMSRsAreTheEnvironments() throws {
    let write = Asm.mov(.rcx, 0x1b) + Asm.mov(.rdx, 0x12) + Asm.mov(.rax, 0xfee0_0900) + Asm.wrmsr
    let bench = try Self.run(write + Asm.mov(.rdx, 0) + Asm.mov(.rax, 0) + Asm.rdmsr) { $0.msrs = [0x1b: 0] }
    #expect(bench.msrs == [0x1b: 0x12_fee0_0900])
    #expect(bench.register(.rax) == 0xfee0_0900)
    #expect(bench.register(.rdx) == 0x12)
  }

  @Test func theCPUsOwnMSRsKeepWhatIsWritten() throws {
    for index in [0x174, 0x175, 0x176, 0xc000_0081, 0xc000_0082, 0xc000_0100, 0xc000_0101, 0xc000_0102] as [UInt64] {
      let write = Asm.mov(.rcx, index) + Asm.mov(.rdx, 0) + Asm.mov(.rax, 0x4321) + Asm.wrmsr
      let bench = try Self.run(write + Asm.mov(.rax, 0) + Asm.rdmsr)
      #expect(bench.vectors == [])
      #expect(bench.register(.rax) == 0x4321, "\(String(index, radix: 16))")
    }
  }

  @Test func reservedBitsOfControlRegistersAreGeneralProtection() throws {
    for bit in 0..<64 as Range<UInt64> {
      let value: UInt64 = 0x40_0620 | 1 << bit
      let bench = try Self.run(Asm.mov(.rax, value) + Asm.toControl(4, .rax))
      let isLegal = value & ~0x75_0fff == 0
      #expect(bench.vectors == (isLegal ? [] : [13]), "CR4 bit \(bit)")
      #expect(bench.cpu.state.cr4 == (isLegal ? value : 0x40_0620))
      if !isLegal { #expect(bench.exceptions[0].retired == 2) }
    }
    for value in [1 << 32 | 0x8001_0033, 0x8001_0032] as [UInt64] {
      #expect(try Self.run(Asm.mov(.rax, value) + Asm.toControl(0, .rax)).vectors == [13])
    }
    for bit in [1, 9, 12, 13, 63] as [UInt64] {
      let value: UInt64 = 0xd01 | 1 << bit
      let code = Asm.mov(.rcx, 0xc000_0080) + Asm.mov(.rax, value) + Asm.mov(.rdx, value >> 32) + Asm.wrmsr
      #expect(try Self.run(code).vectors == [13], "EFER bit \(bit)")
    }
  }

  @Test func controlRegisterWritesAreObserved() throws {
    let bench = try Self.run(Asm.mov(.rax, 0x40_06a0) + Asm.toControl(4, .rax) + Asm.fromControl(.rbx, 4))
    #expect(bench.register(.rbx) == 0x40_06a0)
    let writes = bench.events.filter { if case .controlRegisterWrite = $0.payload { true } else { false } }
    #expect(writes.count == 1)
    #expect(writes.first?.retired == 2)
    #expect(
      writes.first?.payload
        == .controlRegisterWrite(
          register: "cr4", old: 0x40_0620, new: 0x40_06a0, instructionPointer: Place.code + 11))
  }

  /// LMSW and CLTS write CR0 too (SDM volume 2): TS is set and cleared, PE can't be.
  @Test(arguments: [true, false]) func lmswAndCltsAreObserved(fromMemory: Bool) throws {
    let lmsw: Code = fromMemory ? [0x0f, 0x01, 0x34, 0x24] : [0x0f, 0x01, 0xf0]  // lmsw [rsp], lmsw ax
    let code = Asm.mov(.rax, 0x8) + [0x50] + lmsw + [0x0f, 0x06]
    let bench = try Self.run(code)
    // Behind an instruction of the bench's own, MOV and PUSH.
    let start = Place.code + UInt64(1 + Asm.mov(.rax, 8).count + 1)
    let written = bench.events.compactMap { event -> [UInt64]? in
      guard case .controlRegisterWrite("cr0", let old, let new, let pointer) = event.payload else { return nil }
      return [old ^ new, new & 0xf, pointer]
    }
    try #require(written.count == 2)
    #expect(written[0][1] & 0x9 == 0x9 && written[0][2] == start)
    #expect(written[1] == [8, written[0][1] & ~8, start + UInt64(lmsw.count)])
  }

  /// CLAC and STAC take no mandatory prefix (SDM volume 2); a segment's prefix means nothing to them.
  @Test(arguments: [0xca, 0xcb] as [UInt8]) func alignmentCheckTakesNoMandatoryPrefix(modrm: UInt8) throws {
    let instruction: Code = [0x0f, 0x01, modrm]
    for prefixes in [[], [0x3e], [0x48]] as [Code] { #expect(try Self.run(prefixes + instruction).vectors == []) }
    for prefixes in [[0x66], [0xf2], [0xf3], [0x66, 0xf3], [0xf0]] as [Code] {
      #expect(try Self.run(prefixes + instruction).vectors == [6], "\(prefixes)")
    }
  }

  @Test func cr8IsTheEnvironmentsTaskPriority() throws {
    let bench = try Self.run(Asm.mov(.rax, 5) + Asm.toControl(8, .rax) + Asm.fromControl(.rbx, 8))
    #expect(bench.taskPriority == 5)
    #expect(bench.register(.rbx) == 5)
    #expect(try Self.run(Asm.mov(.rax, 16) + Asm.toControl(8, .rax)).vectors == [13])
  }

  @Test func portsOfAllSizes() throws {
    let bench = try Self.run(
      Asm.mov(.rax, 0x8899_aabb) + Asm.mov(.rdx, 0xf123) + [0xee] + [0x66, 0xef] + [0xef] + [0xe6, 0x80]
        + Asm.mov(.rax, 0) + [0xec] + Asm.mov(.r8, .rax) + [0x66, 0xed] + Asm.mov(.r9, .rax) + [0xed])
    #expect(bench.ports.map(\.address) == [0xf123, 0xf123, 0xf123, 0x80, 0xf123, 0xf123, 0xf123])
    #expect(bench.ports.map(\.size) == [1, 2, 4, 1, 1, 2, 4])
    #expect(bench.ports.prefix(4).map(\.value) == [0xbb, 0xaabb, 0x8899_aabb, 0xbb])
    #expect(bench.register(.r8) == 0x88)
    #expect(bench.register(.r9) == 0x7788)
    #expect(bench.register(.rax) == 0x5566_7788)
    #expect(bench.ports.map(\.retired) == [3, 4, 5, 6, 8, 10, 12])
  }

  @Test func userModeReachesThePortsOfTheTSSsMapOnly() throws {
    for (port, bytes, isAllowed) in [
      (0x10, 1, true), (0x17, 1, true), (0x17, 2, false), (0x18, 1, false), (0x18, 4, false), (0x20, 4, true),
      (0x1f, 2, false), (0x3f, 1, true), (0x48, 1, false), (0xffff, 1, false),
    ] {
      let out: Code = [[0xee], [0x66, 0xef], [], [0xef]][bytes - 1]
      for code in [out, out.map { $0 == 0x66 ? 0x66 : $0 & ~2 }] {
        let bench = try Self.run(Asm.mov(.rdx, UInt64(port)) + code + Asm.ud2, cpl: 3) { bench in
          // The map covers ports 0…0x3f, and the byte that closes it.
          for (index, byte) in [0, 0, 0, 0xff, 0, 0, 0, 0, 0xff].enumerated() {
            _ = bench.memory.write8(UInt8(byte), at: Place.tss + 0x68 + UInt64(index))
          }
          bench.change { $0.tr.limit = 0x70 }
        }
        #expect(bench.vectors == (isAllowed ? [6] : [13]), "port \(port), \(bytes) bytes")
        #expect(bench.ports.count == (isAllowed ? 1 : 0))
        #expect(bench.exceptions.map(\.retired) == [isAllowed ? 3 : 2])
      }
    }
  }

  @Test func ioplLetsUserModeReachAllPorts() throws {
    let bench = try Self.run([0xe6, 0x10] + Asm.ud2, cpl: 3) { bench in bench.change { $0.rflags = 0x3002 } }
    #expect(bench.vectors == [6])
    #expect(bench.ports.count == 1)
  }

  @Test func repOutsbSendsEachByteAtItsOwnInstruction() throws {
    let text = Array("hello".utf8)
    let bench = try Self.run(
      Asm.mov(.rdx, 0x5e0) + Asm.mov(.rsi, Place.data) + Asm.mov(.rcx, UInt64(text.count)) + Asm.repOutsb
    ) { $0.place(text, at: Place.data) }
    #expect(bench.ports.map { UInt8($0.value) } == text)
    #expect(bench.ports.map(\.retired) == [4, 5, 6, 7, 8])
    #expect(bench.retired == 4 + 6 + 1)
  }

  @Test func repInsbStoresWhatThePortAnswers() throws {
    let bench = try Self.run(
      Asm.mov(.rdx, 0x60) + Asm.mov(.rdi, Place.data) + Asm.mov(.rcx, 3) + Asm.repInsb)
    #expect(bench.memory.read(Place.data, count: 4) == [0x88, 0x88, 0x88, 0])
    #expect(bench.retired == 4 + 4 + 1)
  }

  @Test func deviceAccessesOfAllSizes() throws {
    let page = Place.test
    let bench = try Self.run(
      Asm.mov(.rax, 0x8899_aabb_ccdd_eeff) + Asm.mov(.rbx, page) + [0x88, 0x03] + [0x66, 0x89, 0x43, 0x04]
        + [0x89, 0x43, 0x08] + [0x0f, 0xb6, 0x0b] + [0x0f, 0xb7, 0x53, 0x04] + [0x8b, 0x73, 0x08]
    ) { $0.map(page, 0xfee0_0000 | 3) }
    #expect(bench.devices.map(\.address) == [0, 4, 8, 0, 4, 8].map { 0xfee0_0000 + $0 })
    #expect(bench.devices.map(\.size) == [1, 2, 4, 1, 2, 4])
    #expect(bench.devices.prefix(3).map(\.value) == [0xff, 0xeeff, 0xccdd_eeff])
    #expect([bench.register(.rcx), bench.register(.rdx), bench.register(.rsi)] == [0x88, 0x7788, 0x5566_7788])
    #expect(bench.devices.map(\.retired) == [3, 4, 5, 6, 7, 8])
  }
}
