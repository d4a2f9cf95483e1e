import SimPlatform
import TestSupport
import Testing

@Suite struct CivilTimeTests {
  @Test func daysAndSecondsAreTheCalendars() throws {
    let cases: [(String, Int64, Int)] = [
      ("1970-01-01T00:00:00Z", 0, 5), ("2000-02-29T12:34:56Z", 951_827_696, 3),
      ("2026-11-26T23:59:59Z", 1_795_737_599, 5),
      ("1969-12-31T23:59:59Z", -1, 4), ("0001-01-01T00:00:00Z", -62_135_596_800, 2),
      ("9999-12-31T23:59:59Z", 253_402_300_799, 6),
    ]
    for (text, seconds, weekday) in cases {
      let time = try #require(CivilTime(iso8601: text))
      #expect(time.seconds == seconds && time.weekday == weekday && CivilTime(seconds: seconds) == time, "\(text)")
    }
  }

  @Test func everyDayOfFourCenturiesComesBack() {
    var previous = CivilTime(seconds: -1)
    for day in 0..<146_097 as Range<Int64> {
      let time = CivilTime(seconds: day * 86_400)
      #expect(time.seconds == day * 86_400)
      let follows =
        time.day == previous.day + 1 && time.month == previous.month
        || time.day == 1 && time.month == previous.month % 12 + 1
      #expect(follows && (1...31).contains(time.day))
      previous = time
    }
  }

  @Test func whatIsNoMomentIsRefused() {
    let texts = [
      "", "2026-01-01", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "0000-01-01T00:00:00Z", "+026-01-01T00:00:00Z",
      "2026-00-10T00:00:00Z",
    ]
    for text in texts { #expect(CivilTime(iso8601: text) == nil, "\(text)") }
    for seconds in [Int64.min, .max, -1 << 60] { _ = CivilTime(seconds: seconds).seconds }
  }
}

@Suite struct RTC146818Tests {
  private static let start = UInt64(951_827_696)  // 2000-02-29T12:34:56Z, a Tuesday

  private func read(_ clock: inout RTC146818, _ register: UInt8, at seconds: UInt64 = start) -> UInt8 {
    clock.select(register)
    return clock.read(seconds: seconds, isAboutToTick: false)
  }

  private func write(_ clock: inout RTC146818, _ register: UInt8, _ value: UInt8, at seconds: UInt64 = start) {
    clock.select(register)
    clock.write(value, seconds: seconds)
  }

  private func time(_ clock: inout RTC146818, at seconds: UInt64 = start) -> [UInt8] {
    [0x32, 9, 8, 7, 6, 4, 2, 0].map { read(&clock, $0, at: seconds) }
  }

  @Test func itShowsTheTimeInDecimalDigits() {
    var clock = RTC146818()
    #expect(time(&clock) == [0x20, 0x00, 0x02, 0x29, 3, 0x12, 0x34, 0x56])
    #expect(time(&clock, at: Self.start + 4) == [0x20, 0x00, 0x02, 0x29, 3, 0x12, 0x35, 0x00])
    #expect(time(&clock, at: Self.start + 86_400) == [0x20, 0x00, 0x03, 0x01, 4, 0x12, 0x34, 0x56])
  }

  @Test func itShowsTheTimeInBinaryAndInHalfDays() {
    var clock = RTC146818()
    write(&clock, 0x0b, 0x06)
    #expect(time(&clock) == [20, 0, 2, 29, 3, 12, 34, 56])
    write(&clock, 0x0b, 0x00)
    #expect(read(&clock, 4) == 0x92, "12 p.m.")
    #expect(read(&clock, 4, at: Self.start + 3600) == 0x81 && read(&clock, 4, at: Self.start - 12 * 3600) == 0x12)
  }

  @Test(arguments: [0x02, 0x06, 0x00, 0x04] as [UInt8])
  func itCanBeSetInEachForm(control: UInt8) {
    var clock = RTC146818()
    write(&clock, 0x0b, control)
    let shown = time(&clock, at: Self.start)
    var other = RTC146818()
    write(&other, 0x0b, control | 0x80, at: 5)
    for (register, value) in zip([0x32, 9, 8, 7, 6, 4, 2, 0] as [UInt8], shown) {
      write(&other, register, value, at: 5)
    }
    #expect(read(&other, 0, at: 999) == shown[7], "it stands while it is set")
    write(&other, 0x0b, control, at: 1000)
    #expect(time(&other, at: 1000) == shown)
    #expect(time(&other, at: 1000 + 86_400) == time(&clock, at: Self.start + 86_400))
  }

  @Test func aSingleRegisterCanBeSet() {
    var clock = RTC146818()
    write(&clock, 4, 0x23)
    #expect(time(&clock) == [0x20, 0x00, 0x02, 0x29, 3, 0x23, 0x34, 0x56])
  }

  @Test func flagsTellTheBeginningOfASecond() {
    var clock = RTC146818()
    clock.select(0x0a)
    #expect(clock.read(seconds: 5, isAboutToTick: false) == 0x26 && clock.read(seconds: 5, isAboutToTick: true) == 0xa6)
    _ = read(&clock, 0x0c, at: 5)
    #expect(read(&clock, 0x0c, at: 5) == 0 && read(&clock, 0x0c, at: 6) == 0x10 && read(&clock, 0x0c, at: 6) == 0)
    #expect(read(&clock, 0x0d) == 0x80)
  }

  @Test func memoryKeepsWhatIsWritten() {
    var clock = RTC146818()
    for register in 0x0e..<0x80 as Range<UInt8> where register != 0x32 { write(&clock, register, register ^ 0x5a) }
    for register in 0x0e..<0x80 as Range<UInt8> where register != 0x32 {
      #expect(read(&clock, register) == register ^ 0x5a)
    }
    clock.select(0x8e)
    #expect(clock.read(seconds: 0, isAboutToTick: false) == 0x0e ^ 0x5a, "bit 7 is no part of the index")
  }

  @Test func anyWritesAreHarmlessAndTheStateComesBack() throws {
    var random = SeededGenerator(seed: 146_818)
    var clock = RTC146818()
    for _ in 0..<20_000 {
      clock.select(UInt8.random(in: 0...255, using: &random) % 16)
      let seconds = UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0...63, using: &random)
      if Bool.random(using: &random) {
        clock.write(UInt8.random(in: 0...255, using: &random), seconds: seconds)
      } else {
        _ = clock.read(seconds: seconds, isAboutToTick: Bool.random(using: &random))
      }
    }
    #expect(try RTC146818.State(words: clock.state.words) == clock.state)
    var words = clock.state.words
    words[0] = 0x80
    #expect(throws: PlainStateError.impossibleValue(0x80, word: 0)) { try RTC146818.State(words: words) }
  }
}
