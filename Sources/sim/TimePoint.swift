import ArgumentParser
import Scenarios

/// A virtual time on the command line: cycles, or a number with a unit, which the run's clock makes cycles of.
struct TimePoint: CustomStringConvertible {
  /// As it was given.
  let description: String
  private let value: Value

  private enum Value {
    case cycles(UInt64)
    case duration(VirtualDuration)
  }

  /// For `transform:` of an option.
  static func parse(_ text: String) throws -> TimePoint {
    if let cycles = UInt64(text) { return TimePoint(description: text, value: .cycles(cycles)) }
    if let duration = VirtualDuration(text) { return TimePoint(description: text, value: .duration(duration)) }
    throw ValidationError("write cycles, or a number with ns, us, ms or s, at most a day: 320000, 350us")
  }

  func cycles(hertz: UInt64) -> UInt64 {
    switch value {
    case .cycles(let cycles): cycles
    case .duration(let duration): duration.cycles(hertz: hertz)
    }
  }
}
