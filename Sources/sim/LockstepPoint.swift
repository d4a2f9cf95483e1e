import ArgumentParser
import Equivalence
import Scenarios
import SimMachine

/// Where lockstep begins or ends: `12345`, `350us`, `step:0` or `end`.
enum LockstepPoint: Equatable, CustomStringConvertible {
  case instruction(UInt64)
  case time(VirtualDuration)
  /// When the script's step with this index is done.
  case step(UInt64)
  case end

  init?(_ text: String) {
    if text == "end" {
      self = .end
    } else if let number = UInt64(text) {
      self = .instruction(number)
    } else if let time = VirtualDuration(text) {
      self = .time(time)
    } else if text.hasPrefix("step:"), let index = UInt64(text.dropFirst(5)) {
      self = .step(index)
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .instruction(let number): "\(number)"
    case .time(let time): "\(time)"
    case .step(let index): "step:\(index)"
    case .end: "end"
    }
  }

  /// Whether nothing lies between this point and `end`, as far as that is known before the run.
  func isBehind(_ end: LockstepPoint) -> Bool {
    switch (self, end) {
    case (.instruction(let first), .instruction(let last)): first >= last
    case (.time(let first), .time(let last)): first >= last
    case (.step(let first), .step(let last)): first >= last
    case (.end, _): true
    default: false
    }
  }

  /// Nil stands for the end of the run.
  ///
  /// - Parameter hertz: of the scenario's clock.
  func moment(hertz: UInt64) -> Moment? {
    switch self {
    case .instruction(let number): .instruction(number)
    case .time(let time): .time(time.cycles(hertz: hertz))
    case .step(let index): ScenarioLockstep.step(index)
    case .end: nil
    }
  }
}

extension LockstepPoint {
  /// - Throws: what could have been written, for the command line.
  static func parse(_ text: String) throws -> LockstepPoint {
    guard let point = LockstepPoint(text) else {
      throw ValidationError("write an instruction's number, a time such as 350us, step:N or end")
    }
    return point
  }
}
