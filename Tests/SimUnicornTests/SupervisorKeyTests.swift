import SimCPU
import SimEvents
import Testing

/// Keys of supervisor pages: CR4.PKS and IA32_PKRS (SDM volume 3, 2.7 and 4.6.2).
@Suite struct SupervisorKeyTests {
  private static let pkrs: UInt64 = 0x6e1
  private static let page = CPUBench.Place.test
  private static let key: UInt64 = 3
  private static let pks: UInt64 = 1 << 24

  private static func bench(hasKeys: Bool = true) throws -> CPUBench {
    let bench = try CPUBench(
      cpuid: CPUIDModel(clockHz: 1_000_000_000, hasProtectionKeys: true, hasSupervisorKeys: hasKeys))
    for vector in [13, 14] as [UInt8] { bench.handle(vector, Asm.hlt) }
    bench.map(page, page | 3 | key << 59)
    return bench
  }

  private static func setRights(_ value: UInt64) -> Code {
    Asm.mov(.rcx, pkrs) + Asm.mov(.rdx, value >> 32) + Asm.mov(.rax, value & 0xffff_ffff) + Asm.wrmsr
  }

  private static func setCR4(_ value: UInt64) -> Code { Asm.mov(.rax, value) + Asm.toControl(4, .rax) }

  private static let cr4: UInt64 = 0x40_0620

  @Test func theRegisterIsReadAsItWasWritten() throws {
    let bench = try Self.bench()
    bench.place(Self.setRights(0x89ab_cdef), Asm.mov(.rax, 1), Asm.mov(.rdx, 1), Asm.rdmsr, Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors.isEmpty && bench.register(.rax) == 0x89ab_cdef && bench.register(.rdx) == 0)
    #expect(bench.cpu.state.pkrs == 0x89ab_cdef && bench.cpu.registers(cr8: 0)["pkrs"] == 0x89ab_cdef)
    #expect(bench.msrs.isEmpty, "nobody else is asked")
    #expect(bench.cpu.keyRights == 0, "CR4.PKS is clear")
    let write = EventPayload.msrWrite(
      index: UInt32(Self.pkrs), value: 0x89ab_cdef, instructionPointer: CPUBench.Place.code + 30)
    #expect(bench.events.contains { $0.payload == write })
  }

  @Test func isolationGoesByItWhereItBinds() throws {
    let bench = try Self.bench()
    bench.place(Self.setRights(0x89ab_cdef), Self.setCR4(Self.cr4 | Self.pks), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.cpu.keyRights == 0x89ab_cdef && bench.cpu.state.keyRights == 0x89ab_cdef)
  }

  @Test func whatIsReservedOrNotAnnouncedIsRefused() throws {
    for (hasKeys, code) in [
      (true, Self.setRights(1 << 32)), (false, Self.setCR4(Self.cr4 | Self.pks)),
    ] {
      let bench = try Self.bench(hasKeys: hasKeys)
      bench.place(code, Asm.hlt)
      #expect(bench.run() == .halt)
      #expect(bench.vectors == [13] && bench.cpu.state.pkrs == 0 && bench.cpu.state.cr4 == Self.cr4)
    }
    // An MSR that the processor lacks is its surroundings' matter, like any other.
    let bench = try Self.bench(hasKeys: false)
    bench.place(Self.setRights(8), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.msrs[UInt32(Self.pkrs)] == 8 && bench.cpu.state.pkrs == 0)
  }

  /// The page is in the library's TLB with all its rights when they are taken.
  @Test(arguments: [0, 1, 2, 3] as [UInt64])
  func rightsThatAreTakenCountAtOnce(bits: UInt64) throws {
    let bench = try Self.bench()
    // WD of another key, as a register that is 0 before and after would take nothing.
    let rights = bits << (2 * Self.key) | 2 << (2 * 7)
    bench.place(
      Self.setCR4(Self.cr4 | Self.pks), Asm.storeByte(Self.page), Asm.loadByte(Self.page), Self.setRights(rights),
      Asm.loadByte(Self.page), Asm.storeByte(Self.page), Asm.hlt)
    #expect(bench.run() == .halt)
    let expected: [UInt32] = bits & 1 != 0 ? [0x21] : bits & 2 != 0 ? [0x23] : []
    #expect(bench.exceptions.map(\.errorCode) == expected)
    let denied = bench.events.compactMap { event -> UInt32? in
      guard case .accessDenied(_, _, let rule, _, let key, let rights, _) = event.payload else { return nil }
      #expect(UInt64(key) == Self.key && rule.hasPrefix("key-"))
      return rights
    }
    #expect(denied == expected.map { _ in UInt32(rights) }, "the event has the register that decided")
  }

  @Test func withoutCR4TheyCountForNothing() throws {
    let bench = try Self.bench()
    bench.place(Self.setRights(0xffff_ffff), Asm.storeByte(Self.page), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors.isEmpty)
  }

  /// PKRU has the keys of user pages alone, and IA32_PKRS those of the others alone.
  @Test func eachRegisterHasItsOwnPages() throws {
    let bench = try Self.bench()
    let user = Self.page + 0x1000
    bench.map(user, user | 7 | Self.key << 59)
    let none: UInt64 = 3 << (2 * Self.key)
    bench.place(
      Self.setCR4(Self.cr4 | Self.pks), Self.setRights(none), Asm.storeByte(user), Asm.loadByte(user),
      Self.setRights(0),
      Asm.setPKRU(UInt32(none)), Asm.storeByte(Self.page), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.vectors.isEmpty)
  }
}
