import SimCPU
import Testing

/// Plain accesses to devices go to them by a short way; whatever forbids or watches an access holds there as well.
@Suite struct DeviceAccessTests {
  private typealias Place = CPUBench.Place

  private static let page = Place.test
  private static let first: UInt64 = 0xfee0_0000
  private static let second: UInt64 = 0xfec0_0000
  private static let loadEAX: Code = [0x8b, 0x03]  // mov eax, [rbx]
  private static let storeEAX: Code = [0x89, 0x03]  // mov [rbx], eax

  /// Runs `code` with the test page's address in RBX, the page being mapped to a device with `flags`.
  private static func run(_ code: Code, flags: UInt64 = 3, _ prepare: (CPUBench) -> Void = { _ in }) throws -> CPUBench
  {
    let bench = try CPUBench()
    bench.handle(1, [0x49, 0xff, 0xc1], Asm.iretq)  // inc r9
    bench.handle(14, Asm.hlt)
    bench.map(page, first | flags)
    bench.place(Asm.mov(.rbx, page), code, Asm.hlt)
    bench.enter()
    prepare(bench)
    #expect(bench.run() == .halt)
    return bench
  }

  @Test func aPageThatIsMappedToAnotherDeviceReachesThatOne() throws {
    let mapped = try CPUBench().entryAddress(Self.page)
    let remap = Asm.mov(.rsi, Self.second | 3) + Asm.store(mapped, .rsi) + Asm.invlpg(Self.page)
    let bench = try Self.run(Self.loadEAX + Self.storeEAX + remap + Self.loadEAX + Self.storeEAX)
    #expect(bench.devices.map(\.address) == [Self.first, Self.first, Self.second, Self.second])
    #expect(bench.devices.map(\.isWrite) == [false, true, false, true])
  }

  @Test(arguments: [loadEAX, storeEAX]) func aKeyForbidsADeviceThatWasReachedBefore(access: Code) throws {
    let bench = try Self.run(access + access + Asm.setPKRU(0x4) + access, flags: 7 | 1 << 59)
    #expect(bench.devices.count == 2)
    #expect(bench.exceptions.map(\.errorCode) == [access == Self.loadEAX ? 0x21 : 0x23])
  }

  @Test(arguments: [loadEAX, storeEAX]) func aDataBreakpointAtADeviceTraps(access: Code) throws {
    let bench = try Self.run(access + access + Asm.nop) {
      $0.change {
        $0.debug[0] = Self.page
        $0.debug[7] = 0xf_0402  // four bytes, reads and writes, global
      }
    }
    #expect(bench.devices.count == 2)
    #expect(bench.vectors == [1, 1])
  }

  @Test func theByteOrderOfMOVBEIsTurned() throws {
    let bench = try Self.run([0x0f, 0x38, 0xf0, 0x03])  // movbe eax, [rbx]
    #expect(bench.register(.rax) == 0x8877_6655)
    #expect(bench.devices.map(\.size) == [4])
  }

  /// A store that is repeated reaches its device once in each iteration, the next page's RAM among them.
  @Test func aRepeatedStoreGoesFromADeviceOnIntoRAM() throws {
    let bench = try Self.run(
      Asm.mov(.rdi, Self.page + 0xff8) + Asm.mov(.rcx, 4) + Asm.mov(.rax, 0x1234_5678) + [0xf3, 0xab]
    ) { $0.map(Self.page + 0x1000, Place.data | 3) }
    #expect(bench.devices.map(\.address) == [Self.first + 0xff8, Self.first + 0xffc])
    #expect(bench.memory.read(Place.data, count: 8) == [0x78, 0x56, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12])
  }
}
