import GuestOS
import Testing

@testable import SimMachine

/// What masked jumps of the design mpk-bundled can lead to before any program is loaded.
@Suite struct BundledPagesTests {
  private static let window = UInt64(0x8000_0000)..<0x8100_0000

  private static func booted(_ design: String) throws -> BootedPages? {
    var configuration = MachineConfiguration()
    configuration.commandLine = "uio.design=\(design)"
    return try BootedPages(.ushellmpkHardened, configuration)
  }

  @Test func theWindowHasExitsAndNothingElse() throws {
    guard let booted = try Self.booted("mpk-bundled") else { return }
    let (machine, image) = (booted.machine, booted.image)
    let leaves = booted.leaves.filter { Self.window.overlaps($0.address..<$0.address + $0.bytes) }
    let page = try #require(leaves.first)
    #expect(leaves.count == 1 && page.address == Self.window.lowerBound && page.bytes == 4096)
    #expect(page.isExecutable && !page.isWritable)

    let returned = try #require(image.symbol(named: "overlay_returned")).address
    let services = try #require(image.symbol(named: "services")).address
    let end = try #require(image.symbol(named: "services_end")).address
    let filling = [UInt8](repeating: 0xcc, count: 32)
    var targets: [UInt64] = []
    for bundle in stride(from: page.physical, to: page.physical + 4096, by: 32) {
      let bytes = try (0..<32).map { try #require(machine.memory.load(bundle + $0, as: UInt8.self)) }
      guard bytes != filling else { continue }
      // MOVABS to R11, JMP *R11.
      #expect(bytes.prefix(2) == [0x49, 0xbb] && bytes[10...] == [0x41, 0xff, 0xe3] + filling.prefix(19))
      targets.append(bytes[2..<10].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }
    // A null pointer leads to the first bundle.
    #expect(machine.memory.load(page.physical, as: UInt8.self) == 0xcc)
    #expect(targets.first == returned)
    #expect(targets.dropFirst().allSatisfy { $0 >= services && $0 < end } && targets.count == 18, "\(targets)")
  }

  @Test func theGatesMaskIsTheCheckers() throws {
    for (design, mask, base) in [
      ("mpk-bundled", UInt64(0xff_ffe0), Self.window.lowerBound), ("mpk-hardened", UInt64.max, 0),
    ] {
      guard let booted = try Self.booted(design) else { return }
      let (machine, image) = (booted.machine, booted.image)
      let places = try ["overlay_return_mask", "overlay_return_base"].map {
        try #require(image.symbol(named: $0)).address
      }
      #expect(places.map { machine.memory.load($0, as: UInt64.self) } == [mask, base])
    }
  }
}
