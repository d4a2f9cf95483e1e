/// Which bits of a general register an instruction reads and writes.
struct RegisterAccess: Equatable, Sendable {
  var reads: UInt64 = 0
  /// Bits whose new value does not follow from the old one of the same bit, unless they are among ``reads``.
  var writes: UInt64 = 0
}

/// What an instruction does with the sixteen general registers, by their numbers.
struct RegisterAccesses: Equatable, Sendable {
  private(set) var registers = [RegisterAccess](repeating: RegisterAccess(), count: 16)

  /// An instruction of which nothing is known may read everything.
  static let unknown: RegisterAccesses = {
    var all = RegisterAccesses()
    for number in 0..<16 { all.registers[number].reads = .max }
    return all
  }()

  subscript(_ number: Int) -> RegisterAccess { registers[number] }

  mutating func read(_ number: Int, _ mask: UInt64 = .max) { registers[number].reads |= mask }

  mutating func write(_ number: Int, _ mask: UInt64) { registers[number].writes |= mask }
}
