import CodeScanner
import GuestOS
import Testing

/// What can be jumped to in the images of the designs mpk-hardened and pks-hardened while extensions run.
@Suite struct HardenedImageTests {
  /// Privileged instructions at every offset of the image's code, outside of the boot's own pages, which are unmapped by then.
  private static func findings(_ image: GuestImage) throws -> [(place: UInt64, instruction: PrivilegedInstruction)] {
    let text = try #require(image.segments.first)
    let boot = try #require(image.symbol(named: "boot_text")).address
    let gates = try #require(image.gateTable).gates
    var scanner = CodeScanner()
    var found: [(place: UInt64, instruction: PrivilegedInstruction)] = []
    text.bytes.withUnsafeBytes { bytes in
      scanner.scan(bytes) { found.append((text.physicalAddress + $0.offset, $0.instruction)) }
    }
    return found.filter { !(boot..<gates.upperBound).contains($0.place) }
  }

  @Test(arguments: [(GuestVariant.ushellmpkHardened, PrivilegedInstruction.wrpkru), (.ushellpksHardened, .wrmsr)])
  func noInstructionThatSetsASystemRegisterIsLeftNotEvenUnintended(
    variant: GuestVariant, rights: PrivilegedInstruction
  ) throws {
    guard let image = try Built.image(variant) else { return }
    // Without EFER.SCE and with MSRs of SYSENTER that are 0 these fault; caches and CR0.TS mean nothing here; reading changes nothing.
    let harmless: Set<PrivilegedInstruction> = [
      .movFromControl, .movFromDebug, .rdmsr, .syscall, .sysret, .sysenter, .sysexit, .invd, .wbinvd, .clts,
    ]
    let found = try Self.findings(image).filter { !harmless.contains($0.instruction) && $0.instruction != rights }
    #expect(found.map { "\($0.instruction) at \(String($0.place, radix: 16))" } == [])
  }

  @Test func eachWRPKRUIsFollowedByItsCheck() throws {
    guard let image = try Built.image(.ushellmpkHardened), let text = image.segments.first else { return }
    let places = try Self.findings(image).filter { $0.instruction == .wrpkru }.map(\.place)
    #expect(places.count == 5)
    for place in places {
      let behind = Array(text.bytes.dropFirst(Int(place - text.physicalAddress) + 3).prefix(2))
      // TEST EAX, EAX, or CMP of EAX with a variable; a conditional jump follows either.
      #expect(behind == [0x85, 0xc0] || behind == [0x3b, 0x05], "\(String(place, radix: 16))")
    }
  }

  /// Seven: five that change rights, and two that give EFER back.
  @Test func eachWRMSRIsInTheTableAndFollowedByALookAtItsRegisterOrAnException() throws {
    guard let image = try Built.image(.ushellpksHardened), let text = image.segments.first else { return }
    let places = try Self.findings(image).filter { $0.instruction == .wrmsr }.map(\.place)
    let told = try #require(image.gateTable).registerWrites
    #expect(places == told.sorted() && places.count == 7)
    var registers: [[UInt8]] = []
    for place in places {
      let behind = Array(text.bytes.dropFirst(Int(place - text.physicalAddress) + 2).prefix(8))
      guard behind[0..<2] != [0x0f, 0x0b] else { continue }
      // CMP of ECX with a constant, and JNE, near or far.
      #expect(behind.starts(with: [0x81, 0xf9]), "\(String(place, radix: 16))")
      #expect(behind[6] == 0x75 || behind[6...7] == [0x0f, 0x85], "\(String(place, radix: 16))")
      registers.append(Array(behind[2..<6]))
    }
    #expect(registers.filter { $0 == [0xe1, 0x06, 0, 0] }.count == 5)
    #expect(registers.filter { $0 == [0x80, 0, 0, 0xc0] }.count == 1)
  }

  /// The look finds something, where there is something.
  @Test func thePublishedImageHasMore() throws {
    guard let image = try Built.image(.ushellmpk), let text = image.segments.first else { return }
    var scanner = CodeScanner()
    var found: Set<PrivilegedInstruction> = []
    text.bytes.withUnsafeBytes { bytes in scanner.scan(bytes) { found.insert($0.instruction) } }
    #expect(found.isSuperset(of: [.wrpkru, .movToControl, .wrmsr, .lgdt, .lidt, .ltr]))
  }
}
