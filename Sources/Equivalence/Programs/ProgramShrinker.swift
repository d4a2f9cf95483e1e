/// Makes a program that shows a disagreement as small as it gets: what can be left out while the disagreement stays is left out.
struct ProgramShrinker<Program: Equatable, Failure: Error> {
  /// The smallest program so far that shows it.
  private(set) var smallest: Program
  private let isDifferent: (Program) throws(Failure) -> Bool
  private var attempts = 0

  /// Programs tried at most.
  private static var attemptsMax: Int { 400 }

  /// - Parameters:
  ///   - program: one that shows the disagreement.
  ///   - isDifferent: whether a program still shows it.
  init(_ program: Program, isDifferent: @escaping (Program) throws(Failure) -> Bool) {
    (smallest, self.isDifferent) = (program, isDifferent)
  }

  @discardableResult
  private mutating func keeps(_ candidate: Program) throws(Failure) -> Bool {
    attempts += 1
    guard attempts <= Self.attemptsMax, try isDifferent(candidate) else { return false }
    smallest = candidate
    return true
  }

  /// Leaves out parts, larger runs of them first (delta debugging).
  mutating func leaveOut<Part>(_ parts: WritableKeyPath<Program, [Part]>) throws(Failure) {
    var run = max(smallest[keyPath: parts].count / 2, 1)
    while true {
      var at = 0
      var hasShrunk = false
      while at < smallest[keyPath: parts].count {
        var candidate = smallest
        candidate[keyPath: parts].removeSubrange(at..<min(at + run, candidate[keyPath: parts].count))
        if try keeps(candidate) { hasShrunk = true } else { at += run }
      }
      if run == 1, !hasShrunk { return }
      run = max(run / 2, 1)
    }
  }

  /// Tries a change, if it is one.
  mutating func simplify(_ change: (inout Program) -> Void) throws(Failure) {
    var candidate = smallest
    change(&candidate)
    if candidate != smallest { try keeps(candidate) }
  }
}
