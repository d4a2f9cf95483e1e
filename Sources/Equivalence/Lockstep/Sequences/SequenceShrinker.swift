/// Makes a program that shows a disagreement as small as it gets: parts are left out while the disagreement stays.
struct SequenceShrinker {
  /// Whether a program still shows it.
  let isDifferent: (Sequence) -> Bool
  /// Programs tried at most.
  static let attemptsMax = 400

  func shrunk(_ sequence: Sequence) -> Sequence {
    var smallest = sequence
    var attempts = 0
    func keeps(_ candidate: Sequence) -> Bool {
      attempts += 1
      guard attempts <= Self.attemptsMax, isDifferent(candidate) else { return false }
      smallest = candidate
      return true
    }
    // Larger parts first (delta debugging).
    var part = max(smallest.slots.count / 2, 1)
    while true {
      var at = 0
      var hasShrunk = false
      while at < smallest.slots.count {
        var candidate = smallest
        candidate.slots.removeSubrange(at..<min(at + part, candidate.slots.count))
        if keeps(candidate) { hasShrunk = true } else { at += part }
      }
      if part == 1, !hasShrunk { break }
      part = max(part / 2, 1)
    }
    for index in smallest.registers.indices where smallest.registers[index] != 0 {
      var candidate = smallest
      candidate.registers[index] = 0
      _ = keeps(candidate)
    }
    for (field, value) in [(\Sequence.flags, 2), (\Sequence.memorySeed, 0)]
      as [(WritableKeyPath<Sequence, UInt64>, UInt64)]
    {
      var candidate = smallest
      candidate[keyPath: field] = value
      if candidate != smallest { _ = keeps(candidate) }
    }
    return smallest
  }
}
