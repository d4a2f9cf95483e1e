import SimEvents

/// A look at a run from outside, which the run can't notice: no event, no virtual time, nothing moved.
public struct Probe {
  /// The machine is looked at as soon as one of the two is reached, between two instructions.
  public var instruction: UInt64
  public var time: UInt64
  /// Called once; says where the next look is.
  public var look: (Machine) -> Probe?

  /// - Parameters:
  ///   - instruction: the number of instructions retired.
  ///   - time: virtual time in cycles.
  public init(instruction: UInt64 = .max, time: UInt64 = .max, look: @escaping (Machine) -> Probe?) {
    (self.instruction, self.time, self.look) = (instruction, time, look)
  }
}

extension Machine {
  /// Looks that are due.
  func visitProbe() {
    while let due = probe, instructions >= due.instruction || time >= due.time {
      probe = nil
      probe = due.look(self)
    }
  }
}
