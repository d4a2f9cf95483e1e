/// A date of the Gregorian calendar with a time of day, without time zones and leap seconds.
public struct CivilTime: Equatable, Sendable {
  public var year: Int
  /// 1…12.
  public var month: Int
  /// 1…31.
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  private static let secondsPerDay: Int64 = 86_400
  /// 0001-01-01 and 9999-12-31: what lies beyond is shown as these.
  private static let days: ClosedRange<Int64> = -719_162...2_932_896

  /// The moment so many seconds after 1970-01-01 00:00.
  public init(seconds: Int64) {
    let (quotient, remainder) = seconds.quotientAndRemainder(dividingBy: Self.secondsPerDay)
    let isBefore = remainder < 0
    let days = min(max(quotient - (isBefore ? 1 : 0), Self.days.lowerBound), Self.days.upperBound)
    let rest = Int(remainder + (isBefore ? Self.secondsPerDay : 0))
    // Eras of 400 years that begin in March, so that a leap day is the last of its year.
    let shifted = Int(days) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
      hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
  }

  /// Days since 1970-01-01. A month or a day that does not exist counts on into the next ones.
  private var dayNumber: Int {
    let months = year * 12 + month - 1
    let (wholeYear, monthIndex) = (Self.floorDivide(months, 12), months - Self.floorDivide(months, 12) * 12)
    let shiftedYear = monthIndex < 2 ? wholeYear - 1 : wholeYear
    let era = Self.floorDivide(shiftedYear, 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * ((monthIndex + 10) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }

  /// Seconds since 1970-01-01 00:00.
  public var seconds: Int64 { Int64(dayNumber) * Self.secondsPerDay + Int64(hour * 3600 + minute * 60 + second) }

  /// 1 is Sunday, 7 Saturday.
  public var weekday: Int { (dayNumber + 4) - Self.floorDivide(dayNumber + 4, 7) * 7 + 1 }

  /// Whether the date and the time exist, in the years that four digits write.
  public var isValid: Bool {
    (1...9999).contains(year) && (0..<24).contains(hour) && (0..<60).contains(minute) && (0..<60).contains(second)
      && CivilTime(seconds: seconds) == self
  }
}

extension CivilTime {
  /// Reads ISO 8601 in the one form `2026-01-01T00:00:00Z`; nil for other texts and dates that do not exist.
  public init?(iso8601 text: String) {
    let bytes = Array(text.utf8)
    let form = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
    guard bytes.count == form.count else { return nil }
    for (byte, expected) in zip(bytes, form) {
      let isDigit = byte >= 0x30 && byte <= 0x39
      guard expected == UInt8(ascii: "d") ? isDigit : byte == expected else { return nil }
    }
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    self.init(
      year: number(0..<4), month: number(5..<7), day: number(8..<10), hour: number(11..<13), minute: number(14..<16),
      second: number(17..<19))
    guard isValid else { return nil }
  }
}
