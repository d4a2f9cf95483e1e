/// Makes a sequence that shows a disagreement as small as it gets: slots first, then its state.
struct SequenceShrinker {
  /// Whether a sequence still shows it.
  let isDifferent: (Sequence) -> Bool

  func shrunk(_ sequence: Sequence) -> Sequence {
    var shrinker = ProgramShrinker(sequence, isDifferent: isDifferent)
    shrinker.leaveOut(\.slots)
    for index in sequence.registers.indices { shrinker.simplify { $0.registers[index] = 0 } }
    shrinker.simplify { $0.flags = 2 }
    shrinker.simplify { $0.memorySeed = 0 }
    return shrinker.smallest
  }
}
