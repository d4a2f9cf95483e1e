import SimCPU
import Testing

/// LDTR and TR, the machine status word, and user-mode instruction prevention (SDM volume 2; volume 3, 2.5).
@Suite struct DescriptorTableTests {
  private typealias Place = CPUBench.Place

  /// A free place in the bench's GDT, for 16 bytes behind the TSS's.
  private static let selector: UInt16 = 0x38
  private static let loadLDT: Code = [0x0f, 0x00, 0xd0]  // lldt ax
  private static let loadTask: Code = [0x0f, 0x00, 0xd8]  // ltr ax

  /// Loads `selector` with `code` from a GDT that has a descriptor of this base and these attributes.
  private static func load(_ code: Code, selector: UInt16 = selector, base: UInt64, attributes: UInt64) throws
    -> CPUBench
  {
    let bench = try CPUBench()
    for vector in [6, 11, 13] as [UInt8] { bench.handle(vector, ist: 1, Asm.hlt) }
    let low = 0x67 | (base & 0xff_ffff) << 16 | attributes << 40 | (base >> 24 & 0xff) << 56
    bench.put(Place.gdt + UInt64(Self.selector), low)
    bench.put(Place.gdt + UInt64(Self.selector) + 8, base >> 32)
    bench.place(code, Asm.hlt)
    bench.enter()
    bench.change {
      $0.gdt = (Place.gdt, 0x47)
      $0.general[0] = UInt64(selector)
    }
    #expect(bench.run() == .halt)
    return bench
  }

  @Test func aLocalDescriptorTableIsLoadedWithAllOfItsBase() throws {
    let bench = try Self.load(Self.loadLDT, base: 0xffff_8123_4567_89a0, attributes: 0x82)
    #expect(bench.vectors == [])
    let ldtr = bench.cpu.state.ldtr
    #expect((ldtr.selector, ldtr.base, ldtr.limit) == (Self.selector, 0xffff_8123_4567_89a0, 0x67))
  }

  @Test func aTaskRegisterIsLoadedAndItsSegmentIsBusy() throws {
    let bench = try Self.load(Self.loadTask, base: 0x7fff_ffff_ff00, attributes: 0x89)
    #expect(bench.vectors == [])
    let tr = bench.cpu.state.tr
    #expect((tr.selector, tr.base, tr.limit) == (Self.selector, 0x7fff_ffff_ff00, 0x67))
    #expect(bench.memory.read64(Place.gdt + UInt64(Self.selector))! >> 40 & 0xff == 0x8b)
  }

  /// Vector and error code, or nil for none.
  @Test(
    "what may not be loaded raises the exception with the selector",
    arguments: [
      (loadLDT, 0x38, 0x8000_0000_0000, 0x82, 13, 0x38), (loadTask, 0x3b, 0x1234_5678_9abc_def0, 0x89, 13, 0x38),
      (loadLDT, 0x38, 0, 0x89, 13, 0x38), (loadTask, 0x38, 0, 0x82, 13, 0x38), (loadTask, 0x38, 0, 0x8b, 13, 0x38),
      (loadTask, 0x38, 0, 0x81, 13, 0x38),  // 16 bits
      (loadLDT, 0x38, 0, 0x02, 11, 0x38), (loadTask, 0x38, 0, 0x09, 11, 0x38),
      (loadLDT, 0x3c, 0, 0x82, 13, 0x3c), (loadTask, 0x40, 0, 0x89, 13, 0x40), (loadTask, 2, 0, 0x89, 13, 0),
    ] as [(Code, UInt16, UInt64, UInt64, UInt8, UInt32)])
  func refused(code: Code, selector: UInt16, base: UInt64, attributes: UInt64, vector: UInt8, error: UInt32) throws {
    let bench = try Self.load(code, selector: selector, base: base, attributes: attributes)
    #expect(bench.vectors == [vector])
    #expect(bench.exceptions.map(\.errorCode) == [error])
    #expect(bench.cpu.state.tr.selector == 0x28)
    #expect(bench.cpu.state.ldtr.selector == 0)
    #expect(bench.memory.read64(Place.gdt + UInt64(Self.selector))! >> 40 & 0xff == attributes)
  }

  @Test func aNullSelectorLeavesAnEmptyTable() throws {
    let both = Self.loadLDT + Asm.mov(.rax, 3) + Self.loadLDT
    let bench = try Self.load(both, base: 0x5000, attributes: 0x82)
    #expect(bench.vectors == [])
    let ldtr = bench.cpu.state.ldtr
    #expect((ldtr.selector, ldtr.base, ldtr.limit) == (3, 0, 0))
  }

  @Test func theyArePrivileged() throws {
    for code in [Self.loadLDT, Self.loadTask] {
      #expect(try Self.runUser(code, cr4: 0).vectors == [13])
    }
  }

  // MARK: SMSW

  @Test(
    "a register takes as much of CR0 as it holds, memory 16 bits",
    arguments: [
      (64, [0x48, 0x0f, 0x01, 0xe0], 0xe001_0033), (64, [0x0f, 0x01, 0xe0], 0xe001_0033),
      (64, [0x66, 0x0f, 0x01, 0xe0], 0x1122_3344_5566_0033), (32, [0x0f, 0x01, 0xe0], 0xe001_0033),
      (32, [0x66, 0x0f, 0x01, 0xe0], 0x1122_3344_5566_0033),
    ] as [(Int, Code, UInt64)])
  func machineStatusWord(bits: Int, code: Code, expected: UInt64) throws {
    let bench = try CPUBench()
    bench.place(code, [0x0f, 0x01, 0x24, 0x25], Asm.bytes(UInt32(Place.data)), Asm.hlt)
    bench.enter()
    bench.put(Place.data, 0x1122_3344_5566_7788)
    bench.change {
      $0.cr0 = 0xe001_0033  // PG CD NW WP NE ET MP PE
      $0.general[0] = 0x1122_3344_5566_7788
      if bits == 32 { $0.segments[1] = .flatCode(8, is64Bit: false) }
    }
    #expect(bench.run() == .halt)
    #expect(bench.vectors == [])
    #expect(bench.register(.rax) == expected)
    #expect(bench.memory.read64(Place.data) == 0x1122_3344_5566_0033)
  }

  @Test(arguments: [(0xa001_0033, true), (0xc001_0033, false), (0xe001_0033, false)] as [(UInt64, Bool)])
  func notWriteThroughNeedsCacheDisable(value: UInt64, isRefused: Bool) throws {
    let bench = try CPUBench()
    bench.handle(13, ist: 1, Asm.hlt)
    bench.place(Asm.mov(.rax, value), Asm.toControl(0, .rax), Asm.fromControl(.rbx, 0), Asm.hlt)
    bench.enter()
    #expect(bench.run() == .halt)
    #expect(bench.vectors == (isRefused ? [13] : []))
    #expect(bench.register(.rbx) == (isRefused ? 0 : value))
  }

  // MARK: user-mode instruction prevention

  private static let umip: UInt64 = 1 << 11
  /// SGDT SIDT SMSW SLDT STR, to a register where they can, and all of them to memory.
  private static let prevented: [Code] = [
    [0x0f, 0x01, 0x03], [0x0f, 0x01, 0x0b], [0x0f, 0x01, 0x23], [0x0f, 0x00, 0x03], [0x0f, 0x00, 0x0b],
    [0x0f, 0x01, 0xe0], [0x0f, 0x00, 0xc0], [0x0f, 0x00, 0xc8],
  ]

  private static func runUser(_ code: Code, cr4: UInt64, cpl: UInt8 = 3) throws -> CPUBench {
    let bench = try CPUBench()
    bench.handle(13, ist: 1, Asm.hlt)
    bench.handle(14, ist: 1, Asm.hlt)
    bench.handle(3, privilege: 3, Asm.hlt)
    bench.place(code, Asm.int3, at: Place.user)
    bench.put(Place.tables + 0x2000 + 24, 0x60_0000 | (cpl == 3 ? 0x87 : 0x83))
    bench.enter(Place.user, cpl: cpl)
    bench.change {
      $0.cr4 |= cr4
      $0.general[3] = Place.user + 0x1000
    }
    #expect(bench.run() == .halt)
    return bench
  }

  @Test(arguments: prevented)
  func whatShowsTheSystemsTablesIsForbiddenToUsers(code: Code) throws {
    let bench = try Self.runUser(code, cr4: Self.umip)
    #expect(bench.vectors == [13])
    #expect(bench.exceptions.first?.errorCode == 0)
    #expect(bench.exceptions.first?.instructionPointer == Place.user)
    #expect(bench.exceptions.first?.retired == 0)
    #expect(bench.memory.read64(Place.user + 0x1000) == 0)
    #expect(try Self.runUser(code, cr4: 0).vectors == [3])
    #expect(try Self.runUser(code, cr4: Self.umip, cpl: 0).vectors == [3])
  }

  @Test func preventionComesBeforeTheOperandIsTouched() throws {
    let code = Asm.mov(.rbx, Place.test) + Self.prevented[0]  // nothing is mapped there
    #expect(try Self.runUser(code, cr4: Self.umip).vectors == [13])
    #expect(try Self.runUser(code, cr4: 0).vectors == [14])
  }

  @Test func preventionIsAnnouncedAndSwitchedByCR4() throws {
    #expect(CPUIDModel(clockHz: 1_000_000_000).leaf(7, 0, cr4: 0).ecx >> 2 & 1 == 1)
    let bench = try CPUBench()
    bench.place(Asm.mov(.rax, 0x40_0e20), Asm.toControl(4, .rax), Asm.fromControl(.rbx, 4), Asm.hlt)
    #expect(bench.run() == .halt)
    #expect(bench.register(.rbx) == 0x40_0e20)
  }

  // MARK: CLWB

  @Test func aWriteBackReadsItsPage() throws {
    let clwb: Code = [0x66, 0x0f, 0xae, 0x33]
    #expect(CPUIDModel(clockHz: 1_000_000_000).leaf(7, 0, cr4: 0).ebx >> 24 & 1 == 1)
    #expect(try Self.runUser(clwb, cr4: 0).vectors == [3])
    let bench = try Self.runUser(Asm.mov(.rbx, Place.test) + clwb, cr4: 0)
    #expect(bench.vectors == [14])
    #expect(bench.exceptions.map(\.errorCode) == [4])
  }
}
