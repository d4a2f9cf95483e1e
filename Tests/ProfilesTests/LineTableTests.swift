import Foundation
import TestSupport
import Testing

@testable import LineTables

/// A table of version 4 whose program is `code`, in an ELF file without anything else.
private func file(_ code: [UInt8], lineRange: UInt8 = 14) -> [UInt8] {
  func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { $0 < 8 ? UInt8(value >> (8 * $0) & 0xff) : 0 }
  }
  let lists = Array("src\0\0a.c\0".utf8) + [1, 0, 0] + [0]
  let header: [UInt8] = [1, 1, 1, 0xfb, lineRange, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1] + lists
  let unit = number(4, 2) + number(header.count, 4) + header + code
  let table = number(unit.count, 4) + unit
  let names = Array("\0.debug_line\0.shstrtab\0".utf8)
  let contents = 64
  let sections = contents + table.count + names.count
  var elf: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + number(0, 9)
  for (value, count) in [
    (2, 2), (62, 2), (1, 4), (0, 8), (0, 8), (sections, 8), (0, 4), (64, 2), (0, 4), (64, 2), (3, 2), (2, 2),
  ] {
    elf += number(value, count)
  }
  elf += table
  elf += names
  func section(_ name: Int, _ offset: Int, _ size: Int) {
    for (value, count) in [(name, 4), (1, 4), (0, 16), (offset, 8), (size, 8), (0, 24)] { elf += number(value, count) }
  }
  elf += number(0, 64)
  section(1, contents, table.count)
  section(13, contents + table.count, names.count)
  return elf
}

/// DW_LNE_set_address 0x401000; a row of line 1; special opcodes of 1 line and 1 byte, of 2 lines and 4 bytes; the end after 3 bytes.
private let program: [UInt8] = [
  0, 9, 2, 0x00, 0x10, 0x40, 0, 0, 0, 0, 0, 1, special(lines: 1, bytes: 1), special(lines: 2, bytes: 4), 2, 3, 0, 1, 1,
]

private func special(lines: UInt8, bytes: UInt8) -> UInt8 { 13 + lines + 5 + 14 * bytes }

@Test func aTableTellsTheLineOfEachAddress() throws {
  let table = LineTable(try #require(DebugObject(file(program))))
  #expect(table.row(at: 0x401000)?.file.map { table.files[$0] } == "src/a.c")
  func line(_ address: UInt64) -> Int? { table.row(at: address)?.line }
  #expect(line(0x400fff) == nil)
  #expect(line(0x401000) == 1)
  #expect(line(0x401001) == 2 && line(0x401004) == 2)
  #expect(line(0x401005) == 4 && line(0x401007) == 4)
  #expect(line(0x401008) == nil)
}

@Test func codeThatTheLinkerHasThrownAwayHasNoLines() throws {
  var discarded = program
  discarded.replaceSubrange(3..<11, with: [UInt8](repeating: 0, count: 8))
  #expect(LineTable(try #require(DebugObject(file(discarded)))).rows.isEmpty)
}

@Test func damagedTablesAreReadWithoutHarm() {
  let whole = file(program)
  for count in whole.indices { _ = DebugObject(Array(whole.prefix(count))).map(LineTable.init) }
  var random = SeededGenerator(seed: 7)
  for _ in 0..<20_000 {
    var bytes = whole
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    _ = DebugObject(bytes).map(LineTable.init)
  }
}
