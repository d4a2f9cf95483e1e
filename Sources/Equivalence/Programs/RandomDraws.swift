import SimMachine

/// Draws from a stream of random numbers, for generators of programs. Each takes its numbers in the order of the calls, so the
/// same stream gives the same program.
protocol RandomDraws {
  var random: RandomStream { get set }
}

extension RandomDraws {
  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<T>(_ from: [T]) -> T { from[below(from.count)] }

  /// A number as registers hold them: at the edge of a size, small, or any.
  mutating func value() -> UInt64 {
    switch below(4) {
    case 0: pick(corners)
    case 1: random.next() & 0xff
    case 2: random.next() & 0xffff_ffff
    default: random.next()
    }
  }
}

private let corners: [UInt64] = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32,
  .max >> 1, 1 << 63, .max, .max - 1,
]
