import GuestOS
import LineTables
import Scenarios
import Testing

@testable import Traces

@Suite struct InstructionTextsTests {
  /// Many at once are what each is alone, whatever the bytes: instructions, parts of some, and what is none.
  @Test func manyAtOnceAreWhatEachIsAlone() {
    guard Disassembly.text(of: [0x90]) != nil else { return print("nothing is disassembled: llvm-mc is not installed") }
    var drawn: UInt64 = 3
    var codes: Set<[UInt8]> = [[0x06, 0x55], [0x55], [0x90], [0xb8, 0x6d, 0x61, 0x72, 0x6b], [0x48]]
    for _ in 0..<40 {
      // Knuth's multiplier: any bytes will do.
      codes.insert(
        (0..<15).map { _ in
          drawn = drawn &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt8(truncatingIfNeeded: drawn >> 56)
        })
    }
    let texts = Disassembly.texts(of: codes)
    for code in codes where code.count == 15 {
      // Alone, bytes that are no instruction are passed over; here they have no text.
      guard let text = texts[code] else { continue }
      #expect(text == Disassembly.text(of: code), "\(code)")
    }
    #expect(texts[[0x55]] == "push rbp" && texts[[0x90]] == "nop" && texts[[0x06, 0x55]] == nil)
    #expect(texts.count > 25)
    #expect(
      Disassembly.texts(of: []).isEmpty && Disassembly.texts(of: [[], [UInt8](repeating: 0x90, count: 16)]).isEmpty)
  }

  @Test(.enabled(if: ShippedRuns.areBuilt)) func linesOfManyAddresses() throws {
    let image = try ShippedRuns.inputs("set-count").image
    let files = DebugFiles([ShippedRuns.products.images])
    let start = try #require(image.symbol(named: "set_count")).address
    let addresses = (0..<12).map { start + $0 } + [0x7000_0000_0000]
    let places = SourceLine.places(of: addresses, in: image, files)
    for address in addresses.dropLast() {
      #expect(places[address] == SourceLine(of: address, in: image, files).place)
    }
    #expect(places[start]?.hasPrefix("count.c:") == true && places[0x7000_0000_0000] == nil)
    #expect(SourceLine.places(of: addresses, in: image, DebugFiles()).isEmpty)
  }
}
