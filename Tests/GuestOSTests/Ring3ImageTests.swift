import GuestOS
import Testing

/// The image of the design ring3: what of it is an extension's at CPL 3, as far as the file tells.
@Suite struct Ring3ImageTests {
  /// The one page of stubs.
  private static func stubs(_ image: GuestImage) throws -> Range<UInt64> {
    let start = try #require(image.symbol(named: "user_text_start")).address
    let end = try #require(image.symbol(named: "user_text_end")).address
    #expect(start % 4096 == 0 && end == start + 4096)
    return start..<end
  }

  @Test func everythingThatExtensionsCallIsOnThePageOfStubsAndNothingElseIs() throws {
    guard let image = try Built.image(.ushellRing3) else { return }
    let stubs = try Self.stubs(image)
    for (name, address) in try ExportTests.exports(image)
    where !["count", "payload_bytes", "secret", "ushell_test_pages"].contains(name) {
      #expect(stubs.contains(address), "\(name)")
    }
    // No function of the unikernel's is there, by its name.
    let names = Set(image.symbols.filter { stubs.contains($0.address) && $0.size > 0 }.map(\.name))
    #expect(names.allSatisfy { $0.hasPrefix("user_") || $0 == "divide" || $0 == "magnitude" }, "\(names)")
  }

  /// The unikernel executes no user page (SMEP), so what it calls unasked must not be the copies.
  @Test func theUnikernelHasItsOwnOfWhatCompilersCall() throws {
    guard let image = try Built.image(.ushellRing3) else { return }
    let stubs = try Self.stubs(image)
    for name in ["memcpy", "memset"] {
      let (own, copy) = (image.symbol(named: name)?.address, image.symbol(named: "user_\(name)")?.address)
      #expect(own.map(stubs.contains) == false, "\(name)")
      #expect(copy.map(stubs.contains) == true, "\(name)")
    }
  }

  @Test func gatesAreNotOnThePageOfStubs() throws {
    guard let image = try Built.image(.ushellRing3), let gates = image.gateTable else { return }
    let stubs = try Self.stubs(image)
    #expect(!gates.gates.overlaps(stubs) && !gates.interrupts.overlaps(stubs))
    #expect(gates.functions.map(\.entry) == [try #require(image.symbol(named: "system_interrupt")).address])
    #expect(gates.interruptGates == gates.functions.map(\.entry))
    #expect(gates.opens.isEmpty && gates.closes.isEmpty && gates.queries.isEmpty, "there are no windows")
  }

  /// Each is replaced where there is no SYSCALL: the table has all of them.
  @Test func theTableOfSystemCallsHasEachOfThem() throws {
    guard let image = try Built.image(.ushellRing3), let text = image.segments.first else { return }
    let stubs = try Self.stubs(image)
    let code = Array(text.bytes.dropFirst(Int(stubs.lowerBound - text.physicalAddress)).prefix(4096))
    let found = code.indices.dropLast().filter { code[$0] == 0x0f && code[$0 + 1] == 0x05 }
    #expect(found.count == 17)
    let table = try #require(image.symbol(named: "system_calls")).address
    let segment = try #require(
      image.segments.first { table &- $0.physicalAddress < UInt64($0.bytes.count) })
    let words = Array(segment.bytes.dropFirst(Int(table - segment.physicalAddress)).prefix(8 * (found.count + 1)))
    let listed = stride(from: 0, to: words.count, by: 8).map { at in
      words[at..<at + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    #expect(listed == found.map { stubs.lowerBound + UInt64($0) } + [0])
  }
}
