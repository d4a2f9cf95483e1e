import Glibc

/// Checks of what must hold within the simulator, which cost too much to be made always.
///
/// Types that hold together more than a few lines of code can watch over have `_checkInvariants()`. Tests call it after each step
/// of random histories, and every run does at its sync events and after each request when `SIM_CHECK=1` is in the
/// environment. The checks only look, so that a run's results are the same with them.
public enum Invariants {
  /// Whether the environment asks for the checks; looked up once.
  public static let areChecked = getenv("SIM_CHECK").map { String(cString: $0) == "1" } ?? false

  /// Ends the process with a message if the checks are wanted and `subject` is not what it has to be.
  @inline(__always)
  public static func check(_ subject: StaticString, _ holds: @autoclosure () -> Bool) {
    if areChecked && !holds() { fatalError("SIM_CHECK: \(subject) contradicts itself") }
  }
}
