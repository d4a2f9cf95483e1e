import LEB128
import TestSupport
import Testing

/// Examples of DWARF 5, tables 7.7 and 7.8.
@Test(
  arguments: [
    (2, [0x02]), (127, [0x7f]), (128, [0x80, 0x01]), (129, [0x81, 0x01]), (12857, [0xb9, 0x64]), (0, [0]),
    (.max, [UInt8](repeating: 0xff, count: 9) + [1]),
  ] as [(UInt64, [UInt8])])
func unsignedNumbersAreThoseOfTheStandard(value: UInt64, bytes: [UInt8]) throws {
  var written: [UInt8] = []
  LEB128.append(value, to: &written)
  #expect(written == bytes)
  var position = 0
  #expect(try LEB128.canonical(bytes[...], at: &position) == value)
  #expect(position == bytes.count)
  position = 0
  #expect(LEB128.lenient(bytes[...], at: &position, isSigned: false) == value)
  #expect(position == bytes.count)
}

@Test(
  arguments: [
    (2, [0x02]), (-2, [0x7e]), (127, [0xff, 0x00]), (-127, [0x81, 0x7f]), (128, [0x80, 0x01]), (-128, [0x80, 0x7f]),
    (129, [0x81, 0x01]), (-129, [0xff, 0x7e]),
  ] as [(Int64, [UInt8])])
func signedNumbersAreThoseOfTheStandard(value: Int64, bytes: [UInt8]) {
  var position = 0
  let read = LEB128.lenient(bytes[...], at: &position, isSigned: true)
  #expect(read.map { Int64(bitPattern: $0) } == value)
  #expect(position == bytes.count)
}

@Test func whatIsWrittenIsReadAgainInTheSameBytes() throws {
  var generator = SeededGenerator(seed: 128)
  let room = UnsafeMutablePointer<UInt8>.allocate(capacity: LEB128.byteCountMax)
  defer { room.deallocate() }
  for _ in 0..<10_000 {
    let value = generator.next() >> (generator.next() % 64)
    var bytes: [UInt8] = [0xaa]
    LEB128.append(value, to: &bytes)
    let count = LEB128.write(value, to: room)
    #expect(Array(UnsafeBufferPointer(start: room, count: count)) == Array(bytes[1...]))
    // A slice begins where it begins, and what is behind a number is not its.
    var position = 1
    #expect(try LEB128.canonical((bytes + [0x80])[1...], at: &position) == value)
    #expect(position == bytes.count)
    // Every part of it ends too early.
    for end in 1..<bytes.count {
      position = 1
      #expect(throws: LEB128.Problem.truncated) { try LEB128.canonical(bytes[1..<end], at: &position) }
      position = 1
      #expect(LEB128.lenient(bytes[1..<end], at: &position, isSigned: false) == nil)
    }
  }
}

@Test func whatIsLongerOrLargerThanItNeedBeIsNoCanonicalNumber() {
  let nine = [UInt8](repeating: 0xff, count: 9)
  for (bytes, problem) in [
    ([0x80, 0x00], .tooLong), ([0xff, 0x80, 0x00], .tooLong), (nine + [2], .tooLarge), (nine + [0x81], .tooLarge),
    (nine + [0x80, 1], .tooLarge), ([], .truncated),
  ] as [([UInt8], LEB128.Problem)] {
    var position = 0
    #expect(throws: problem, "\(bytes)") { try LEB128.canonical(bytes[...], at: &position) }
  }
  // DWARF allows any length; bits beyond 64 are lost, and no count of them overflows.
  var position = 0
  #expect(LEB128.lenient([0x80, 0x00], at: &position, isSigned: false) == 0)
  let long = [UInt8](repeating: 0xff, count: 5000) + [0x7f]
  position = 0
  #expect(LEB128.lenient(long[...], at: &position, isSigned: true) == .max)
  #expect(position == 5001)
}
