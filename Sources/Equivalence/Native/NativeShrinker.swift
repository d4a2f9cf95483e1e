/// Makes a program that shows a disagreement as small as it gets: parts are left out while the disagreement stays.
struct NativeShrinker {
  /// Whether a program still shows it.
  let isDifferent: (NativeProgram) throws -> Bool
  /// Programs tried at most.
  static let attemptsMax = 400

  func shrunk(_ program: NativeProgram) throws -> NativeProgram {
    var smallest = program
    var attempts = 0
    func keeps(_ candidate: NativeProgram) throws -> Bool {
      attempts += 1
      guard attempts <= Self.attemptsMax, try isDifferent(candidate) else { return false }
      smallest = candidate
      return true
    }
    // Larger parts first (delta debugging).
    var part = max(smallest.groups.count / 2, 1)
    while true {
      var at = 0
      var hasShrunk = false
      while at < smallest.groups.count {
        var candidate = smallest
        candidate.groups.removeSubrange(at..<min(at + part, candidate.groups.count))
        if try keeps(candidate) { hasShrunk = true } else { at += part }
      }
      if part == 1, !hasShrunk { break }
      part = max(part / 2, 1)
    }
    for index in smallest.starts.indices {
      for change in Self.simplifications {
        var candidate = smallest
        change(&candidate.starts[index])
        if candidate != smallest { _ = try keeps(candidate) }
      }
    }
    return smallest
  }

  private typealias Change = @Sendable (inout NativeStart) -> Void

  /// RSP, RBP, R14 and R15 stay: they point at memory.
  private static let simplifications: [Change] = {
    var changes: [Change] = [
      { $0.flags = 0 },
      { $0.pkru = 0 },
      { $0.reset(24..<28) },
      { $0.reset(0..<24) },
    ]
    for register in NativeGenerator.writable { changes.append { $0.registers[register] = 0 } }
    for at in stride(from: 32, to: 416, by: 16) { changes.append { $0.reset(at..<at + 16) } }
    return changes
  }()
}

extension NativeStart {
  /// Makes a part of the state of x87 and SSE what it is after a reset.
  fileprivate mutating func reset(_ range: Range<Int>) { fx.replaceSubrange(range, with: Self.plainFX[range]) }
}
