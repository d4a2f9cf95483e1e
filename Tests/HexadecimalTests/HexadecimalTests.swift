import Hexadecimal
import Testing

@Test func numbersAreWrittenAsInPrograms() {
  #expect(UInt64(0).hexadecimal == "0x0" && UInt64.max.hexadecimal == "0xffffffffffffffff")
  #expect(UInt8(0x2a).hexadecimal == "0x2a" && UInt8(0x2a).hexadecimalDigits(4) == "002a")
  #expect(UInt16(0xffff).hexadecimalDigits(2) == "ffff", "nothing is cut")
}

@Test func bytesAreReadAsTheyAreWritten() {
  let all = [UInt8](0...255)
  #expect(HexadecimalBytes.parse(all.hexadecimal().utf8) == all)
  #expect(HexadecimalBytes.parse(all.hexadecimal(separator: "").utf8) == all)
  #expect([15, 42].hexadecimal() == "0f 2a" && [UInt8]().hexadecimal() == "")
}

@Test func bothCasesAndBlanksBetweenPairsAreRead() {
  #expect(HexadecimalBytes.parse("aB\tCd\r\n 0".utf8) == nil)
  #expect(HexadecimalBytes.parse("aB\tCd\r\n 01 ".utf8) == [0xab, 0xcd, 1])
  #expect(HexadecimalBytes.parse("".utf8) == [])
  for text in ["a b", "0x1", "1", "g0", "-1", "+1"] { #expect(HexadecimalBytes.parse(text.utf8) == nil, "\(text)") }
}
