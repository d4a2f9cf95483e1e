import TestSupport
import Testing

@testable import GuestOS

private func section(_ records: [(UInt64, UInt64, UInt64)]) -> ArraySlice<UInt8> {
  records.flatMap { record in
    [record.0, record.1, record.2].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
  }[...]
}

private let ranges: [(UInt64, UInt64, UInt64)] = [(3, 0x1000, 0x9000), (1, 0x1000, 0x2000), (2, 0x2000, 0x3000)]

@Suite struct GateTableTests {
  @Test func recordsAreRead() throws {
    let table = try #require(
      GateTable(
        section(
          ranges + [
            (4, 0x2000, 0x2040), (5, 0x2060, 0), (6, 0x2100, 0x5000), (7, 0x2100, 0x2130), (15, 8, 16), (22, 0x2080, 0),
          ])))
    #expect(table.text == 0x1000..<0x9000 && table.interrupts == 0x1000..<0x2000 && table.gates == 0x2000..<0x3000)
    #expect(table.enters.map(\.returnsTo) == [0x2040] && table.abort == 0x2060 && table.gateData == [8..<16])
    #expect(table.registerWrites == [0x2080])
    #expect(
      table.functions.map(\.function) == [0x5000] && table.functions.map(\.returnsTo) == [0x2130])
  }

  @Test func aTableThatContradictsItselfIsNone() {
    #expect(GateTable([]) == nil)
    #expect(GateTable(section(ranges).dropLast()) == nil, "cut off")
    #expect(GateTable(section([])) == nil && GateTable(section([ranges[0]])) == nil, "no pages of gates")
    #expect(GateTable(section(ranges + [(99, 0, 0)])) == nil, "a kind of another version")
    #expect(GateTable(section(ranges + [(15, 16, 8)])) == nil, "an end before its start")
    #expect(GateTable(section([ranges[0], ranges[1], (2, 0x2000, 0x2800)])) == nil, "half a page")
    #expect(GateTable(section([ranges[0], ranges[1], (2, 0x1000, 0x3000)])) == nil, "two owners of a page")
    #expect(GateTable(section([ranges[0], ranges[1], (2, 0x9000, 0xa000)])) == nil, "outside of the code")
  }

  @Test func randomSectionsAreReadOrRefused() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let words = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        (
          UInt64.random(in: 0...18, using: &random), UInt64.random(in: 0...9, using: &random) << 12,
          UInt64.random(in: 0...9, using: &random) << 12
        )
      }
      guard let table = GateTable(section(words)) else { continue }
      #expect(!table.interrupts.overlaps(table.gates))
    }
  }
}
